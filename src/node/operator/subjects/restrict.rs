//! RestrictSubject and LiftRestriction.

use hei_proto::hei::node::v1::{
    LiftRestrictionRequest, RestrictSubjectRequest, RestrictionGround, Subject,
};
use hei_use_case::{Call, Failed, rights};
use hei_values::{Id, Violation, Violations, name};

/// Who shall be restricted and why.
pub struct Checked {
    id: Id,
    ground: RestrictionGround,
}

/// Reads name and ground.
pub fn check(request: RestrictSubjectRequest) -> Result<Checked, Violations> {
    let mut faults = Violations::default();
    let id = faults.take(name::id("name", "subjects", &request.name));
    let ground = faults.take(ground(request.ground));
    let (id, ground) = faults.or(id.zip(ground))?;
    Ok(Checked { id, ground })
}

/// One of those that a person may have; the others are the node's own.
fn ground(number: i32) -> Result<RestrictionGround, Violation> {
    use RestrictionGround::{Contested, LegalClaim, Objection, Unlawful};
    match RestrictionGround::try_from(number) {
        Ok(RestrictionGround::Unspecified) => Err(Violation::missing("ground")),
        Ok(known @ (Contested | Unlawful | LegalClaim | Objection)) => Ok(known),
        _ => {
            let told = format!("{number} is none of the grounds of GDPR Art. 18(1): 1 to 4");
            Err(Violation::new("ground", "CODE_UNKNOWN", told))
        }
    }
}

/// Restricts.
pub async fn handle(call: &mut Call, it: &Checked) -> Result<Subject, Failed> {
    let row = rights::find(call, it.id).await?;
    Ok(super::shown(&rights::restrict(call, &row, it.ground).await?))
}

/// Reads the name.
pub fn lift_check(request: LiftRestrictionRequest) -> Result<Id, Violations> {
    Ok(name::id("name", "subjects", &request.name)?)
}

/// Lifts.
pub async fn lift(call: &mut Call, id: &Id) -> Result<Subject, Failed> {
    let row = rights::find(call, *id).await?;
    Ok(super::shown(&rights::lift(call, &row).await?))
}
