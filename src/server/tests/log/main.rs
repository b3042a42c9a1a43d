//! The log: a line for each call, the text of an internal error, nothing of a request.
//! A process of its own: a subscriber of one thread and servers of other threads do
//! not agree about which lines anybody wants.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[allow(dead_code)]
#[path = "../wire/house.rs"]
mod house;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use hei_values::Refused;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use house::{ECHO, SIS, call, channel, echo, open, reason, server, toy};

// One thread, so that the subscriber of this test sees what its server writes.
#[tokio::test]
async fn each_call_is_one_line_and_holds_nothing_that_its_caller_sent() {
    let fails = "/toy.v1.ToyService/Fail";
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(log.clone()).finish();
    let _here = tracing::subscriber::set_default(subscriber);
    let failing = toy(fails, |_, _| async { Err(Refused::internal("the disk is odd")) });
    let house = open(server(vec![echo(), failing])).await;
    let campus = channel(house.at.campus).await;
    call(&campus, ECHO, SIS, "canary in the request").await.unwrap();
    call(&campus, "/canary.v1.Service/Path", SIS, "").await.unwrap_err();
    call(&campus, ECHO, "canary-token", "").await.unwrap_err();
    let said = call(&campus, fails, SIS, "").await.unwrap_err();
    assert_eq!(reason(&said).1, "INTERNAL");

    let lines = log.lines();
    let calls: Vec<[&str; 5]> =
        lines.iter().filter(|l| l["message"] == "call").map(facts).collect();
    assert_eq!(
        calls,
        [
            ["campus", ECHO, "student-system", "OK", ""],
            ["campus", "unknown", "student-system", "UNIMPLEMENTED", "METHOD_UNKNOWN"],
            ["campus", ECHO, "", "UNAUTHENTICATED", "TOKEN_INACTIVE"],
            ["campus", fails, "student-system", "INTERNAL", "INTERNAL"],
        ]
    );
    assert!(lines.iter().filter(|l| l["message"] == "call").all(|l| l["ms"].is_u64()));
    let error = lines.iter().find(|line| line["message"] == "internal error").unwrap();
    assert_eq!(error["detail"], "the disk is odd");
    assert!(said.message().contains(error["id"].as_str().unwrap()));
    assert!(!log.text().contains("canary"), "{}", log.text());
}

fn facts(line: &Value) -> [&str; 5] {
    ["listener", "method", "caller", "code", "reason"].map(|key| line[key].as_str().unwrap())
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn lines(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str::<Value>(line).unwrap()["fields"].take();
        self.text().lines().map(read).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
