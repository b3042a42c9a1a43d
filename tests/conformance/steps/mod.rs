//! The sentences that scenarios are made of. Each sentence of a scenario is one of these, or the scenario fails.

mod asking;
mod changes;
mod description;
mod disclosures;
mod lists;
mod partners;
mod records;
mod refusals;
mod sending;

use futures_util::future::BoxFuture;

use crate::pattern::fits;
use crate::verdict::{Outcome, Stop};
use crate::world::World;

/// Does what a sentence says; the gaps are what stands in its pattern's places.
type Run = for<'w> fn(&'w mut World, &'w [String]) -> BoxFuture<'w, Outcome>;

/// A sentence and what it does.
struct Step {
    says: &'static str,
    run: Run,
}

/// Makes a table of steps from sentences and the async functions that they name.
macro_rules! steps {
    ($($says:literal => $run:ident),+ $(,)?) => {
        &[$(crate::steps::Step { says: $says, run: |world, gaps| Box::pin($run(world, gaps)) }),+]
    };
}
use steps;

const TABLES: &[&[Step]] = &[
    asking::STEPS,
    changes::STEPS,
    description::STEPS,
    disclosures::STEPS,
    lists::STEPS,
    partners::STEPS,
    records::STEPS,
    refusals::STEPS,
    sending::STEPS,
];

/// The step that a sentence means, with what it has in the gaps.
///
/// # Errors
/// Fail if it means none, or more than one.
pub fn find(sentence: &str) -> Outcome<(Run, Vec<String>)> {
    let all = TABLES.iter().copied().flatten();
    let found: Vec<_> =
        all.filter_map(|step| fits(step.says, sentence).map(|gaps| (step, gaps))).collect();
    match found.as_slice() {
        [(step, gaps)] => Ok((step.run, gaps.iter().map(|gap| (*gap).to_owned()).collect())),
        [] => Err(Stop::fail(format!("nobody has defined: {sentence}"))),
        several => {
            let patterns: Vec<_> = several.iter().map(|(step, _)| step.says).collect();
            Err(Stop::fail(format!("{sentence} may mean: {}", patterns.join("; "))))
        }
    }
}

/// What a sentence has in its nth gap.
fn gap(gaps: &[String], n: usize) -> Outcome<&str> {
    gaps.get(n)
        .map(String::as_str)
        .ok_or_else(|| Stop::fail(format!("the sentence has no gap {n}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::features;

    #[test]
    fn every_sentence_of_every_scenario_is_defined_once_and_no_definition_is_idle() {
        let sentences: Vec<_> =
            features::all().unwrap().into_iter().flat_map(|s| s.steps).collect();
        assert!(sentences.len() > 100);
        for sentence in &sentences {
            if let Err(stop) = find(sentence) {
                panic!("{}", stop.told);
            }
        }
        for step in TABLES.iter().copied().flatten() {
            let used = sentences.iter().any(|sentence| fits(step.says, sentence).is_some());
            assert!(used, "no scenario says: {}", step.says);
        }
    }

    #[test]
    fn an_undefined_sentence_is_a_failure() {
        let stop = find("the node does as it likes").err().unwrap();
        assert_eq!((stop.verdict.name(), stop.told.contains("nobody has defined")), ("fail", true));
    }
}
