//! GetSubject: one person.

use hei_proto::hei::node::v1::{GetSubjectRequest, Subject};
use hei_use_case::{Failed, Read, rights};
use hei_values::{Id, Violations, name};

/// Reads the name.
pub fn check(request: GetSubjectRequest) -> Result<Id, Violations> {
    Ok(name::id("name", "subjects", &request.name)?)
}

/// Finds the person.
pub async fn handle(read: &Read, id: &Id) -> Result<Subject, Failed> {
    Ok(super::shown(&rights::find(read, *id).await?))
}
