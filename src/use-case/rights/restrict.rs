//! Restriction of processing (GDPR Art. 18): once for every call, and how it begins and
//! ends.

use hei_proto::hei::node::v1::{NoticeKind, RestrictionGround};
use hei_store::{Failed, subjects};
use hei_values::{Code, Decision, Refused};
use sea_orm::ActiveValue::Set;

use super::rules::{self, Standing, Step};
use super::table::{name, standing};
use super::tell::tell;
use super::{Subject, Subjects};
use crate::{Call, Read};

/// Sees that a call has touched nobody's data who has restricted the processing. It is
/// asked after the handler, so that no handler can forget it, and before the commit and
/// the answer. Whoever serves the person's rights, and the person itself, goes on.
pub(crate) async fn must_not_be_restricted(read: &Read) -> Result<(), Failed> {
    if read.sees_restricted() {
        return Ok(());
    }
    let (institution, seen) = (read.institution().id, read.seen_subjects());
    match subjects::any_restricted(&read.conn, institution, seen).await? {
        false => Ok(()),
        true => {
            let told = "the person whom this is about has restricted the processing \
                        (GDPR Art. 18): the data is kept and not used until that is lifted";
            Err(Refused::new(Code::FailedPrecondition, "SUBJECT_RESTRICTED", told).into())
        }
    }
}

/// Restricts the processing of a person's data, and tells who received it.
///
/// # Errors
/// FAILED_PRECONDITION/ILLEGAL_TRANSITION if it is restricted or erased already.
pub async fn restrict(
    call: &mut Call,
    row: &Subject,
    ground: RestrictionGround,
) -> Result<Subject, Failed> {
    let decision = rules::step(&name(row.id), standing(row), Step::Restrict)?;
    let since = Some((call.now().0, ground_text(ground), call.caller().client.clone()));
    change(call, row, since, decision).await
}

/// Ends the restriction, and tells who received the data.
///
/// # Errors
/// FAILED_PRECONDITION/ILLEGAL_TRANSITION if there is none.
pub async fn lift(call: &mut Call, row: &Subject) -> Result<Subject, Failed> {
    let decision = rules::step(&name(row.id), standing(row), Step::Lift)?;
    change(call, row, None, decision).await
}

async fn change(
    call: &mut Call,
    row: &Subject,
    since: Option<(i64, String, String)>,
    decision: Decision<Standing>,
) -> Result<Subject, Failed> {
    let restricts = since.is_some();
    let (at, ground, by) = since
        .map_or((None, String::new(), String::new()), |(at, ground, by)| (Some(at), ground, by));
    let draft = subjects::table::ActiveModel {
        restricted_at: Set(at),
        restricted_for: Set(ground),
        restricted_by: Set(by),
        ..Default::default()
    };
    let row = call.replace::<Subjects, _>(row, draft, decision).await?;
    for data in call.node.clone().rights.data.iter() {
        (data.restrict)(call, row.id, restricts).await?;
    }
    let kind = if restricts { NoticeKind::Restriction } else { NoticeKind::Lifting };
    tell(call, row.id, kind).await?;
    Ok(row)
}

fn ground_text(ground: RestrictionGround) -> String {
    ground.as_str_name().trim_start_matches("RESTRICTION_GROUND_").to_ascii_lowercase()
}
