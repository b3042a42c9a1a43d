//! In which version of its kind a message goes: the newest that both nodes know, by the
//! receiver's pinned descriptor. Where it lists none, the message waits unwritten: with
//! all its versions as payload, with its header unsigned, and with the version 0. It is
//! written when a newer descriptor lists one, and stored so before it is sent for the
//! first time; what is written is never written again, since the receiver may have it.

use hei_store::{Conn, Failed, subjects};
use hei_values::{Code, HeiId, Millis, Outgoing, Refused, Version};
use prost::Message as _;
use prost::bytes::Bytes;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::enqueue::record;
use super::{Row, table};
use crate::descriptor::Pinned;
use crate::desk::Desk;
use crate::{envelope, peers};

/// Not before something else has happened.
pub(crate) const NEVER: Millis = Millis(i64::MAX);

/// What an unwritten message has as payload.
#[derive(Clone, PartialEq, prost::Message)]
struct Unwritten {
    #[prost(string, tag = "1")]
    resource: String,
    #[prost(message, repeated, tag = "2")]
    versions: Vec<One>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct One {
    #[prost(uint32, tag = "1")]
    number: u32,
    #[prost(bytes = "bytes", tag = "2")]
    payload: Bytes,
}

/// The newest version that the receiver takes.
pub(super) fn newest<'a>(
    kind: &str,
    versions: &'a [Version],
    receiver: &Pinned,
) -> Option<&'a Version> {
    let taken = versions.iter().filter(|version| receiver.takes(kind, version.number));
    taken.max_by_key(|version| version.number)
}

/// The payload of a message that cannot be written yet.
pub(super) fn keep(message: &Outgoing) -> Bytes {
    let one = |version: &Version| One { number: version.number, payload: version.payload.clone() };
    Unwritten {
        resource: message.resource.clone(),
        versions: message.versions.iter().map(one).collect(),
    }
    .encode_to_vec()
    .into()
}

/// The receiver's node is older than the message's kind.
pub(super) fn unknown(peer: &HeiId, kind: &str) -> Refused {
    let told = format!(
        "the node of {peer} does not take messages of kind {kind} yet: this one goes by itself \
         when that node is updated"
    );
    Refused::new(Code::Unimplemented, "KIND_UNKNOWN", told).with("kind", kind)
}

/// Writes a message in the newest version that its receiver takes by now.
///
/// # Errors
/// UNIMPLEMENTED/KIND_UNKNOWN if it still takes none.
pub(crate) async fn write(
    conn: &Conn,
    desk: &Desk,
    row: &Row,
    unwritten: &[u8],
    now: Millis,
) -> Result<(Row, Bytes), Failed> {
    let lost = |e| Refused::internal(format!("{} is kept as no message: {e}", row.name()));
    let Unwritten { resource, versions } = Unwritten::decode(unwritten).map_err(lost)?;
    let version = |one: One| Version { number: one.number, payload: one.payload };
    let versions: Vec<Version> = versions.into_iter().map(version).collect();
    let peer = HeiId::read("peer", &row.peer)?;
    let known = peers::active(conn, desk, &peer).await?;
    let version = newest(&row.kind, &versions, &known.pinned);
    let version = version.ok_or_else(|| unknown(&peer, &row.kind))?;
    let mut header = envelope::read(&row.header)?;
    header.version = version.number;
    let signed = envelope::sign(desk.keys(), header.clone(), &version.payload)?;
    record(conn, desk, &header, &resource, &signed, now).await?;
    let payload = match row.subject_id {
        Some(subject) => {
            subjects::seal(conn, row.institution_id, subject, &version.payload).await?
        }
        None => version.payload.to_vec(),
    };
    let written = table::ActiveModel {
        kind_version: Set(i32::try_from(version.number).unwrap_or(i32::MAX)),
        header: Set(signed.header),
        signature: Set(signed.signature),
        payload: Set(payload),
        ..Default::default()
    };
    let changed = table::Entity::update_many()
        .set(written)
        .col_expr(table::Column::Revision, Expr::col(table::Column::Revision).add(1))
        .filter(table::Column::InstitutionId.eq(row.institution_id))
        .filter(table::Column::Id.eq(row.id))
        .filter(table::Column::KindVersion.eq(0))
        .exec_with_returning(conn)
        .await?;
    let row = changed.into_iter().next().ok_or(Failed::Conflict)?;
    Ok((row, version.payload.clone()))
}
