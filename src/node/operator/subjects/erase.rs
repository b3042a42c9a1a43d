//! EraseSubject: everything goes, or a duty to keep forbids it.

use hei_evidence::notices;
use hei_proto::hei::node::v1::{
    EraseSubjectRequest, EraseSubjectResponse, NoticeKind, RestrictionGround,
};
use hei_use_case::rights::rules;
use hei_use_case::{Call, Failed, rights};
use hei_values::{Id, Violations, name};

/// Partners of one person that the answer names; the overview has them all.
const NOTICES_MAX: u64 = 200;

/// Reads the name.
pub fn check(request: EraseSubjectRequest) -> Result<Id, Violations> {
    Ok(name::id("name", "subjects", &request.name)?)
}

/// Erases; under a duty to keep it restricts instead, which stays though the answer is
/// that it cannot be erased.
pub async fn handle(call: &mut Call, id: &Id) -> Result<EraseSubjectResponse, Failed> {
    let row = rights::find(call, *id).await?;
    let held = rights::held(call, &row).await?;
    if let Some(hold) = rules::hold(&held, &call.rights().retention, call.now()) {
        if row.restricted_at.is_none() {
            rights::restrict(call, &row, RestrictionGround::LegalHold).await?;
        }
        call.refuse_and_keep((&hold).into());
        return Ok(EraseSubjectResponse::default());
    }
    rights::erase(call, &row).await?;
    let (own, now) = (call.institution().id, call.now());
    let told = notices::of_subject(call.conn(), own, row.id, NOTICES_MAX).await?;
    let told: Vec<_> = told.into_iter().filter(|n| n.kind() == NoticeKind::Erasure).collect();
    let gone = rights::subject(call, row.id).await?;
    let retention = &call.rights().retention;
    Ok(EraseSubjectResponse {
        subject: gone.as_ref().map(super::shown),
        erased: held.iter().map(|it| super::overview::holding(it, retention, now)).collect(),
        notices: super::notices(&told),
    })
}
