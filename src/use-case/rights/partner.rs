//! A partner says what became of a record that it sent us.

use hei_messaging::inbox;
use hei_proto::hei::node::v1::{NoticeKind, NoticeState, RestrictionGround};
use hei_store::Failed;
use hei_values::{HeiId, Refused};
use sea_orm::prelude::Uuid;

use super::data::{Records, Sent};
use super::erase::erase_if_nothing_is_left;
use super::rules::{self, Deed, Hold, Holding, Told};
use super::table::standing;
use super::{lift, restrict, subject};
use crate::{Call, Read};

/// Does what follows from a partner's word about a record, and gives the answer with the
/// duty that stands against it.
///
/// # Errors
/// What the database says.
pub async fn noticed(
    call: &mut Call,
    peer: &HeiId,
    record: &str,
    kind: NoticeKind,
) -> Result<(NoticeState, Option<Hold>), Failed> {
    let Some((records, sent)) = find(call, peer, record).await? else {
        return Ok((NoticeState::NotHeld, None));
    };
    let row = subject(call, sent.subject).await?;
    let row = row.ok_or_else(|| Refused::internal("a record of nobody"))?;
    let hold = duty(call, &sent);
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
            (records.erase)(call, sent.id).await?;
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

async fn find(read: &Read, peer: &HeiId, record: &str) -> Result<Option<(Records, Sent)>, Failed> {
    for records in read.node.rights.data.iter().filter_map(|data| data.records) {
        if let Some(sent) = (records.sent_as)(read, peer, record).await? {
            return Ok(Some((records, sent)));
        }
    }
    Ok(None)
}

async fn from_others(read: &Read, peer: &HeiId, subject: Uuid) -> Result<bool, Failed> {
    for records in read.node.rights.data.iter().filter_map(|data| data.records) {
        if (records.others)(read, peer, subject).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn duty(read: &Read, sent: &Sent) -> Option<Hold> {
    let (class, changed) = (sent.class, sent.changed);
    let it = Holding { collection: "", class, count: 1, first: changed, last: changed };
    rules::hold(&[it], &read.node.rights.retention, read.now)
}
