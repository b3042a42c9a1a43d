//! A record as a document of the field, for an export or a partner.

use hei_evidence::keys::sha256;
use hei_proto::hei::common::v1::Loss;
use hei_proto::hei::credentials::v1::Format;
use hei_use_case::{Failed, Read};
use hei_values::{Id, Mapped, Refused, Violation};
use prost::bytes::Bytes;

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

/// What a record is written with, whatever the form.
#[derive(Clone)]
pub struct Writer {
    /// Who issues it as a credential.
    pub issuer: Issuer,
    /// Those under which its document was read.
    pub limits: Limits,
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

impl Writer {
    /// The record in a form; unspecified is the source.
    ///
    /// # Errors
    /// INTERNAL if the stored document cannot be read any more.
    pub async fn write(
        &self,
        read: &Read,
        row: &transcripts::Model,
        format: Format,
    ) -> Result<Written, Failed> {
        Ok(self.form(row, documents::of(read, row).await?, format)?)
    }

    /// The record as a partner may have it: in the form that is asked for, else the bytes as
    /// they came in, so that a signature inside them survives; but a document that holds
    /// other institutions' transcripts stays here, and its own goes as ELMO.
    ///
    /// # Errors
    /// INTERNAL if the stored document cannot be read any more.
    pub async fn write_for_partner(
        &self,
        read: &Read,
        row: &transcripts::Model,
        format: Format,
    ) -> Result<Written, Failed> {
        let document = documents::of(read, row).await?;
        let as_it_came = matches!(format, Format::Unspecified | Format::Source);
        let format =
            if as_it_came && document.row.report_count > 1 { Format::Elmo } else { format };
        Ok(self.form(row, document, format)?)
    }

    fn form(
        &self,
        row: &transcripts::Model,
        document: documents::Document,
        format: Format,
    ) -> Result<Written, Refused> {
        match format {
            Format::Unspecified | Format::Source => Ok(source(document)),
            Format::Elmo => self.elmo(&document),
            Format::Elm => self.elm(row, &document),
        }
    }

    fn elmo(&self, document: &documents::Document) -> Result<Written, Refused> {
        let Mapped { value, lost } = elmo::to_elmo(&record::whole(document, &self.limits)?);
        let media_type = "application/xml".to_owned();
        Ok(Written { document: hei_elmo::write(&value).into(), media_type, losses: lost })
    }

    fn elm(
        &self,
        row: &transcripts::Model,
        document: &documents::Document,
    ) -> Result<Written, Refused> {
        let whole = record::whole(document, &self.limits)?;
        let Mapped { value, lost } = elm::to_elm(&whole, &self.issuer, &credential_id(row));
        let media_type = "application/ld+json".to_owned();
        Ok(Written { document: hei_elm::write(&value).into(), media_type, losses: lost })
    }
}

fn source(document: documents::Document) -> Written {
    let media_type = document.row.media_type_or_bytes();
    Written { document: document.bytes.into(), media_type, losses: Vec::new() }
}

/// One credential for each revision of a record, the same whenever it is written.
fn credential_id(row: &transcripts::Model) -> String {
    let revision = format!("{}/{}", row.id, row.revision);
    format!("urn:credential:{}", Id::of_digest(&sha256(revision.as_bytes())))
}
