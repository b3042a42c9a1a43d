//! ListDisclosures: who received what about one learner.

use hei_evidence::disclosures;
use hei_proto::hei::common::v1::{CodedValue, Identifier};
use hei_proto::hei::node::v1::{Disclosure, ListDisclosuresRequest, ListDisclosuresResponse};
use hei_store::page;
use hei_use_case::{Failed, Read};
use hei_values::{Id, Millis, Violation, Violations, name, purpose};

/// A screen of the learner's log.
const PAGE_SIZE_DEFAULT: u32 = 50;
/// What a program asks for at once.
const PAGE_SIZE_MAX: u32 = 200;

/// The page that is asked for.
pub struct Checked {
    learner: Option<Identifier>,
    size: u64,
    token: String,
}

/// Reads size and learner.
pub fn check(request: ListDisclosuresRequest) -> Result<Checked, Violations> {
    let size = page::size(request.page_size, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)?;
    Ok(Checked { learner: request.learner, size, token: request.page_token })
}

/// Reads the page. A learner's own identifier counts, whatever the request says.
pub async fn handle(read: &Read, it: &Checked) -> Result<ListDisclosuresResponse, Failed> {
    let learner = match read.caller().only_learner() {
        true => read.caller().learner.clone(),
        false => it.learner.clone(),
    };
    let learner = learner.filter(|l| !l.scheme.is_empty() && !l.value.is_empty());
    let learner = learner.ok_or_else(|| Violation::missing("learner"))?;
    let Some(subject) = read.subject(&learner).await? else {
        return Ok(ListDisclosuresResponse::default());
    };
    let own = read.institution().id;
    let after = read.page_start(&it.token, subject.as_bytes())?;
    let limit = it.size.saturating_add(1);
    let mut rows = disclosures::page(read.conn(), own, subject, after, limit).await?;
    let more = rows.len() as u64 > it.size;
    rows.truncate(usize::try_from(it.size).unwrap_or(usize::MAX));
    let last = rows.last().filter(|_| more).map(|row| row.id);
    Ok(ListDisclosuresResponse {
        next_page_token: read.page_token(last, subject.as_bytes()),
        disclosures: rows.iter().map(shown).collect(),
    })
}

fn shown(row: &disclosures::table::Model) -> Disclosure {
    Disclosure {
        name: name::of("disclosures", Id(row.id)),
        recipient: row.recipient.clone(),
        resource: row.resource.clone(),
        purpose: Some(CodedValue { scheme: purpose::SCHEME.to_owned(), code: row.purpose.clone() }),
        legal_basis: row.legal_basis.clone(),
        data_categories: row.categories(),
        disclose_time: Some(Millis(row.at_ms).to_timestamp()),
        channel: row.channel.clone(),
    }
}
