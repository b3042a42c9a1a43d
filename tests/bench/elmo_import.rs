//! What an ELMO document costs: reading it, beside bare quick-xml over the same bytes, and
//! for information the whole way of an import into a node.

use std::hint::black_box;

use hei_testkit::nodes::Node;
use hei_testkit::scratch::Folder;
use quick_xml::Reader;
use quick_xml::events::Event;
use tokio::task::JoinSet;

use crate::figures::{Report, ratio};
use crate::processes::{Process, Ran, cpu_us, per_second};
use crate::{Plan, elmo, place};

const COURSES: usize = 60;
/// Imports at once; one alone waits for the disk.
const IMPORTERS: usize = 8;

pub async fn measure(plan: Plan, report: &Report) {
    reading(plan, report);
    importing(plan, report).await;
}

fn reading(plan: Plan, report: &Report) {
    let document = elmo::transcript(1, COURSES);
    let limits = hei_elmo::Limits::default();
    let (mut own, mut least) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        least.push(Ran::alone(plan.seconds, || {
            black_box(events(black_box(&document)));
        }));
        own.push(Ran::alone(plan.seconds, || {
            black_box(hei_elmo::read(black_box(&document), &limits).unwrap());
        }));
    }
    let (events, bytes) = (events(&document), document.len());
    let what = format!("hei_elmo::read, {COURSES} courses, {bytes} bytes");
    report.say(&what, "µs of CPU", &cpu_us(&own));
    report.say(&format!("quick-xml, all {events} events"), "µs of CPU", &cpu_us(&least));
    report.say("  CPU, times the floor", "", &ratio(&cpu_us(&own), &cpu_us(&least)));
}

fn events(document: &[u8]) -> usize {
    let (mut reader, mut count) = (Reader::from_reader(document), 0);
    while !matches!(black_box(reader.read_event().unwrap()), Event::Eof) {
        count += 1;
    }
    count
}

async fn importing(plan: Plan, report: &Report) {
    let folder = Folder::new();
    let alpha = place::one(folder.path());
    let mut rounds = Vec::new();
    for round in 0..plan.rounds {
        rounds.push(imports(&alpha, round, plan.seconds).await);
        place::forget_log(&alpha);
    }
    report.say("ImportTranscript of such documents", "µs of CPU a document", &cpu_us(&rounds));
    report.say("", "documents/s", &per_second(&rounds));
}

/// A new learner with each document.
async fn imports(alpha: &Node, round: usize, seconds: f64) -> Ran {
    let process = Process::of(alpha.pid());
    let (cpu, began) = (process.cpu_seconds(), std::time::Instant::now());
    let mut importers = JoinSet::new();
    for importer in 0..IMPORTERS {
        let sis = alpha.campus("sis").await;
        importers.spawn(async move {
            let mut times = 0;
            while began.elapsed().as_secs_f64() < seconds {
                let learner = (round * IMPORTERS + importer) * 1_000_000 + times;
                let document = elmo::transcript(learner, COURSES);
                sis.call(place::import(document)).await.unwrap();
                times += 1;
            }
            times as f64
        });
    }
    let times = importers.join_all().await.into_iter().sum();
    let seconds = began.elapsed().as_secs_f64();
    Ran { times, seconds, cpu_seconds: process.cpu_seconds() - cpu }
}
