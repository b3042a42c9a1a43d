//! A campus system as a test writes it: gRPC with a bearer token, errors by reason.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use hei_proto::{Feed, Rpc, Upload};
use prost::bytes::{Buf as _, BufMut as _, Bytes};
use tonic::Status;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::tokio_stream::Stream;
use tonic::transport::{Channel, Endpoint};
use tonic_types::StatusExt as _;

/// The largest document either way.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A feed that is silent for so long has told what there is.
const PAUSE: Duration = Duration::from_secs(1);

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
    /// The kinds of the preconditions that were not met.
    pub preconditions: Vec<String>,
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
        let mut grpc = self.ready().await?;
        let request = self.authorized(tonic::Request::new(request));
        let answer = grpc.unary(request, PathAndQuery::from_static(R::PATH), codec).await;
        answer.map(tonic::Response::into_inner).map_err(|status| Refusal::of(&status))
    }

    /// Calls a method of any shape with one message as bytes; gives the answers that come
    /// until they end or there is a pause.
    pub async fn exchange(&self, path: &str, request: Vec<u8>) -> Result<Vec<Bytes>, Refusal> {
        let mut grpc = self.ready().await?;
        let one = tokio_stream::once(Bytes::from(request));
        let request = self.authorized(tonic::Request::new(one));
        let answer = grpc.streaming(request, path.parse().unwrap(), Raw).await;
        let mut answers = answer.map_err(|status| Refusal::of(&status))?.into_inner();
        let mut told = Vec::new();
        while let Ok(next) = tokio::time::timeout(PAUSE, answers.message()).await {
            match next.map_err(|status| Refusal::of(&status))? {
                Some(answer) => told.push(answer),
                None => break,
            }
        }
        Ok(told)
    }

    /// Begins to listen to a feed.
    pub async fn feed<R: Feed>(&self, request: R) -> Result<Answers<R::Answer>, Refusal> {
        let codec = tonic_prost::ProstCodec::<R, R::Answer>::default();
        let request = self.authorized(tonic::Request::new(request));
        let path = PathAndQuery::from_static(R::PATH);
        let answers = self.ready().await?.server_streaming(request, path, codec).await;
        answers.map(|it| Answers(it.into_inner())).map_err(|status| Refusal::of(&status))
    }

    /// Sends messages as they come.
    pub async fn upload<R: Upload>(
        &self,
        messages: impl Stream<Item = R> + Send + 'static,
    ) -> Result<R::Answer, Refusal> {
        let codec = tonic_prost::ProstCodec::<R, R::Answer>::default();
        let messages = self.authorized(tonic::Request::new(messages));
        let path = PathAndQuery::from_static(R::PATH);
        let answer = self.ready().await?.client_streaming(messages, path, codec).await;
        answer.map(tonic::Response::into_inner).map_err(|status| Refusal::of(&status))
    }

    async fn ready(&self) -> Result<Grpc<Channel>, Refusal> {
        let mut grpc = Grpc::new(self.channel.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX);
        let ready = grpc.ready().await;
        ready.map_err(|e| Refusal::of(&Status::unavailable(e.to_string())))?;
        Ok(grpc)
    }

    fn authorized<M>(&self, mut request: tonic::Request<M>) -> tonic::Request<M> {
        if let Some(token) = &self.token {
            let bearer = format!("Bearer {token}").parse().unwrap();
            request.metadata_mut().insert("authorization", bearer);
        }
        request
    }
}

/// What a feed answers.
pub struct Answers<A>(tonic::Streaming<A>);

impl<A> Answers<A> {
    /// The next answer; none after the last.
    pub async fn next(&mut self) -> Result<Option<A>, Refusal> {
        self.0.message().await.map_err(|status| Refusal::of(&status))
    }
}

impl Refusal {
    /// Reads the details.
    pub fn of(status: &tonic::Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info();
        let faults =
            details.bad_request().map(|b| b.field_violations.as_slice()).unwrap_or_default();
        let unmet = details.precondition_failure().map(|p| p.violations.as_slice());
        Self {
            preconditions: unmet.unwrap_or_default().iter().map(|v| v.r#type.clone()).collect(),
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

/// Leaves messages as they are.
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
