//! Documents and archives to the node and its answers back. A call waits while the node is overloaded or
//! starts anew, for a while.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use futures_util::stream;
use hei_evidence::keys::sha256;
use hei_proto::Rpc;
use hei_proto::hei::common::v1::CodedValue;
use hei_proto::hei::credentials::v1::{ImportTranscriptRequest, ImportTranscriptsRequest};
use hei_values::{Code, Id, Refused};
use tokio::sync::Mutex;

use super::super::ops::Ops;
use super::row::{Digest, Row};
use super::sources::{self, Item};
use crate::Config;

/// The pauses before the next tries: together twelve seconds, in which a node restarts.
const PAUSES_MS: [u64; 6] = [200, 400, 800, 1600, 3200, 6400];

/// Of an archive in one message.
const CHUNK_BYTES: u64 = 256 * 1024;

/// What became of a call.
pub enum Called {
    /// The node said something about this document.
    Answered(Row),
    /// It says nothing to anybody.
    Gone(Refused),
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    /// This document.
    Document,
    /// This call: another try may succeed, the next document too.
    Call,
    /// The node.
    Node,
}

/// The calls of one import.
pub struct Calling<'a> {
    config: &'a Config,
    ops: Mutex<Ops>,
    purpose: Option<CodedValue>,
    dry_run: bool,
    run: String,
}

impl<'a> Calling<'a> {
    /// `run` names the import: with it, a call whose answer was lost is answered as before.
    pub fn new(
        config: &'a Config,
        ops: Ops,
        purpose: Option<CodedValue>,
        dry_run: bool,
        run: String,
    ) -> Self {
        Self { config, ops: Mutex::new(ops), purpose, dry_run, run }
    }

    /// Imports one document. `tries` counts the rows that it has already.
    pub async fn import(&self, item: Item, tries: u64) -> Called {
        let Item { source, content, digest } = item;
        let (document, digest) = match (content, digest) {
            (Ok(document), Some(digest)) => (document, digest),
            (Err(refused), _) => {
                let answer = Err(refused);
                return Called::Answered(Row { source, digest: None, answer, kept: None });
            }
            (Ok(_), None) => return Called::Gone(Refused::internal("a document has no digest")),
        };
        let request = ImportTranscriptRequest {
            document: document.into(),
            purpose: self.purpose.clone(),
            validate_only: self.dry_run,
            request_id: match self.dry_run {
                true => String::new(),
                false => self.request_id(&source, &digest, tries),
            },
        };
        match self.call(&request).await {
            Err(refused) if about(&refused) == About::Node => Called::Gone(refused),
            answer => Called::Answered(Row { source, digest: Some(digest), answer, kept: None }),
        }
    }

    /// Brings an archive to the node: the name of its operation. `tries` counts those that it
    /// has already.
    ///
    /// # Errors
    /// FILE_UNREADABLE; what the node refuses.
    pub async fn bring(&self, path: &Path, digest: &Digest, tries: u64) -> Result<String, Refused> {
        let request_id = self.request_id(&sources::name(path), digest, tries);
        let brought = self.patiently(async |ops| {
            let file = File::open(path).map_err(|e| sources::unreadable(path, &e))?;
            let size = file.metadata().map_err(|e| sources::unreadable(path, &e))?.len();
            let first = ImportTranscriptsRequest {
                size_bytes: i64::try_from(size).unwrap_or(i64::MAX),
                purpose: self.purpose.clone(),
                validate_only: self.dry_run,
                request_id: request_id.clone(),
                ..ImportTranscriptsRequest::default()
            };
            ops.upload(stream::iter(std::iter::once(first).chain(chunks(file)))).await
        });
        Ok(brought.await?.name)
    }

    /// Calls a method, patiently.
    ///
    /// # Errors
    /// What the node refuses.
    pub async fn call<R: Rpc + Clone>(&self, request: &R) -> Result<R::Answer, Refused> {
        self.patiently(async |ops| ops.call(request.clone()).await).await
    }

    async fn patiently<A>(
        &self,
        call: impl AsyncFn(Ops) -> Result<A, Refused>,
    ) -> Result<A, Refused> {
        for pause in PAUSES_MS {
            // Not held while the call goes.
            let ops = self.ops.lock().await.clone();
            match call(ops).await {
                Err(refused) if about(&refused) == About::Document => return Err(refused),
                Err(refused) => {
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                    if about(&refused) == About::Node {
                        self.reach_again().await;
                    }
                }
                answer => return answer,
            }
        }
        let ops = self.ops.lock().await.clone();
        call(ops).await
    }

    /// A node that started anew has another token, and maybe another port.
    async fn reach_again(&self) {
        if let Ok(fresh) = Ops::of(self.config).await {
            *self.ops.lock().await = fresh;
        }
    }

    /// The same for the same document of the same import: a call that was cut off, by a kill
    /// say, says "created" again, not "unchanged".
    fn request_id(&self, source: &str, digest: &Digest, tries: u64) -> String {
        let purpose = self.purpose.as_ref().map_or("", |p| p.code.as_str());
        let tries = tries.to_string();
        let parts = [self.run.as_str(), purpose, &tries, source];
        let mut named = parts.join("\0").into_bytes();
        named.extend_from_slice(digest);
        Id::of_digest(&sha256(&named)).to_string()
    }
}

/// A file as the rest of an upload. One that breaks off is another size than was told.
fn chunks(mut file: File) -> impl Iterator<Item = ImportTranscriptsRequest> {
    std::iter::from_fn(move || {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES as usize);
        let read = (&mut file).take(CHUNK_BYTES).read_to_end(&mut chunk);
        let chunk = read.ok().filter(|count| *count > 0).map(|_| chunk.into())?;
        Some(ImportTranscriptsRequest { chunk, ..ImportTranscriptsRequest::default() })
    })
}

fn about(refused: &Refused) -> About {
    match (refused.code, refused.reason) {
        // The node gives each answer a reason: this is what the connection said as it broke.
        (_, "UNKNOWN") => About::Node,
        (_, "STORAGE_FULL") => About::Node,
        (Code::Unavailable | Code::Unauthenticated, _) => About::Node,
        (Code::ResourceExhausted, "TOO_LARGE") => About::Document,
        (Code::ResourceExhausted, _) => About::Node,
        (Code::DeadlineExceeded | Code::Aborted, _) => About::Call,
        // INTERNAL too: the same again would fill the log.
        _ => About::Document,
    }
}
