//! ListTranscriptChanges, WatchTranscriptChanges: what became of the records that the caller may see.

use hei_proto::hei::credentials::v1::{
    ListTranscriptChangesRequest, ListTranscriptChangesResponse, WatchTranscriptChangesRequest,
    WatchTranscriptChangesResponse,
};
use hei_store::page;
use hei_use_case::{Changes, Failed, Feed, Read};
use hei_values::Violations;

use crate::limits;
use crate::technical::tables::transcripts;

/// From where, and how many.
pub struct Checked {
    size: u64,
    token: String,
}

/// Reads the size.
pub fn check(request: ListTranscriptChangesRequest) -> Result<Checked, Violations> {
    let size = page::size(request.page_size, limits::PAGE_SIZE_DEFAULT, limits::PAGE_SIZE_MAX)?;
    Ok(Checked { size, token: request.page_token })
}

/// From where; as many as there are, page by page.
pub fn check_watch(request: WatchTranscriptChangesRequest) -> Result<Checked, Violations> {
    Ok(Checked { size: limits::PAGE_SIZE_MAX.into(), token: request.page_token })
}

/// Reads a page.
pub async fn handle(read: &Read, it: &Checked) -> Result<ListTranscriptChangesResponse, Failed> {
    let sight = transcripts::sight(read).await?;
    let Changes { changes, next_page_token, cursor } =
        read.changes(sight, it.size, &it.token).await?;
    Ok(ListTranscriptChangesResponse { changes, next_page_token, cursor })
}

/// Reads on as long as the caller listens.
pub async fn watch(
    feed: &mut Feed<WatchTranscriptChangesResponse>,
    it: &Checked,
) -> Result<(), Failed> {
    let mut token = it.token.clone();
    let mut is_first = true;
    loop {
        let sight = transcripts::sight(feed).await?;
        let page = feed.changes(sight, it.size, &token).await?;
        token.clone_from(&page.cursor);
        if is_first || !page.changes.is_empty() {
            let Changes { changes, cursor, .. } = page;
            feed.send(WatchTranscriptChangesResponse { changes, cursor }).await?;
            is_first = false;
        }
        if page.next_page_token.is_empty() {
            feed.again().await?;
        }
    }
}
