//! GetSubjectOverview: what is held about a person and who received it.

use hei_evidence::disclosures::{self, Received};
use hei_evidence::notices;
use hei_proto::hei::common::v1::CodedValue;
use hei_proto::hei::node::v1::{GetSubjectOverviewRequest, Holding, Recipient, SubjectOverview};
use hei_use_case::rights::{self, Retention};
use hei_use_case::{Failed, Read};
use hei_values::{Id, Millis, Violations, name, purpose};

/// What a screen bears; each notice stands with its message, too.
const NOTICES_MAX: u64 = 200;

/// Reads the name.
pub fn check(request: GetSubjectOverviewRequest) -> Result<Id, Violations> {
    Ok(name::id("name", "subjects", &request.name)?)
}

/// Looks at everything that is held, and at what left.
pub async fn handle(read: &Read, id: &Id) -> Result<SubjectOverview, Failed> {
    let row = rights::find(read, *id).await?;
    let (conn, own) = (read.conn(), read.institution().id);
    let held = rights::held(read, &row).await?;
    let received = disclosures::recipients(conn, own, row.id).await?;
    let told = notices::of_subject(conn, own, row.id, NOTICES_MAX).await?;
    let retention = &read.rights().retention;
    Ok(SubjectOverview {
        subject: Some(super::shown(&row)),
        holdings: held.iter().map(|it| holding(it, retention, read.now())).collect(),
        recipients: received.into_iter().map(recipient).collect(),
        notices: super::notices(&told),
    })
}

/// What is held, as the contract shows it.
pub fn holding(it: &rights::Holding, retention: &Retention, now: Millis) -> Holding {
    let rule = retention.of(it.class);
    let until = rule.map(|rule| rule.until(it.last));
    Holding {
        collection: it.collection.to_owned(),
        class: it.class.to_owned(),
        count: u32::try_from(it.count).unwrap_or(u32::MAX),
        first_time: Some(it.first.to_timestamp()),
        last_time: Some(it.last.to_timestamp()),
        keep_until_time: until.map(Millis::to_timestamp),
        legal_hold: rule.is_some_and(|rule| rule.hold) && until.is_some_and(|until| until > now),
        basis: rule.map(|rule| rule.basis.clone()).unwrap_or_default(),
    }
}

fn recipient(it: Received) -> Recipient {
    Recipient {
        recipient: it.recipient,
        purpose: Some(CodedValue { scheme: purpose::SCHEME.to_owned(), code: it.purpose }),
        legal_basis: it.legal_basis,
        count: u32::try_from(it.count).unwrap_or(u32::MAX),
        first_time: Some(Millis(it.first_ms).to_timestamp()),
        last_time: Some(Millis(it.last_ms).to_timestamp()),
    }
}
