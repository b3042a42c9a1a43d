//! FindSubject: the person with an identifier.

use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::node::v1::{FindSubjectRequest, Subject};
use hei_use_case::{Failed, Read, rights};
use hei_values::{Id, Refused, Violation, Violations};

/// The identifier that is asked for.
pub struct Checked {
    identifier: Option<Identifier>,
}

/// Takes the identifier.
pub fn check(request: FindSubjectRequest) -> Result<Checked, Violations> {
    Ok(Checked { identifier: request.identifier })
}

/// Finds the person; a learner finds itself.
pub async fn handle(read: &Read, it: &Checked) -> Result<Subject, Failed> {
    let identifier = match read.caller().only_learner() {
        true => read.caller().learner.clone(),
        false => it.identifier.clone(),
    };
    let identifier = identifier.filter(|id| !id.scheme.is_empty() && !id.value.is_empty());
    let identifier = identifier.ok_or_else(|| Violation::missing("identifier"))?;
    let found = read.subject(&identifier).await?;
    let found = found.ok_or_else(|| Refused::not_found("a person with this identifier"))?;
    Ok(super::shown(&rights::find(read, Id(found)).await?))
}
