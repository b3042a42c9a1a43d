//! SubjectService: the rights of the persons whose data the node holds.

pub mod erase;
pub mod export;
pub mod find;
pub mod get;
pub mod notice;
pub mod overview;
pub mod restrict;

use hei_proto::hei::node::v1::{PartnerNotice, Restriction, RestrictionGround, Subject};
use hei_store::subjects::table::{Entity, Model};
use hei_use_case::Table as _;
use hei_values::{Id, Millis, name};

/// As the contract shows it.
fn shown(row: &Model) -> Subject {
    let time = |ms: i64| Millis(ms).to_timestamp();
    Subject {
        name: Entity::name(row),
        create_time: Some(time(row.created_at)),
        restriction: row.restricted_at.map(|at| Restriction {
            ground: ground(&row.restricted_for).into(),
            restrict_time: Some(time(at)),
            actor: row.restricted_by.clone(),
        }),
        erase_time: row.erased_at.map(time),
        etag: Entity::key(row).etag().text().to_owned(),
    }
}

fn ground(text: &str) -> RestrictionGround {
    let name = format!("RESTRICTION_GROUND_{}", text.to_ascii_uppercase());
    RestrictionGround::from_str_name(&name).unwrap_or_default()
}

/// Notices as the contract shows them.
fn notices(rows: &[hei_evidence::notices::table::Model]) -> Vec<PartnerNotice> {
    let time = |ms: i64| Millis(ms).to_timestamp();
    let one = |row: &hei_evidence::notices::table::Model| PartnerNotice {
        recipient: row.recipient.clone(),
        kind: row.kind().into(),
        record: row.record.clone(),
        state: row.state().into(),
        message: row.message_id.map(|id| name::of("messages", Id(id))).unwrap_or_default(),
        tell_time: Some(time(row.tell_ms)),
        answer_time: row.answer_ms.map(time),
        rule: row.rule.clone(),
        keep_until_time: row.until_ms.map(time),
    };
    rows.iter().map(one).collect()
}
