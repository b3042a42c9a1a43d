//! The node as a process: its data folder, its end, its commits, its logs.

use std::process::Command;
use std::time::Duration;

use hei_proto::hei::messaging::v1::MessageState;
use hei_testkit::documents::Course;
use hei_testkit::nodes::Node;

use crate::alliance::{
    Place, befriend, import, imported, list, on_each_engine, one, send, two, until,
};

async fn a_second_serve_on_the_same_data_folder_is_refused_in_one_sentence(place: Place) {
    let alpha = one(&place).await;
    let output = alpha.command(&["serve"]);
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("DATA_IN_USE"), "{told}");
    assert_eq!(told.trim_end().lines().count(), 1, "{told}");
    assert_eq!(list(&alpha.campus("sis").await, 50).await, []);
}

async fn an_unknown_configuration_key_stops_the_start_and_config_check_names_it(place: Place) {
    let alpha = place.node("alpha.example").await.with("[databse]\nurl = \"x\"\n");
    alpha.write_config(&[]);
    for (arguments, status) in [(vec!["serve"], 3), (vec!["config", "check"], 1)] {
        let output = alpha.command(&arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{told}");
        assert!(told.contains("databse"), "{told}");
    }
}

async fn sigterm_finishes_what_is_in_flight_and_ends_with_status_0(place: Place) {
    let mut alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    imported(&sis, "first").await;
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..20 {
        let sis = sis.clone();
        calls.spawn(async move {
            let course = Course::of("alpha.example", "urn:x", &format!("C{n}"));
            import(&sis, course.elmo()).await
        });
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    alpha.signal_term();
    let (mut done, mut refused) = (0, 0);
    while let Some(call) = calls.join_next().await {
        match call.unwrap() {
            Ok(_) => done += 1,
            // What came too late was told so, and may be repeated elsewhere.
            Err(refusal) => {
                assert_eq!(refusal.code, tonic::Code::Unavailable, "{refusal:?}");
                refused += 1;
            }
        }
    }
    assert_eq!(alpha.terminate().code(), Some(0));
    println!("{done} calls finished, {refused} were told to come again");
    alpha.start();
    let there = list(&alpha.campus("sis").await, 200).await.len();
    assert_eq!(there, done + 1, "what was answered is there, and nothing else");
}

/// The value of a counter of `/metrics`.
fn counter(node: &Node, name: &str) -> u64 {
    let metrics = node.metrics();
    let line = metrics.lines().find(|l| l.starts_with(name));
    line.map_or(0, |l| l.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64)
}

async fn a_send_is_three_commits_accepted_taken_and_receipted(place: Place) {
    let (alpha, beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let mut names = Vec::new();
    for n in 0..5 {
        names.push(imported(&sis, &format!("C{n}")).await);
    }
    let commits =
        || counter(&alpha, "hei_store_commits_total") + counter(&beta, "hei_store_commits_total");
    let before = commits();
    for name in &names {
        let sent = send(&sis, name, "beta.example").await.unwrap();
        until(&sis, &sent, MessageState::Delivered).await;
    }
    let commits = commits() - before;
    println!("{commits} commits for {} sends", names.len());
    // PostgreSQL adds one for the claim, which keeps two processes from sending the same.
    let each = if place.is_postgres() { 4 } else { 3 };
    assert_eq!(commits, each * names.len() as u64);
}

// On PostgreSQL the server syncs, in a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn an_fdatasync_stands_between_request_and_answer() {
    let place = Place::sqlite();
    if Command::new("strace").arg("--version").output().is_err() {
        println!("skipped: strace is not installed");
        assert!(std::env::var("HEI_REQUIRE_STRACE").is_err(), "strace is missing");
        return;
    }
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    imported(&sis, "first").await;
    let trace = place.path().join("trace");
    let mut strace = Command::new("strace")
        .args(["-f", "-ttt", "-e", "trace=fdatasync,fsync", "-o"])
        .arg(&trace)
        .args(["-p", &alpha.pid().to_string()])
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // strace says on its standard error that it has attached.
    let mut told = std::io::BufReader::new(strace.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut told, &mut String::new()).unwrap();
    let now = || {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.unwrap().as_secs_f64()
    };
    let asked = now();
    imported(&sis, "second").await;
    let answered = now();
    Command::new("kill").arg(strace.id().to_string()).status().unwrap();
    strace.wait().unwrap();
    let text = std::fs::read_to_string(&trace).unwrap();
    let at = |line: &str| line.split_whitespace().nth(1).and_then(|t| t.parse::<f64>().ok());
    let between = text
        .lines()
        .filter(|l| l.contains("sync(") || l.contains("sync resumed"))
        .filter_map(at)
        .filter(|t| (asked..answered).contains(t))
        .count();
    println!("{between} syncs between request and answer");
    assert!(between > 0, "{asked} {answered}\n{text}");
}

async fn the_commands_do_the_journey_and_end_with_the_documented_status(place: Place) {
    let mut alpha = place.node("alpha.example").await;
    let mut beta = place.node("beta.example").await;
    for node in [&alpha, &beta] {
        node.write_config(&[&alpha, &beta]);
    }
    assert_eq!(alpha.command(&["peer", "list"]).status.code(), Some(3), "no node runs");
    alpha.start();
    beta.start();
    befriend(&alpha, &beta).await;
    let file = place.path().join("x.xml");
    std::fs::write(&file, Course::of("alpha.example", "urn:x", "X").elmo()).unwrap();
    let broken = place.path().join("broken.xml");
    std::fs::write(&broken, "<elmo>").unwrap();
    let json = |node: &Node, arguments: &[&str], status: i32| {
        let output = node.command(&[&["--json"], arguments].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
        text.lines().map(|l| serde_json::from_str(l).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    let (file, broken) = (file.to_str().unwrap(), broken.to_str().unwrap());
    let lines = json(&alpha, &["import", "transcript", broken, file], 1);
    assert_eq!(lines[0]["error"]["code"], "InvalidArgument");
    assert_eq!(lines[1]["transcripts"][0]["outcome"], "created");
    let name = lines[1]["transcripts"][0]["name"].as_str().unwrap();
    let to = ["send", "transcript", name, "--to", "beta.example", "--purpose"];
    let lines = json(&alpha, &[&to[..], &["recognition"]].concat(), 0);
    assert_eq!(lines[0]["state"], "delivered");
    json(&alpha, &[&to[..], &["curiosity"]].concat(), 2);
    let lines = json(&alpha, &["peer", "list"], 0);
    assert_eq!(lines[0]["state"], "active");
    let lines = json(&alpha, &["peer", "suspend", "beta.example"], 0);
    assert_eq!(lines[0]["state"], "suspended");
    let exported = place.path().join("out.xml");
    let output = ["--output", exported.to_str().unwrap()];
    json(&alpha, &[&["export", "transcript", name][..], &output].concat(), 0);
    assert!(std::fs::read_to_string(&exported).unwrap().contains("tree/v2"));
    assert_eq!(alpha.command(&["nonsense"]).status.code(), Some(2));
}

on_each_engine!(
    a_second_serve_on_the_same_data_folder_is_refused_in_one_sentence,
    an_unknown_configuration_key_stops_the_start_and_config_check_names_it,
    sigterm_finishes_what_is_in_flight_and_ends_with_status_0,
    a_send_is_three_commits_accepted_taken_and_receipted,
    the_commands_do_the_journey_and_end_with_the_documented_status,
);
