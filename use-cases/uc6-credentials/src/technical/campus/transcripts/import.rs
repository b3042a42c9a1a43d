//! ImportTranscript: a document of the institution becomes records.

use hei_proto::hei::credentials::v1::{
    ImportTranscriptRequest, ImportTranscriptResponse, ImportedTranscript, Outcome,
};
use hei_use_case::{Call, Failed};
use hei_values::Violations;
use prost::bytes::Bytes;

use crate::semantic::document::Limits;
use crate::technical::record::{self, Document, Source};

/// A request whose document was read.
pub struct Checked {
    document: Document,
    validate_only: bool,
}

/// Reads the document under the configured limits.
pub fn check(request: ImportTranscriptRequest, limits: &Limits) -> Result<Checked, Violations> {
    Checked::of(request.document, request.validate_only, limits)
}

impl Checked {
    /// For a document that came in another way.
    ///
    /// # Errors
    /// A violation per fault.
    pub fn of(bytes: Bytes, validate_only: bool, limits: &Limits) -> Result<Self, Violations> {
        Ok(Self { document: record::read(bytes, limits)?, validate_only })
    }
}

/// What a dry run would make has no name and no revision.
fn unname(one: &mut ImportedTranscript) {
    if one.outcome() == Outcome::Created {
        one.name.clear();
    }
    if one.outcome() != Outcome::Unchanged {
        one.etag.clear();
    }
}

/// Keeps what is new, or says what it would keep.
pub async fn handle(call: &mut Call, it: &Checked) -> Result<ImportTranscriptResponse, Failed> {
    let mut transcripts = record::keep(call, &it.document, &Source::Campus).await?;
    if it.validate_only {
        call.only_rehearse();
        transcripts.iter_mut().for_each(unname);
    }
    let read = &it.document.read;
    Ok(ImportTranscriptResponse {
        transcripts,
        deviations: read.deviations.clone(),
        losses: read.losses.clone(),
        standard: read.standard.name().to_owned(),
    })
}
