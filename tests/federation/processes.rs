//! Several processes of one node: a data folder each, one keys folder, one PostgreSQL.
//! What one has accepted another may deliver, and each may end while the others serve.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use hei_proto::Rpc;
use hei_proto::hei::credentials::v1::{ImportTranscriptRequest, SendTranscriptRequest};
use hei_proto::hei::messaging::v1::MessageState;
use hei_testkit::client::{Client, Refusal};
use hei_testkit::documents::Course;
use hei_testkit::lab::{self, LabNode};
use hei_testkit::nodes::{LEARNER, Node};
use hei_testkit::tables::Tables;
use tonic::Code;

use crate::PROGRAM;
use crate::alliance::{PATIENCE, Place, befriend, eventually, imported, send, until, why};
use crate::operations::{counting, steps};

/// Processes told to end while clients call.
const ENDS: usize = 10;
/// Clients that call one after the other.
const CLIENTS: u32 = 4;

/// Two processes of alpha that are not started yet.
async fn of_one_node(place: &Place) -> [Node; 2] {
    let mut first = place.node("alpha.example").await;
    let second = another(place, PROGRAM.into(), &mut first);
    [first, second]
}

/// Another process of a node, with the same database and the same keys.
fn another(place: &Place, program: PathBuf, first: &mut Node) -> Node {
    let below = place.path().join("second");
    let mut second = Node::new(program, &first.domain, &below).on(&first.database_to_read());
    let keys = place.path().join("keys").to_string_lossy().into_owned();
    first.set_variable("HEI__KEYS_FOLDER", keys.clone());
    second.set_variable("HEI__KEYS_FOLDER", keys);
    second
}

/// The retry that docs/operations/clients.md asks of a client: the same request again,
/// at the other address, for as long as the answer says that this may help.
async fn insist<R: Rpc + Clone>(
    clients: &[Client; 2],
    first: usize,
    request: R,
    repeats: &AtomicU32,
) -> Result<R::Answer, Refusal> {
    let began = Instant::now();
    let mut wait = Duration::from_millis(100);
    for tried in first.. {
        let refusal = match clients[tried % 2].call(request.clone()).await {
            Ok(answer) => return Ok(answer),
            Err(refusal) => refusal,
        };
        let may_help = [
            Code::Unavailable,
            Code::DeadlineExceeded,
            Code::ResourceExhausted,
            Code::Aborted,
            // What a connection says that breaks under a call.
            Code::Unknown,
            Code::Cancelled,
        ];
        // The node never says INTERNAL without a reason; a library does of a broken connection.
        let broke = refusal.code == Code::Internal && refusal.reason.is_empty();
        if !(broke || may_help.contains(&refusal.code)) || began.elapsed() > PATIENCE {
            return Err(refusal);
        }
        repeats.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(Duration::from_secs(2));
    }
    unreachable!("tries have no end")
}

/// Imports a course of its own and sends it, again and again until `stop`; how often.
async fn call_on(
    clients: [Client; 2],
    number: u32,
    stop: Arc<AtomicBool>,
    repeats: Arc<AtomicU32>,
) -> Result<u32, Refusal> {
    let mut done = 0;
    while !stop.load(Ordering::Relaxed) {
        let request_id = |call: u32| format!("00000000-0000-4000-8000-{number:04}{call:08}");
        let import = ImportTranscriptRequest {
            document: Course::of("alpha.example", LEARNER, &format!("C{number}-{done}"))
                .elmo()
                .into(),
            purpose: why("administration"),
            request_id: request_id(2 * done),
            ..Default::default()
        };
        let answer = insist(&clients, number as usize, import, &repeats).await?;
        let send = SendTranscriptRequest {
            name: answer.transcripts[0].name.clone(),
            peer: "peers/beta.example".to_owned(),
            purpose: why("recognition"),
            request_id: request_id(2 * done + 1),
            ..Default::default()
        };
        insist(&clients, number as usize, send, &repeats).await?;
        done += 1;
    }
    Ok(done)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_one_ends_ten_times_under_load_and_no_operation_fails() {
    let Some(place) = Place::postgres() else { return };
    let [mut first, mut second] = of_one_node(&place).await;
    let mut beta = place.node("beta.example").await;
    first.write_config(&[&first, &beta]);
    second.write_config(&[&second, &beta]);
    beta.write_config(&[&first, &beta]);
    first.start();
    second.start();
    beta.start();
    befriend(&first, &beta).await;
    let clients = [first.campus("sis").await, second.campus("sis").await];
    let (stop, repeats) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let mut calling = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        calling.spawn(call_on(clients.clone(), number, stop.clone(), repeats.clone()));
    }
    let began = Instant::now();
    for end in 0..ENDS {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let process = if end % 2 == 0 { &mut first } else { &mut second };
        assert_eq!(process.terminate().code(), Some(0));
        process.start();
    }
    stop.store(true, Ordering::Relaxed);
    let (mut done, mut failed) = (0, Vec::new());
    while let Some(ended) = calling.join_next().await {
        match ended.unwrap() {
            Ok(count) => done += count,
            Err(refusal) => failed.push(refusal),
        }
    }
    println!(
        "{ENDS} processes ended in {:.0} s: {} operations, {} repeats, {} failed",
        began.elapsed().as_secs_f64(),
        2 * done,
        repeats.load(Ordering::Relaxed),
        failed.len()
    );
    assert_eq!(failed, []);
    let tables = Tables::open(&first.database_to_read()).await;
    let number = async |sql: &str| tables.number(sql).await;
    let waiting = "SELECT count(*) FROM outbox WHERE state <> 'delivered'";
    eventually("everything is delivered", async || number(waiting).await == 0).await;
    // Nothing twice, for all the repeats.
    assert_eq!(number("SELECT count(*) FROM uc6_transcripts").await, i64::from(done));
    assert_eq!(number("SELECT count(*) FROM outbox").await, i64::from(done));
    let there = Tables::open(&beta.database_to_read()).await;
    assert_eq!(there.number("SELECT count(*) FROM inbox").await, i64::from(done));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_accepted_before_it_died_another_delivers() {
    let Some(place) = Place::postgres() else { return };
    let [mut first, mut second] = of_one_node(&place).await;
    let mut beta = place.node("beta.example").await;
    first.write_config(&[&first, &beta]);
    second.write_config(&[&second, &beta]);
    beta.write_config(&[&first, &beta]);
    first.start();
    beta.start();
    befriend(&first, &beta).await;
    let sis = first.campus("sis").await;
    let name = imported(&sis, "X").await;
    // Beta is away, so the message waits; the process that accepted it never comes back.
    beta.terminate();
    let sent = send(&sis, &name, "beta.example").await.unwrap();
    first.kill();
    beta.start();
    second.start();
    until(&second.campus("sis").await, &sent, MessageState::Delivered).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_the_jobs_and_one_goes_on_with_those_of_the_other_that_died() {
    const JOBS: u64 = 12;
    const STEPS: u64 = 100;
    let Some(place) = Place::postgres() else { return };
    let mut first = place.lab_node("alpha.example").await;
    let mut second = LabNode::new(another(&place, lab::program(PROGRAM), &mut first));
    for process in [&mut first, &mut second] {
        process.write_config(&[]);
        process.start();
    }
    let (sis, tables) = (first.campus("sis").await, Tables::open(&first.database_to_read()).await);
    for _ in 0..JOBS {
        counting(&sis, STEPS, 0).await;
    }
    let held = "SELECT count(DISTINCT lease_owner) FROM jobs WHERE lease_owner IS NOT NULL";
    eventually("both have some", async || tables.number(held).await == 2).await;
    second.kill();
    let killed_at = steps(&tables).await;
    let left = "SELECT count(*) FROM jobs WHERE lease_owner IS NOT NULL";
    println!(
        "killed at {killed_at} of {} steps, {} jobs held",
        JOBS * STEPS,
        tables.number(left).await
    );
    // Beyond the claims of the one that is dead.
    first.advance(60_000);
    let ended = "SELECT count(*) FROM jobs WHERE state = 'succeeded'";
    let all = async || tables.number(ended).await == JOBS as i64;
    eventually("the other does the rest", all).await;
    assert_eq!(steps(&tables).await, (JOBS * STEPS) as i64, "none left out, none twice");
}
