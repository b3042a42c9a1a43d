//! The runner: scenario by scenario, sentence by sentence, each against the node itself.

use std::sync::Arc;

use crate::Setup;
use crate::features::{self, Scenario};
use crate::report::{Line, Report};
use crate::requirements::{self, Requirement};
use crate::steps;
use crate::suite::Suite;
use crate::verdict::{Outcome, Stop, Verdict};
use crate::world::World;

/// Runs the scenarios that are asked for; `each` hears of every scenario as it ends.
///
/// # Errors
/// Why nothing could be run.
pub async fn run(setup: Setup, mut each: impl FnMut(&Line)) -> Result<Report, String> {
    let asked = setup.use_cases.clone();
    let is_asked = |use_case: &str| {
        asked.is_empty() || use_case == "x" || asked.iter().any(|one| one == use_case)
    };
    let mut scenarios = features::all()?;
    scenarios.retain(|scenario| is_asked(scenario.use_case()));
    let suite = Arc::new(Suite::meet(setup).await.map_err(|stop| stop.told)?);
    let mut lines = Vec::new();
    for scenario in &scenarios {
        let line = line(scenario, tried(scenario, &suite).await);
        each(&line);
        lines.push(line);
    }
    suite.leave().await;
    let chosen = requirements::all().into_iter().filter(|r| is_asked(&r.use_case()));
    let claims = &suite.node.descriptor.claims;
    let requirements = chosen.map(|r| summed(&r, &scenarios, &lines, claims)).collect();
    Ok(Report { requirements, scenarios: lines })
}

fn line(scenario: &Scenario, outcome: Outcome) -> Line {
    let (verdict, told) =
        outcome.map_or_else(|stop| (stop.verdict, stop.told), |()| (Verdict::Pass, String::new()));
    let name = format!("{}: {}", scenario.path, scenario.name);
    Line { ids: scenario.ids.clone(), name, verdict, told }
}

async fn tried(scenario: &Scenario, suite: &Arc<Suite>) -> Outcome {
    let mut world = World::new(suite.clone());
    for sentence in &scenario.steps {
        let (run, gaps) = steps::find(sentence)?;
        let told = |stop: Stop| Stop { told: format!("{sentence}: {}", stop.told), ..stop };
        run(&mut world, &gaps).await.map_err(told)?;
    }
    world.settled()
}

/// What its scenarios say of a requirement.
fn summed(it: &Requirement, scenarios: &[Scenario], lines: &[Line], claims: &[String]) -> Line {
    let line = |verdict, told: String| Line {
        ids: vec![it.id.clone()],
        name: format!("{}: {}", it.level, it.text),
        verdict,
        told,
    };
    if !it.concerns(claims) {
        return line(Verdict::Omit, format!("the node claims none of: {}", it.roles));
    }
    if !scenarios.iter().any(|scenario| scenario.ids.contains(&it.id)) {
        return line(Verdict::Skip, it.unshown());
    }
    let own: Vec<_> = lines.iter().filter(|line| line.ids.contains(&it.id)).collect();
    let verdict = Verdict::of_all(&own.iter().map(|line| line.verdict).collect::<Vec<_>>());
    let cause = own.iter().find(|line| line.verdict == verdict).map(|line| line.told.clone());
    line(verdict, cause.unwrap_or_default())
}
