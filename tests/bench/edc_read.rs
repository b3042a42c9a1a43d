//! What it costs to read a European Digital Credential of 60 courses, beside bare
//! serde_json that makes a tree of the same bytes.

use std::hint::black_box;

use hei_elm::{Claim, Limits, Texts};
use serde_json::Value;

use crate::Plan;
use crate::figures::{Report, ratio};
use crate::processes::{Ran, cpu_us};

const COURSES: usize = 60;
/// A credential of one course.
const ONE: &[u8] = include_bytes!("../vectors/cases/D03-reference.jsonld");

pub fn measure(plan: Plan, report: &Report) {
    let document = credential();
    let (mut own, mut least) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        least.push(Ran::alone(plan.seconds, || {
            black_box(serde_json::from_slice::<Value>(black_box(&document)).unwrap());
        }));
        own.push(Ran::alone(plan.seconds, || {
            black_box(hei_elm::read(black_box(&document), &Limits::default()).unwrap());
        }));
    }
    let what = format!("hei_elm::read, {COURSES} courses, {} bytes", document.len());
    report.say(&what, "µs of CPU", &cpu_us(&own));
    report.say("serde_json, from_slice to Value", "µs of CPU", &cpu_us(&least));
    report.say("  CPU, times the floor", "", &ratio(&cpu_us(&own), &cpu_us(&least)));
}

/// The one course again and again, each with a title and identifiers of its own.
fn credential() -> Vec<u8> {
    let mut whole = hei_elm::read(ONE, &Limits::default()).unwrap().document;
    let subject = whole.subject.as_mut().unwrap();
    let one = subject.claims[0].clone();
    subject.claims = (1..=COURSES).map(|course| course_of(&one, course)).collect();
    hei_elm::write(&whole)
}

fn course_of(one: &Claim, course: usize) -> Claim {
    let Claim::Achievement(one) = one else { panic!("the case has an achievement") };
    let mut own = one.clone();
    own.titles = Texts::one("en", &format!("Databases {course}"));
    // The writer gives them new ones.
    own.id = None;
    own.awarded_by.as_mut().unwrap().id = None;
    own.credits_received[0].id = None;
    own.proven_by[0].id = None;
    own.proven_by[0].awarded_by.as_mut().unwrap().id = None;
    Claim::Achievement(own)
}
