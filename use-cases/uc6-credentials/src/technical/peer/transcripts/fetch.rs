//! FetchTranscript: a partner reads a record that was sent to it, as it stands now.

use hei_proto::hei::credentials::v1::{FetchTranscriptRequest, Transcript};
use hei_use_case::{Failed, Read};
use hei_values::{Id, Violations, name};

use crate::semantic::record;
use crate::technical::tables::transcripts;

/// The record that is asked for.
pub struct Checked {
    id: Id,
}

/// Reads the name.
pub fn check(request: FetchTranscriptRequest) -> Result<Checked, Violations> {
    Ok(Checked { id: name::id("name", "transcripts", &request.name)? })
}

/// Finds it among what was sent to the caller.
pub async fn handle(read: &Read, it: &Checked) -> Result<Transcript, Failed> {
    // Files of this node are for its campus: the whole document went with the message.
    Ok(record::without_files(transcripts::find(read, it.id).await?.shown()?))
}
