//! GetTranscript: one record.

use hei_proto::hei::credentials::v1::{GetTranscriptRequest, Transcript};
use hei_use_case::{Failed, Read};
use hei_values::{Id, Violations, name};

use crate::technical::tables::transcripts;

/// The record that is asked for.
pub struct Checked {
    id: Id,
}

/// Reads the name.
pub fn check(request: GetTranscriptRequest) -> Result<Checked, Violations> {
    Ok(Checked { id: name::id("name", "transcripts", &request.name)? })
}

/// Finds the record.
pub async fn handle(read: &Read, it: &Checked) -> Result<Transcript, Failed> {
    Ok(transcripts::find(read, it.id).await?.shown()?)
}
