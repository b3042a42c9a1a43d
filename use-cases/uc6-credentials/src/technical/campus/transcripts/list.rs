//! ListTranscripts: a page of the records that the caller may see.

use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::credentials::v1::{ListTranscriptsRequest, ListTranscriptsResponse};
use hei_store::page;
use hei_use_case::{Failed, Read};
use hei_values::{Violation, Violations};
use sea_orm::{ColumnTrait, QueryFilter};

use crate::limits;
use crate::technical::tables::transcripts;

/// The page that is asked for.
pub struct Checked {
    size: u64,
    token: String,
    learner: Option<Identifier>,
}

/// Reads size and learner.
pub fn check(request: ListTranscriptsRequest) -> Result<Checked, Violations> {
    let mut faults = Violations::default();
    let size = page::size(request.page_size, limits::PAGE_SIZE_DEFAULT, limits::PAGE_SIZE_MAX);
    let size = faults.take(size);
    if request.learner.as_ref().is_some_and(|l| l.scheme.is_empty() || l.value.is_empty()) {
        faults.0.push(Violation::missing("learner"));
    }
    let size = faults.or(size)?;
    Ok(Checked { size, token: request.page_token, learner: request.learner })
}

/// Reads the page from columns alone.
pub async fn handle(read: &Read, it: &Checked) -> Result<ListTranscriptsResponse, Failed> {
    let mut query = transcripts::visible(read).await?;
    let mut bound = Vec::new();
    if let Some(learner) = &it.learner {
        bound = prost::Message::encode_to_vec(learner);
        let subject = read.subject(learner).await?.unwrap_or_default();
        query = query.filter(transcripts::Column::SubjectId.eq(subject));
    }
    let page = read.page(query, it.size, &it.token, &bound).await?;
    let summaries = page.rows.iter().map(transcripts::Model::summary);
    Ok(ListTranscriptsResponse {
        transcripts: summaries.collect::<Result<_, _>>()?,
        next_page_token: page.next_page_token,
    })
}
