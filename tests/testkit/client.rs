//! A campus system as a test writes it: gRPC with a bearer token, errors by reason.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;

use hei_proto::Rpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic_types::StatusExt as _;

/// The largest document either way.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A connection with a token.
#[derive(Clone)]
pub struct Client {
    channel: Channel,
    token: Option<String>,
}

/// A refusal as a client reads it off the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub code: tonic::Code,
    pub reason: String,
    pub message: String,
    /// Field and description of each violation.
    pub violations: Vec<(String, String)>,
    pub metadata: std::collections::BTreeMap<String, String>,
}

impl Client {
    /// Connects; a listener that is not there shows at the first call.
    pub async fn new(address: SocketAddr, token: Option<&str>) -> Self {
        let channel = Endpoint::from_shared(format!("http://{address}")).unwrap();
        let channel = channel.connect_lazy();
        Self { channel, token: token.map(str::to_owned) }
    }

    /// Calls over a connection that somebody else has made.
    pub fn over(channel: Channel) -> Self {
        Self { channel, token: None }
    }

    /// Calls a method.
    pub async fn call<R: Rpc>(&self, request: R) -> Result<R::Answer, Refusal> {
        let codec = tonic_prost::ProstCodec::<R, R::Answer>::default();
        self.unary(R::PATH, request, codec).await
    }

    /// Calls a method with bytes of any kind.
    pub async fn raw(&self, path: &str, request: Vec<u8>) -> Result<Vec<u8>, Refusal> {
        let codec = tonic_prost::ProstCodec::<Raw, Raw>::default();
        self.unary(path, Raw(request), codec).await.map(|raw| raw.0)
    }

    async fn unary<Q, A>(
        &self,
        path: &str,
        request: Q,
        codec: tonic_prost::ProstCodec<Q, A>,
    ) -> Result<A, Refusal>
    where
        Q: prost::Message + Send + Sync + 'static,
        A: prost::Message + Default + Send + Sync + 'static,
    {
        let mut grpc = tonic::client::Grpc::new(self.channel.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX);
        grpc.ready().await.map_err(|e| Refusal::of(&tonic::Status::unavailable(e.to_string())))?;
        let mut request = tonic::Request::new(request);
        if let Some(token) = &self.token {
            let bearer = format!("Bearer {token}").parse().unwrap();
            request.metadata_mut().insert("authorization", bearer);
        }
        let path: PathAndQuery = path.parse().unwrap();
        let answer = grpc.unary(request, path, codec).await;
        answer.map(tonic::Response::into_inner).map_err(|status| Refusal::of(&status))
    }
}

impl Refusal {
    /// Reads the details.
    pub fn of(status: &tonic::Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let faults =
            details.bad_request().map(|b| b.field_violations.as_slice()).unwrap_or_default();
        Self {
            code: status.code(),
            reason: info.map(|i| i.reason.clone()).unwrap_or_default(),
            message: status.message().to_owned(),
            violations: faults.iter().map(|f| (f.field.clone(), f.description.clone())).collect(),
            metadata: info.map(|i| i.metadata.clone()).unwrap_or_default().into_iter().collect(),
        }
    }
}

/// One GET over HTTP/1.1.
pub fn http_get(address: SocketAddr, path: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Bytes that pass for a message.
#[derive(Debug, Default, Clone, PartialEq)]
struct Raw(Vec<u8>);

impl prost::Message for Raw {
    fn encode_raw(&self, buffer: &mut impl prost::bytes::BufMut) {
        buffer.put_slice(&self.0);
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: prost::encoding::WireType,
        buffer: &mut impl prost::bytes::Buf,
        context: prost::encoding::DecodeContext,
    ) -> Result<(), prost::DecodeError> {
        prost::encoding::skip_field(wire_type, tag, buffer, context)
    }

    fn encoded_len(&self) -> usize {
        self.0.len()
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}
