//! How commands talk to the running node: its ops listener, with the operator's token.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use hei_proto::{Rpc, Upload};
use hei_values::{Code, Refused, Violation};
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::MetadataValue;
use tonic::transport::{Channel, Endpoint};
use tonic_types::StatusExt as _;

use crate::Config;
use crate::serve::{OPERATOR_TOKEN_FILE, OPS_ADDRESS_FILE};

/// A call may move a document of the largest size in either direction.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The ops listener is on this machine.
const CONNECT_SECONDS: u64 = 5;

/// The running node, as its operator sees it.
#[derive(Clone)]
pub struct Ops {
    channel: Channel,
    token: String,
}

impl Ops {
    /// Reaches the node of a configuration.
    ///
    /// # Errors
    /// NODE_UNREACHABLE if none runs on its data folder.
    pub async fn of(config: &Config) -> Result<Self, Refused> {
        let folder = &config.data_folder;
        let read = |file: &str| {
            std::fs::read_to_string(folder.join(file)).map_err(|e| unreachable(folder, &e))
        };
        let address = read(OPS_ADDRESS_FILE)?;
        let token = read(OPERATOR_TOKEN_FILE)?.trim().to_owned();
        let endpoint = Endpoint::from_shared(format!("http://{}", address.trim()))
            .map_err(|e| unreachable(folder, &e))?
            .connect_timeout(Duration::from_secs(CONNECT_SECONDS));
        let channel = endpoint.connect().await.map_err(|e| unreachable(folder, &e))?;
        Ok(Self { channel, token })
    }

    /// Calls a method.
    ///
    /// # Errors
    /// What the node refuses, with its reason and faults.
    pub async fn call<R: Rpc>(&self, request: R) -> Result<R::Answer, Refused> {
        let request = self.authorized(request)?;
        let path = PathAndQuery::from_static(R::PATH);
        let codec = tonic_prost::ProstCodec::<R, R::Answer>::default();
        let answer = self.ready().await?.unary(request, path, codec).await;
        answer.map(tonic::Response::into_inner).map_err(|status| refusal(&status))
    }

    /// Calls a method that takes many messages.
    ///
    /// # Errors
    /// Those of `call`.
    pub async fn upload<R: Upload>(
        &self,
        messages: impl Stream<Item = R> + Send + 'static,
    ) -> Result<R::Answer, Refused> {
        let request = self.authorized(messages)?;
        let path = PathAndQuery::from_static(R::PATH);
        let codec = tonic_prost::ProstCodec::<R, R::Answer>::default();
        let answer = self.ready().await?.client_streaming(request, path, codec).await;
        answer.map(tonic::Response::into_inner).map_err(|status| refusal(&status))
    }

    async fn ready(&self) -> Result<Grpc<Channel>, Refused> {
        let mut client =
            Grpc::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX);
        client.ready().await.map_err(|e| {
            Refused::new(Code::Unavailable, "NODE_UNREACHABLE", format!("the node is gone: {e}"))
        })?;
        Ok(client)
    }

    fn authorized<M>(&self, message: M) -> Result<tonic::Request<M>, Refused> {
        let mut request = tonic::Request::new(message);
        let bearer = MetadataValue::try_from(format!("Bearer {}", self.token))
            .map_err(|_| Refused::internal("the operator's token is no header value"))?;
        request.metadata_mut().insert("authorization", bearer);
        Ok(request)
    }
}

/// What the node said, as the command line says it on.
fn refusal(status: &tonic::Status) -> Refused {
    let details = status.get_error_details();
    let info = details.error_info();
    let reason = info.map_or("UNKNOWN", |i| known(&i.reason));
    let mut refused = Refused::new(code(status.code()), reason, status.message());
    if let Some(info) = info {
        refused.metadata.extend(info.metadata.clone());
    }
    let faults = details.bad_request().map(|b| b.field_violations.as_slice()).unwrap_or_default();
    refused.violations = faults
        .iter()
        .map(|f| Violation::new(f.field.clone(), reason, f.description.clone()))
        .collect();
    refused
}

/// The text for the rest of the process. There are some dozens of reasons, and a bulk
/// import hears one of them ten thousand times: each is kept once.
pub fn known(reason: &str) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(reason) {
        return found;
    }
    let fresh: &'static str = Box::leak(reason.to_owned().into_boxed_str());
    known.insert(fresh);
    fresh
}

fn code(code: tonic::Code) -> Code {
    use tonic::Code as Wire;
    match code {
        Wire::InvalidArgument => Code::InvalidArgument,
        Wire::Unauthenticated => Code::Unauthenticated,
        Wire::PermissionDenied => Code::PermissionDenied,
        Wire::NotFound => Code::NotFound,
        Wire::AlreadyExists => Code::AlreadyExists,
        Wire::FailedPrecondition => Code::FailedPrecondition,
        Wire::Aborted => Code::Aborted,
        Wire::ResourceExhausted => Code::ResourceExhausted,
        Wire::OutOfRange => Code::OutOfRange,
        Wire::DeadlineExceeded => Code::DeadlineExceeded,
        Wire::Unimplemented => Code::Unimplemented,
        Wire::Unavailable | Wire::Cancelled => Code::Unavailable,
        _ => Code::Internal,
    }
}

fn unreachable(folder: &std::path::Path, error: &dyn std::fmt::Display) -> Refused {
    let told = format!(
        "no node answers for the data folder {}: start it with `hei-node serve` ({error})",
        folder.display()
    );
    Refused::new(Code::Unavailable, "NODE_UNREACHABLE", told)
}
