//! Nodes to be measured, each a process with a folder of its own, as `serve` starts them
//! with the configuration that is shipped.

use std::path::Path;

use hei_proto::hei::common::v1::CodedValue;
use hei_proto::hei::credentials::v1::ImportTranscriptRequest;
use hei_proto::hei::node::v1::{AddPeerRequest, GetNodeRequest};
use hei_testkit::nodes::Node;

use crate::PROGRAM;

/// One running node.
pub fn one(below: &Path) -> Node {
    let mut node = Node::new(PROGRAM, "alpha.example", below);
    node.write_config(&[]);
    node.start();
    node
}

/// Two running nodes that trust each other.
pub async fn two(below: &Path) -> (Node, Node) {
    let mut alpha = Node::new(PROGRAM, "alpha.example", below);
    let mut beta = Node::new(PROGRAM, "beta.example", below);
    alpha.write_config(&[&alpha, &beta]);
    beta.write_config(&[&alpha, &beta]);
    alpha.start();
    beta.start();
    trust(&alpha, &beta).await;
    trust(&beta, &alpha).await;
    (alpha, beta)
}

async fn trust(one: &Node, other: &Node) {
    let told = other.operator().await.call(GetNodeRequest {}).await.unwrap();
    let (url, fingerprint) = (other.url(), told.fingerprint);
    let request = AddPeerRequest { url, fingerprint, ..Default::default() };
    one.operator().await.call(request).await.unwrap();
}

/// A purpose as a request carries it.
pub fn why(code: &str) -> Option<CodedValue> {
    Some(CodedValue { scheme: "hei-purpose".to_owned(), code: code.to_owned() })
}

/// The request that imports a document.
pub fn import(document: Vec<u8>) -> ImportTranscriptRequest {
    let (document, purpose) = (document.into(), why("administration"));
    ImportTranscriptRequest { document, purpose, ..Default::default() }
}

/// Imports a document; the name of its record.
pub async fn imported(node: &Node, document: Vec<u8>) -> String {
    let told = node.campus("sis").await.call(import(document)).await.unwrap();
    told.transcripts[0].name.clone()
}

/// The log has a line for each call, and a bench makes millions.
pub fn forget_log(node: &Node) {
    let log = std::fs::OpenOptions::new().write(true).open(node.folder.join("node.log"));
    log.unwrap().set_len(0).unwrap();
}
