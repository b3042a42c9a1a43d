//! ListSentTranscripts: a partner lists what was sent to it.

use hei_proto::hei::credentials::v1::{ListSentTranscriptsRequest, ListSentTranscriptsResponse};
use hei_store::page;
use hei_use_case::{Failed, Read};
use hei_values::Violations;

use crate::limits;
use crate::technical::tables::transcripts;

/// The page that is asked for.
pub struct Checked {
    size: u64,
    token: String,
}

/// Reads the size.
pub fn check(request: ListSentTranscriptsRequest) -> Result<Checked, Violations> {
    let size = page::size(request.page_size, limits::PAGE_SIZE_DEFAULT, limits::PAGE_SIZE_MAX)?;
    Ok(Checked { size, token: request.page_token })
}

/// Reads the page.
pub async fn handle(read: &Read, it: &Checked) -> Result<ListSentTranscriptsResponse, Failed> {
    let page = read.page(transcripts::visible(read).await?, it.size, &it.token, &[]).await?;
    let summaries = page.rows.iter().map(transcripts::Model::summary);
    Ok(ListSentTranscriptsResponse {
        transcripts: summaries.collect::<Result<_, _>>()?,
        next_page_token: page.next_page_token,
    })
}
