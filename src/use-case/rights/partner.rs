//! A partner says what became of a record that it sent us.

use hei_messaging::inbox;
use hei_proto::hei::node::v1::{NoticeKind, NoticeState, RestrictionGround};
use hei_store::{Failed, blobs};
use hei_values::{HeiId, Refused};
use sea_orm::prelude::Uuid;

use super::data::{Records, Sent};
use super::erase::erase_if_nothing_is_left;
use super::rules::{self, Deed, Hold, Holding, Told};
use super::table::standing;
use super::{lift, restrict, subject};
use crate::{Call, Read};

/// Does what follows from a partner's word about a record, and gives the answer with the
/// duty that stands against it. What the partner sent under one name may be several
/// records here, where it named the person differently each time: its word is about all.
///
/// # Errors
/// What the database says.
pub async fn noticed(
    call: &mut Call,
    peer: &HeiId,
    record: &str,
    kind: NoticeKind,
) -> Result<(NoticeState, Option<Hold>), Failed> {
    let mut gravest = (NoticeState::NotHeld, None);
    for (records, sent) in find(call, peer, record).await? {
        let done = noticed_one(call, peer, &records, &sent, kind).await?;
        if gravity(done.0) > gravity(gravest.0) {
            gravest = done;
        }
    }
    Ok(gravest)
}

/// Of several records the one counts that goes least as the partner wishes.
fn gravity(state: NoticeState) -> u8 {
    match state {
        NoticeState::Kept => 3,
        NoticeState::Noted => 2,
        NoticeState::Confirmed => 1,
        _ => 0,
    }
}

async fn noticed_one(
    call: &mut Call,
    peer: &HeiId,
    records: &Records,
    sent: &Sent,
    kind: NoticeKind,
) -> Result<(NoticeState, Option<Hold>), Failed> {
    let row = subject(call, sent.subject).await?;
    let row = row.ok_or_else(|| Refused::internal("a record of nobody"))?;
    let hold = duty(call, sent);
    let told = Told {
        standing: standing(&row),
        is_all_of_it: !from_others(call, peer, sent.subject).await?,
        restricted_by_it: row.restricted_by == hei_values::name::of("peers", peer),
        hold: hold.as_ref(),
    };
    let (deed, state) = rules::told(kind, &told);
    match deed {
        Deed::Nothing => {}
        Deed::Erase => {
            (records.erase)(call, vec![sent.id]).await?;
            if !erase_if_nothing_is_left(call, sent.subject).await? {
                let own = call.institution().id;
                inbox::persons::erase(call.conn(), own, sent.subject, Some(peer)).await?;
            }
        }
        Deed::Restrict => drop(restrict(call, &row, RestrictionGround::Sender).await?),
        Deed::Lift => drop(lift(call, &row).await?),
    }
    Ok((state, hold.filter(|_| state == NoticeState::Kept)))
}

async fn find(read: &Read, peer: &HeiId, record: &str) -> Result<Vec<(Records, Sent)>, Failed> {
    let mut found = Vec::new();
    for records in read.node.rights.data.iter().filter_map(|data| data.records) {
        let sent = (records.sent_as)(read, peer, record).await?;
        found.extend(sent.into_iter().map(|one| (records, one)));
    }
    Ok(found)
}

async fn from_others(read: &Read, peer: &HeiId, subject: Uuid) -> Result<bool, Failed> {
    for records in read.node.rights.data.iter().filter_map(|data| data.records) {
        if (records.others)(read, peer, subject).await? {
            return Ok(true);
        }
    }
    blobs::any_uploaded(read.conn(), read.institution().id, subject).await
}

fn duty(read: &Read, sent: &Sent) -> Option<Hold> {
    let (class, changed) = (sent.class, sent.changed);
    let it = Holding { collection: "", class, count: 1, first: changed, last: changed };
    rules::hold(&[it], &read.node.rights.retention, read.now)
}
