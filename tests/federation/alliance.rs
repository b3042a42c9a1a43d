//! Nodes that trust each other, and what tests do with them.

use std::path::Path;
use std::time::{Duration, Instant};

use hei_proto::hei::common::v1::CodedValue;
use hei_proto::hei::credentials::v1::{
    ImportTranscriptRequest, ImportTranscriptResponse, ListTranscriptsRequest,
    SendTranscriptRequest, TranscriptSummary,
};
use hei_proto::hei::messaging::v1::{GetMessageRequest, Message, MessageState};
use hei_proto::hei::node::v1::{AddPeerRequest, GetNodeRequest, Peer};
use hei_testkit::client::{Client, Refusal};
use hei_testkit::documents::Course;
use hei_testkit::lab::{self, LabNode};
use hei_testkit::nodes::{LEARNER, Node};
use hei_testkit::postgres::cluster;
use hei_testkit::scratch::Folder;

use crate::PROGRAM;

/// How long anything on this machine may take before it counts as never.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A purpose as a request carries it.
pub fn why(code: &str) -> Option<CodedValue> {
    Some(CodedValue { scheme: "hei-purpose".to_owned(), code: code.to_owned() })
}

/// Where the nodes of a test live: a folder that is gone when the test is, and an engine.
pub struct Place {
    folder: Folder,
    postgres: bool,
}

impl Place {
    /// Nodes on SQLite.
    pub fn sqlite() -> Self {
        Self { folder: Folder::new(), postgres: false }
    }

    /// Nodes on PostgreSQL, if there is one.
    pub fn postgres() -> Option<Self> {
        cluster().map(|_| Self { folder: Folder::new(), postgres: true })
    }

    /// Whether the nodes have PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.postgres
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A node that does not run yet, with a database of its own.
    pub async fn node(&self, domain: &str) -> Node {
        self.prepared(Node::new(PROGRAM, domain, self.path())).await
    }

    /// The same in the laboratory.
    pub async fn lab_node(&self, domain: &str) -> LabNode {
        let node = Node::new(lab::program(PROGRAM), domain, self.path());
        LabNode::new(self.prepared(node).await)
    }

    async fn prepared(&self, node: Node) -> Node {
        match self.postgres {
            true => node.on(&database().await),
            false => node,
        }
    }
}

/// A copy of a database that `hei-node migrate` has made.
async fn database() -> String {
    let fill = async |url: String| {
        let folder = Folder::new();
        let node = Node::new(PROGRAM, "template.example", folder.path()).on(&url);
        node.write_config(&[]);
        let done = node.command(&["migrate"]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    cluster().unwrap().database("federation", fill).await
}

/// Makes of each `async fn(Place)` a test on either engine.
macro_rules! on_each_engine {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case(crate::alliance::Place::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                if let Some(place) = crate::alliance::Place::postgres() {
                    super::$case(place).await;
                }
            })+
        }
    };
}
pub(crate) use on_each_engine;

/// One running node.
pub async fn one(place: &Place) -> Node {
    let mut node = place.node("alpha.example").await;
    node.write_config(&[]);
    node.start();
    node
}

/// Two running nodes that trust each other.
pub async fn two(place: &Place) -> (Node, Node) {
    let mut alpha = place.node("alpha.example").await;
    let mut beta = place.node("beta.example").await;
    alpha.write_config(&[&alpha, &beta]);
    beta.write_config(&[&alpha, &beta]);
    alpha.start();
    beta.start();
    befriend(&alpha, &beta).await;
    (alpha, beta)
}

/// Each pins the other's keys.
pub async fn befriend(one: &Node, other: &Node) {
    trust(one, other).await.unwrap();
    trust(other, one).await.unwrap();
}

/// `one` pins the keys of `other`.
pub async fn trust(one: &Node, other: &Node) -> Result<Peer, Refusal> {
    let fingerprint = other.operator().await.call(GetNodeRequest {}).await?.fingerprint;
    let request = AddPeerRequest { url: other.url(), fingerprint, ..Default::default() };
    one.operator().await.call(request).await
}

/// Imports a document.
pub async fn import(
    client: &Client,
    document: Vec<u8>,
) -> Result<ImportTranscriptResponse, Refusal> {
    let purpose = why("administration");
    client
        .call(ImportTranscriptRequest { document: document.into(), purpose, ..Default::default() })
        .await
}

/// Imports a course of alpha's learner and gives the record's name.
pub async fn imported(client: &Client, code: &str) -> String {
    let answer = import(client, Course::of("alpha.example", LEARNER, code).elmo()).await;
    answer.unwrap().transcripts[0].name.clone()
}

/// Sends a record for recognition; gives the message's name.
pub async fn send(client: &Client, name: &str, to: &str) -> Result<String, Refusal> {
    let request = SendTranscriptRequest {
        name: name.to_owned(),
        peer: format!("peers/{to}"),
        purpose: why("recognition"),
        ..Default::default()
    };
    client.call(request).await.map(|answer| answer.message)
}

/// The message as it stands.
pub async fn message(client: &Client, name: &str) -> Message {
    client.call(GetMessageRequest { name: name.to_owned() }).await.unwrap()
}

/// Waits until the message is in a state.
pub async fn until(client: &Client, name: &str, state: MessageState) -> Message {
    let began = Instant::now();
    loop {
        let message = message(client, name).await;
        if message.state() == state {
            return message;
        }
        assert!(began.elapsed() < PATIENCE, "{name} never became {state:?}: {message:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until something is so.
pub async fn eventually(what: &str, so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Every record that a client may see, by pages of a size.
pub async fn list(client: &Client, page_size: i32) -> Vec<TranscriptSummary> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let purpose = why("administration");
        let request = ListTranscriptsRequest { page_size, page_token, purpose, learner: None };
        let page = client.call(request).await.unwrap();
        all.extend(page.transcripts);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return all;
        }
    }
}
