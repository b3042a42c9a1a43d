//! From the start of `serve` on an existing data folder to its line that says it is
//! ready. The floor is the program that only says its version: loading and linking it.

use std::process::Command;
use std::time::Instant;

use hei_testkit::scratch::Folder;

use crate::figures::{Aim, Report, ratio};
use crate::{PROGRAM, Plan, place};

const RUNS_MIN: usize = 5;
const MS: Aim = Aim::Below(500.0);

pub fn measure(plan: Plan, report: &Report) {
    let folder = Folder::new();
    let mut node = place::one(folder.path());
    node.terminate();
    let (mut own, mut least) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds.max(RUNS_MIN) {
        least.push(took_ms(|| {
            Command::new(PROGRAM).arg("--version").output().unwrap();
        }));
        own.push(took_ms(|| node.start()));
        node.terminate();
    }
    report.judge("hei-node serve, until it is ready", "ms of wall", &own, MS);
    report.say("hei-node --version, until it has ended", "ms of wall", &least);
    report.say("  wall, times the floor", "", &ratio(&own, &least));
}

fn took_ms(work: impl FnOnce()) -> f64 {
    let began = Instant::now();
    work();
    began.elapsed().as_secs_f64() * 1e3
}
