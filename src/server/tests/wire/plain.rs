//! What is not gRPC: one public document, and metrics.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::house::{ECHO, SIS, call, channel, echo, open, server};

#[tokio::test]
async fn the_public_listener_has_one_document_and_nothing_else() {
    let house = open(server(vec![echo()])).await;
    let at = house.at.public;
    let found = http1(at, "GET /.well-known/hei-node HTTP/1.1").await;
    assert!(found.starts_with("HTTP/1.1 200 OK\r\n"), "{found}");
    assert!(found.contains("content-type: application/json\r\n"), "{found}");
    assert!(found.ends_with("\r\n\r\n{\"institution\":\"uni-b.example\"}"), "{found}");
    let head = http1(at, "HEAD /.well-known/hei-node HTTP/1.1").await;
    assert!(head.contains("content-length: 31\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    let write = http1(at, "POST /.well-known/hei-node HTTP/1.1\r\ncontent-length: 0").await;
    assert!(write.starts_with("HTTP/1.1 405 "), "{write}");
    assert!(write.contains("allow: GET, HEAD\r\n"), "{write}");
    for path in ["/", "/metrics", "/.well-known/hei-node/", "/.well-known/", ECHO] {
        let other = http1(at, &format!("GET {path} HTTP/1.1")).await;
        assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
        assert!(other.ends_with(r#"{"title":"Not Found","status":404}"#), "{other}");
    }
}

#[tokio::test]
async fn a_request_head_over_the_limit_is_refused() {
    let house = open(server(vec![])).await;
    let long = "x".repeat(32 * 1024);
    let said = http1(house.at.public, &format!("GET /.well-known/hei-node?{long} HTTP/1.1")).await;
    assert!(said.starts_with("HTTP/1.1 431 "), "{said}");
    let many = "\r\na: b".repeat(65);
    let said = http1(house.at.public, &format!("GET / HTTP/1.1{many}")).await;
    assert!(said.starts_with("HTTP/1.1 431 "), "{said}");
}

#[tokio::test]
async fn metrics_count_calls_by_reason_and_name_no_caller_and_no_unknown_path() {
    let house = open(server(vec![echo()])).await;
    let campus = channel(house.at.campus).await;
    call(&campus, ECHO, SIS, "canary in the request").await.unwrap();
    call(&campus, ECHO, "canary-token", "").await.unwrap_err();
    call(&campus, "/canary.v1.Service/Path", SIS, "").await.unwrap_err();
    let text = http1(house.at.ops, "GET /metrics HTTP/1.1").await;
    for line in [
        r#"hei_rpc_total{institution="uni.example",listener="campus",method="/toy.v1.ToyService/Echo",code="OK",reason=""}"#,
        r#"hei_rpc_total{institution="uni.example",listener="campus",method="/toy.v1.ToyService/Echo",code="UNAUTHENTICATED",reason="TOKEN_INACTIVE"}"#,
        r#"hei_rpc_total{institution="uni.example",listener="campus",method="unknown",code="UNIMPLEMENTED",reason="METHOD_UNKNOWN"}"#,
        r#"hei_refused_total{institution="uni.example",reason="METHOD_UNKNOWN"}"#,
        r#"hei_rpc_seconds_bucket{institution="uni.example",listener="campus",method="/toy.v1.ToyService/Echo",le="0.5"}"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("canary"), "{text}");
}

/// The whole answer to one request.
async fn http1(at: SocketAddr, head: &str) -> String {
    let mut tcp = TcpStream::connect(at).await.unwrap();
    let request = format!("{head}\r\nhost: node.uni-b.example\r\nconnection: close\r\n\r\n");
    // The server may refuse before it has read all.
    let _ = tcp.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = tcp.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}
