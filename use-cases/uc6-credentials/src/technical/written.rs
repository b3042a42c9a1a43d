//! A record as a document of the field, for an export or a partner.

use hei_proto::hei::common::v1::Loss;
use hei_proto::hei::credentials::v1::Format;
use hei_use_case::{Failed, Read};
use hei_values::{Id, Mapped, Refused, Violation};
use prost::bytes::Bytes;
use sea_orm::prelude::Uuid;

use super::record;
use super::tables::{documents, transcripts};
use crate::Issuer;
use crate::semantic::document::Limits;
use crate::semantic::{elm, elmo};

/// A document that leaves the node.
pub struct Written {
    pub document: Bytes,
    pub media_type: String,
    /// What the form does not carry.
    pub losses: Vec<Loss>,
}

/// Reads the number of a form.
///
/// # Errors
/// CODE_UNKNOWN for one that the contract does not have.
pub fn format(number: i32) -> Result<Format, Violation> {
    Format::try_from(number).map_err(|_| {
        let told = format!("{number} is no format: 1 is ELMO, 2 the source, 3 ELM");
        Violation::new("format", "CODE_UNKNOWN", told)
    })
}

/// The record in a form; unspecified is the source.
///
/// # Errors
/// INTERNAL if the stored document cannot be read any more.
pub async fn written(
    read: &Read,
    row: &transcripts::Model,
    format: Format,
    issuer: &Issuer,
    limits: &Limits,
) -> Result<Written, Failed> {
    Ok(in_form(row, documents::of(read, row).await?, format, issuer, limits)?)
}

/// The record as a partner may have it: in the form that is asked for, else the bytes as
/// they came in, so that a signature inside them survives; but a document that holds
/// other institutions' transcripts stays here, and its own goes as ELMO.
///
/// # Errors
/// INTERNAL if the stored document cannot be read any more.
pub async fn sendable(
    read: &Read,
    row: &transcripts::Model,
    format: Format,
    issuer: &Issuer,
    limits: &Limits,
) -> Result<Written, Failed> {
    let document = documents::of(read, row).await?;
    let as_it_came = matches!(format, Format::Unspecified | Format::Source);
    let format = if as_it_came && document.report_count > 1 { Format::Elmo } else { format };
    Ok(in_form(row, document, format, issuer, limits)?)
}

fn in_form(
    row: &transcripts::Model,
    document: documents::Model,
    format: Format,
    issuer: &Issuer,
    limits: &Limits,
) -> Result<Written, Refused> {
    match format {
        Format::Unspecified | Format::Source => Ok(source(document)),
        Format::Elmo => as_elmo(&document, limits),
        Format::Elm => as_elm(row, &document, issuer, limits),
    }
}

fn source(document: documents::Model) -> Written {
    let media_type = match document.media_type.as_str() {
        "" => "application/octet-stream".to_owned(),
        known => known.to_owned(),
    };
    Written { document: document.bytes.into(), media_type, losses: Vec::new() }
}

fn as_elmo(document: &documents::Model, limits: &Limits) -> Result<Written, Refused> {
    let Mapped { value, lost } = elmo::to_elmo(&record::whole(document, limits)?);
    let media_type = "application/xml".to_owned();
    Ok(Written { document: hei_elmo::write(&value).into(), media_type, losses: lost })
}

fn as_elm(
    row: &transcripts::Model,
    document: &documents::Model,
    issuer: &Issuer,
    limits: &Limits,
) -> Result<Written, Refused> {
    let id = credential_id(row.id, row.revision);
    let Mapped { value, lost } = elm::to_elm(&record::whole(document, limits)?, issuer, &id);
    let media_type = "application/ld+json".to_owned();
    Ok(Written { document: hei_elm::write(&value).into(), media_type, losses: lost })
}

/// One credential for each revision of a record, the same whenever it is written
/// (RFC 9562 §5.8: a UUID of our own making).
fn credential_id(record: Uuid, revision: i64) -> String {
    let digest = record::sha256(format!("{record}/{revision}").as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(&digest).for_each(|(to, from)| *to = *from);
    let mut number = u128::from_be_bytes(bytes);
    number = (number & !(0xF << 76)) | (8 << 76);
    number = (number & !(0b11 << 62)) | (0b10 << 62);
    format!("urn:credential:{}", Id(Uuid::from_u128(number)))
}
