//! The resident memory of a node that has nothing to do, just started and after a
//! thousand calls, beside that of a bare tonic server.

use std::time::Duration;

use hei_proto::hei::credentials::v1::GetTranscriptRequest;
use hei_testkit::scratch::Folder;
use prost::Message as _;

use crate::echo::{self, Echo};
use crate::figures::{Aim, Report};
use crate::load::Load;
use crate::processes::Process;
use crate::{Plan, elmo, place};

/// Memory is the same from run to run, so a few runs tell it.
const RUNS_MAX: usize = 3;
const IDLE: Duration = Duration::from_secs(5);
const CALLS: usize = 1_000;
const COURSES: usize = 60;
const MIB: Aim = Aim::Below(60.0);

/// Node and floor, just started and after the calls.
#[derive(Default)]
struct Resident {
    started: [Vec<f64>; 2],
    called: [Vec<f64>; 2],
}

pub async fn measure(plan: Plan, report: &Report) {
    let mut resident = Resident::default();
    for _ in 0..plan.rounds.min(RUNS_MAX) {
        run(&mut resident).await;
    }
    let Resident { started, called } = resident;
    let after = format!("after {CALLS} calls of GetTranscript, {COURSES} courses");
    report.judge("hei-node serve, 5 s after its start", "MiB resident", &started[0], MIB);
    report.judge(&format!("  {after}"), "MiB resident", &called[0], MIB);
    report.say("tonic echo, 5 s after its start", "MiB resident", &started[1]);
    report.say(&format!("  after {CALLS} calls, same bytes"), "MiB resident", &called[1]);
}

async fn run(resident: &mut Resident) {
    let folder = Folder::new();
    let mut alpha = place::one(folder.path());
    let name = place::imported(&alpha, elmo::transcript(1, COURSES)).await;
    let request = GetTranscriptRequest { name, purpose: place::why("credential") };
    let load = async |to| Load::plain(to, request.clone()).await.with_token_of("sis");
    let bytes = load(alpha.ports.campus).await.ask().await.encoded_len();
    // A start with a database that is there, as every start but the first.
    alpha.terminate();
    alpha.start();
    let floor = Echo::plain(bytes);
    let processes = [&Process::of(alpha.pid()), &floor.process];
    tokio::time::sleep(IDLE).await;
    for (process, seen) in processes.iter().zip(&mut resident.started) {
        seen.push(process.resident_mib());
    }
    load(alpha.ports.campus).await.ask_times(CALLS).await;
    load(floor.address).await.at(echo::PATH).ask_times(CALLS).await;
    for (process, seen) in processes.iter().zip(&mut resident.called) {
        seen.push(process.resident_mib());
    }
}
