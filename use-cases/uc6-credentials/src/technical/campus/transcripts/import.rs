//! ImportTranscript: a document of the institution becomes records.

use hei_proto::hei::credentials::v1::{
    ImportTranscriptRequest, ImportTranscriptResponse, ImportedTranscript, Outcome,
};
use hei_use_case::{Call, Failed};
use hei_values::{Violation, Violations};

use crate::technical::record::{self, Document, Source};

/// A request whose document was read.
pub struct Checked {
    document: Document,
    validate_only: bool,
}

/// Reads the document under the configured limits.
pub fn check(
    request: ImportTranscriptRequest,
    limits: &hei_elmo::Limits,
) -> Result<Checked, Violations> {
    if request.document.is_empty() {
        return Err(Violation::missing("document").into());
    }
    let document = record::read(&request.document, limits)?;
    Ok(Checked { document, validate_only: request.validate_only })
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
    Ok(ImportTranscriptResponse {
        transcripts,
        deviations: it.document.deviations.clone(),
        losses: it.document.losses.clone(),
    })
}
