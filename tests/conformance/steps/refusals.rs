//! Sentences about what a call came to.

use super::{Step, gap, steps};
use crate::check::{ensure, same};
use crate::verdict::{Outcome, Stop};
use crate::world::World;

pub(super) const STEPS: &[Step] = steps![
    "it is refused with {} for the reason {}" => is_refused,
    "the field \"{}\" is named" => field_is_named,
    "it is accepted" => is_accepted,
    "both are refused with {} in the same words" => both_are_refused_alike,
    "each of them is refused with {} and the field \"{}\" is missing" => each_lacks_the_field,
    "the connection is refused" => connection_is_refused,
];

async fn is_refused(world: &mut World, gaps: &[String]) -> Outcome {
    let refusal = world.refused()?;
    let found = (refusal.code, refusal.reason.as_str());
    ensure(found == (gap(gaps, 0)?, gap(gaps, 1)?), || format!("refused with {refusal}"))?;
    world.keep(refusal);
    Ok(())
}

async fn field_is_named(world: &mut World, gaps: &[String]) -> Outcome {
    let field = gap(gaps, 0)?;
    let last = world.answers.last().and_then(|(_, answered)| answered.as_ref().err());
    let refusal = last.ok_or_else(|| Stop::fail("nothing was refused"))?;
    ensure(refusal.violations.iter().any(|(named, _)| named == field), || {
        format!("refused with {refusal}")
    })
}

async fn is_accepted(world: &mut World, _: &[String]) -> Outcome {
    world.settled()?;
    ensure(world.accepted(), || "nothing was accepted".to_owned())
}

/// The answers are those to something that exists and to something that does not, by their names.
async fn both_are_refused_alike(world: &mut World, gaps: &[String]) -> Outcome {
    let mut told = Vec::new();
    for (name, answered) in &world.answers {
        match answered {
            Ok(_) => return Err(Stop::fail(format!("{name} was shown"))),
            Err(refusal) => {
                told.push((refusal.code, refusal.reason.clone(), refusal.message.replace(name, "")))
            }
        }
    }
    let [one, other] = told.as_slice() else { return Err(Stop::fail("there are not two answers")) };
    same("the refusal", &one.0, &gap(gaps, 0)?)?;
    same("the refusal of what exists", one, other)
}

async fn each_lacks_the_field(world: &mut World, gaps: &[String]) -> Outcome {
    let (code, field) = (gap(gaps, 0)?, gap(gaps, 1)?);
    ensure(!world.answers.is_empty(), || "there is no such call".to_owned())?;
    for (path, answered) in &world.answers {
        let Err(refusal) = answered else { return Err(Stop::fail(format!("{path} was accepted"))) };
        let missing = refusal.violations.iter().any(|(named, _)| named == field);
        ensure((refusal.code, missing) == (code, true), || {
            format!("{path}: refused with {refusal}")
        })?;
        // Where it is the only fault, it is the reason.
        let alone = refusal.violations.len() == 1;
        ensure(!alone || refusal.reason == "FIELD_MISSING", || {
            format!("{path}: refused with {refusal}")
        })?;
    }
    Ok(())
}

async fn connection_is_refused(world: &mut World, _: &[String]) -> Outcome {
    let refusal = world.refused()?;
    ensure(refusal.is_of_the_way(), || format!("the node answered: {refusal}"))
}
