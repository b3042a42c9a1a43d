//! What has come to its date goes (GDPR Art. 5(1)(e)), by the configured rules.

use std::collections::BTreeMap;

use hei_evidence::disclosures;
use hei_messaging::outbox::persons;
use hei_store::{Conn, Failed};
use hei_values::Millis;
use sea_orm::prelude::Uuid;

use super::erase::erase_if_nothing_is_left;
use super::mechanisms::{BODIES, DISCLOSURES, HEADERS};
use crate::Call;

/// Records of one transaction: on SQLite nobody else writes meanwhile.
const BATCH_MAX: u64 = 100;

/// Removes a batch of what has come to its date; says how much that was. What is left of
/// it goes with the next one.
///
/// # Errors
/// What the database says.
pub async fn sweep(call: &mut Call) -> Result<u64, Failed> {
    let node = call.node.clone();
    let (retention, now) = (&node.rights.retention, call.now());
    let mut gone = 0;
    for records in node.rights.data.iter().filter_map(|data| data.records) {
        for class in records.classes {
            let Some(rule) = retention.of(class) else { continue };
            let due = (records.due)(call, class, rule.ends_before(now), BATCH_MAX).await?;
            let mut persons: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
            for (id, subject) in due {
                persons.entry(subject).or_default().push(id);
                gone += 1;
            }
            for (person, records_of) in persons {
                (records.erase)(call, records_of).await?;
                erase_if_nothing_is_left(call, person).await?;
            }
        }
    }
    Ok(gone + sweep_mechanisms(call, now).await?)
}

async fn sweep_mechanisms(call: &Call, now: Millis) -> Result<u64, Failed> {
    let (conn, own, retention): (&Conn, Uuid, _) =
        (call.conn(), call.institution().id, &call.node.rights.retention);
    let before = |class| retention.of(class).map(|rule| rule.ends_before(now));
    let mut gone = 0;
    if let Some(before) = before(BODIES) {
        gone += persons::drop_bodies(conn, own, before).await?;
    }
    if let Some(before) = before(HEADERS) {
        gone += persons::drop_before(conn, own, before).await?;
    }
    if let Some(before) = before(DISCLOSURES) {
        gone += disclosures::drop_before(conn, own, before).await?;
    }
    if gone > 0 {
        conn.will_erase();
    }
    Ok(gone)
}
