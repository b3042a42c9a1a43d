//! Every answer that is not OK has a reason, whoever gave it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hei_values::{Code as Told, Refused, Violation};
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::house::{
    CAP, ECHO, SIS, call, channel, echo, echo_much, open, reason, server, toy, who,
};

#[tokio::test]
async fn a_good_call_is_answered_with_the_handlers_bytes() {
    let house = open(server(vec![echo(), who()])).await;
    let campus = channel(house.at.campus).await;
    assert_eq!(call(&campus, ECHO, SIS, "\u{0}any bytes").await.unwrap(), "\u{0}any bytes");
    assert_eq!(call(&campus, ECHO, SIS, "").await.unwrap(), "");
}

#[tokio::test]
async fn a_method_that_nobody_handles_is_unknown() {
    let house = open(server(vec![echo()])).await;
    let campus = channel(house.at.campus).await;
    for path in ["/toy.v1.ToyService/Other", "/other.v1.Service/Echo", "/toy.v1.ToyService"] {
        let said = call(&campus, path, SIS, "").await.unwrap_err();
        assert_eq!(reason(&said), (Code::Unimplemented, "METHOD_UNKNOWN".into()), "{path}");
    }
    let said = call(&campus, "/grpc.health.v1.Health/Nothing", SIS, "").await.unwrap_err();
    assert_eq!(reason(&said), (Code::Unimplemented, "METHOD_UNKNOWN".into()));
}

#[tokio::test]
async fn a_request_over_the_cap_of_its_method_names_the_cap() {
    let much = "/toy.v1.ToyService/Much";
    let house = open(server(vec![echo(), echo_much(much, 8 * 1024 * 1024)])).await;
    let campus = channel(house.at.campus).await;
    let fits = vec![b'x'; CAP as usize];
    assert_eq!(call(&campus, ECHO, SIS, fits.clone()).await.unwrap(), fits);
    let over = vec![b'x'; CAP as usize + 1];
    let said = call(&campus, ECHO, SIS, over).await.unwrap_err();
    assert_eq!(reason(&said), (Code::ResourceExhausted, "TOO_LARGE".into()));
    let told = said.get_details_error_info().unwrap().metadata;
    assert_eq!(told["limit"], "max_request_bytes");
    assert_eq!(told["limit_bytes"], CAP.to_string());
    // tonic's own default would be 4 MiB, above and below which caps must hold.
    let large = vec![b'x'; 5 * 1024 * 1024];
    let said = call(&campus, much, SIS, large.clone()).await;
    // The answer is over the client's default, so the request went through.
    assert_eq!(said.unwrap_err().code(), Code::OutOfRange);
    let said = call(&campus, ECHO, SIS, large).await.unwrap_err();
    assert_eq!(reason(&said), (Code::ResourceExhausted, "TOO_LARGE".into()));
}

#[tokio::test]
async fn a_deadline_that_passes_is_a_timeout_whoever_set_it() {
    let never = toy(ECHO, |_, _| std::future::pending());
    let mut server = server(vec![never]);
    server.settings.limits.call_ms_max = 20;
    let house = open(server).await;
    let campus = channel(house.at.campus).await;
    let said = call(&campus, ECHO, SIS, "").await.unwrap_err();
    assert_eq!(reason(&said), (Code::DeadlineExceeded, "TIMEOUT".into()));
}

#[tokio::test]
async fn the_callers_own_deadline_is_told_by_the_node() {
    let never = toy(ECHO, |_, _| std::future::pending());
    let house = open(server(vec![never])).await;
    let sent = [("grpc-timeout", "20m")];
    let (_, said) = send(house.at.campus, ECHO, "application/grpc", &sent, FRAME).await;
    assert_eq!(reason(&said), (Code::DeadlineExceeded, "TIMEOUT".into()));
}

#[tokio::test]
async fn a_stream_ends_by_the_deadline_that_its_caller_set() {
    let house = open(server(vec![])).await;
    let watch = "/grpc.health.v1.Health/Watch";
    let sent = [("grpc-timeout", "20m")];
    let (_, said) = send(house.at.campus, watch, "application/grpc", &sent, FRAME).await;
    assert_eq!(reason(&said), (Code::DeadlineExceeded, "TIMEOUT".into()));
}

#[tokio::test]
async fn bytes_that_are_no_grpc_are_malformed() {
    let house = open(server(vec![echo()])).await;
    let malformed = (Code::InvalidArgument, "MALFORMED".to_owned());
    let grpc = "application/grpc";
    for body in [&b""[..], b"\x07\0\0\0\x01x", b"\0\0\0\0\x09x"] {
        let (_, said) = send(house.at.campus, ECHO, grpc, &[], body).await;
        assert_eq!(reason(&said), malformed, "{body:?}");
    }
    for kind in ["application/json", "application/grpc-web", "application/grpcx"] {
        let (_, said) = send(house.at.campus, ECHO, kind, &[], FRAME).await;
        assert_eq!(reason(&said), malformed, "{kind}");
    }
    for kind in ["application/grpc+proto", "application/grpc;x=y"] {
        let (_, said) = send(house.at.campus, ECHO, kind, &[], FRAME).await;
        assert_eq!(said.code(), Code::Ok, "{kind}");
    }
}

#[tokio::test]
async fn a_compressed_request_is_refused_with_what_to_send() {
    let house = open(server(vec![echo()])).await;
    let sent = [("grpc-encoding", "gzip")];
    let (_, said) = send(house.at.campus, ECHO, "application/grpc", &sent, FRAME).await;
    assert_eq!(reason(&said), (Code::Unimplemented, "ENCODING_UNSUPPORTED".into()));
    assert!(said.message().contains("without grpc-encoding"), "{}", said.message());
}

#[tokio::test]
async fn a_panic_is_internal_with_an_id_and_its_connection_lives_on() {
    let panics = toy("/toy.v1.ToyService/Panic", |_, _| async { panic!("about Zoe Example") });
    let house = open(server(vec![panics, echo()])).await;
    let campus = channel(house.at.campus).await;
    let said = call(&campus, "/toy.v1.ToyService/Panic", SIS, "").await.unwrap_err();
    assert_eq!(reason(&said), (Code::Internal, "INTERNAL".into()));
    let id = said.get_details_error_info().unwrap().metadata["id"].clone();
    assert_eq!(
        said.message(),
        format!("internal error {id}; the operator finds it in the log by this id")
    );
    assert_eq!(call(&campus, ECHO, SIS, "still here").await.unwrap(), "still here");
}

#[tokio::test]
async fn an_internal_error_shows_an_id_of_its_own_and_nothing_of_its_text() {
    let fails = toy(ECHO, |_, _| async { Err(Refused::internal("table persons is locked")) });
    let house = open(server(vec![fails])).await;
    let campus = channel(house.at.campus).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let said = call(&campus, ECHO, SIS, "").await.unwrap_err();
        assert_eq!(reason(&said), (Code::Internal, "INTERNAL".into()));
        assert!(!format!("{said:?}").contains("persons"));
        ids.push(said.get_details_error_info().unwrap().metadata["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_full_house_refuses_and_who_is_in_is_served() {
    let (entered, mut entries) = mpsc::unbounded_channel();
    let may_go = Arc::new(Semaphore::new(0));
    let gate = Arc::clone(&may_go);
    let waits = toy(ECHO, move |_, request| {
        let (entered, gate) = (entered.clone(), Arc::clone(&gate));
        async move {
            entered.send(()).unwrap();
            gate.acquire().await.unwrap().forget();
            Ok(request)
        }
    });
    let mut server = server(vec![waits]);
    server.settings.limits.calls_max = 8;
    let house = open(server).await;
    let campus = channel(house.at.campus).await;
    let mut inside = JoinSet::new();
    for _ in 0..8 {
        let campus = campus.clone();
        inside.spawn(async move { call(&campus, ECHO, SIS, "in").await });
        entries.recv().await.unwrap();
    }
    for _ in 0..12 {
        let said = call(&campus, ECHO, SIS, "out").await.unwrap_err();
        assert_eq!(reason(&said), (Code::Unavailable, "OVERLOADED".into()));
        let wait = said.get_details_retry_info().unwrap().retry_delay;
        assert_eq!(wait, Some(Duration::from_secs(1)));
    }
    may_go.add_permits(9);
    while let Some(answer) = inside.join_next().await {
        assert_eq!(answer.unwrap().unwrap(), "in");
    }
    assert_eq!(call(&campus, ECHO, SIS, "in again").await.unwrap(), "in again");
}

#[tokio::test]
async fn a_refusal_tells_all_that_the_handler_said() {
    let refuses = toy(ECHO, |_, _| async {
        let faults = ["name", "birth_date"]
            .map(|field| Violation::new(field, "FIELD_MISSING", "must be set"));
        let refused =
            Refused::new(Told::InvalidArgument, "FIELD_MISSING", "2 faults · zwei Fehler");
        let refused = refused.with("resource", "transcripts/1");
        Err(Refused { violations: faults.to_vec(), ..refused })
    });
    let house = open(server(vec![refuses])).await;
    let campus = channel(house.at.campus).await;
    let said = call(&campus, ECHO, SIS, "").await.unwrap_err();
    assert_eq!(reason(&said), (Code::InvalidArgument, "FIELD_MISSING".into()));
    assert_eq!(said.message(), "2 faults · zwei Fehler");
    let faults = said.get_details_bad_request().unwrap().field_violations;
    let told: Vec<(&str, &str)> =
        faults.iter().map(|v| (v.field.as_str(), v.reason.as_str())).collect();
    assert_eq!(told, [("name", "FIELD_MISSING"), ("birth_date", "FIELD_MISSING")]);
    assert_eq!(said.get_details_resource_info().unwrap().resource_name, "transcripts/1");
}

#[tokio::test]
async fn a_thousand_faults_fit_into_what_clients_take_and_their_number_is_told() {
    let refuses = toy(ECHO, |_, _| async {
        let one = Violation::new("ü".repeat(400), "CODE_UNKNOWN", "ü".repeat(4_000));
        let refused = Refused::new(Told::InvalidArgument, "CODE_UNKNOWN", "ü".repeat(4_000));
        Err(Refused { violations: vec![one; 1_000], ..refused })
    });
    let house = open(server(vec![refuses])).await;
    let (headers, said) = send(house.at.campus, ECHO, "application/grpc", &[], FRAME).await;
    let size: usize = headers.iter().map(|(k, v)| k.as_str().len() + v.len() + 32).sum();
    // The soft limit of gRPC's C core.
    assert!(size < 8 * 1024, "{size}");
    let shown = said.get_details_bad_request().unwrap().field_violations.len();
    assert!(shown > 1);
    assert_eq!(said.get_details_error_info().unwrap().metadata["violations"], "1000");
}

#[tokio::test]
async fn a_path_that_is_handled_twice_or_is_none_stops_the_start() {
    let twice = server(vec![echo(), echo()]).bind().await.err().unwrap();
    assert_eq!(twice.message, "/toy.v1.ToyService/Echo is handled twice");
    for path in ["toy.v1.ToyService/Echo", "/toy/{method}", "/toy.v1.ToyService/", "/a/b/c"] {
        let none = server(vec![echo_much(path, 1)]).bind().await.err().unwrap();
        assert_eq!(none.message, format!("{path:?} is no path of a method"));
    }
}

/// An empty message.
const FRAME: &[u8] = &[0, 0, 0, 0, 0];

/// A request as no client library would send it; the headers or trailers that have
/// the status, and the status.
async fn send(
    at: SocketAddr,
    path: &str,
    kind: &str,
    sent: &[(&str, &str)],
    body: &'static [u8],
) -> (HeaderMap, Status) {
    let tcp = TokioIo::new(TcpStream::connect(at).await.unwrap());
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), tcp).await.unwrap();
    let mut running = JoinSet::new();
    running.spawn(connection);
    let mut request = http::Request::post(format!("http://{at}{path}"))
        .header("content-type", kind)
        .header("authorization", format!("Bearer {SIS}"));
    for (name, value) in sent {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::from_static(body))).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let (head, body) = answer.into_parts();
    let trailers = body.collect().await.unwrap().trailers().cloned();
    let headers = trailers.unwrap_or(head.headers);
    let said = Status::from_header_map(&headers).unwrap();
    (headers, said)
}
