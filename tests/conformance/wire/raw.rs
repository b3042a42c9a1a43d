//! gRPC messages as bytes, so that the suite can send what no honest client would.

use std::time::Duration;

use http::uri::PathAndQuery;
use prost::bytes::{Buf as _, BufMut as _, Bytes};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};

use super::{Answered, Refusal};

/// The largest message either way.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long a call may take.
const CALL: Duration = Duration::from_secs(30);

/// Leaves bytes as they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Raw;

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

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// One call.
pub async fn unary(
    channel: Channel,
    path: &str,
    token: Option<&str>,
    request: Bytes,
) -> Answered<Bytes> {
    let (mut grpc, path, request) = ready(channel, path, token, request).await?;
    let answer = grpc.unary(request, path, Raw).await;
    answer.map(tonic::Response::into_inner).map_err(|status| Refusal::of(&status))
}

/// One call that is answered until it has taken its time.
pub async fn streaming(
    channel: Channel,
    path: &str,
    token: Option<&str>,
    request: Bytes,
) -> Answered<Streaming<Bytes>> {
    let (mut grpc, path, request) = ready(channel, path, token, request).await?;
    let answers = grpc.server_streaming(request, path, Raw).await;
    answers.map(tonic::Response::into_inner).map_err(|status| Refusal::of(&status))
}

async fn ready(
    channel: Channel,
    path: &str,
    token: Option<&str>,
    request: Bytes,
) -> Answered<(Grpc<Channel>, PathAndQuery, Request<Bytes>)> {
    let path: PathAndQuery =
        path.parse().map_err(|e| Refusal::unreachable(format!("{path}: {e}")))?;
    let mut grpc = Grpc::new(channel).max_decoding_message_size(MESSAGE_BYTES_MAX);
    grpc.ready().await.map_err(|e| Refusal::unreachable(e.to_string()))?;
    let mut request = Request::new(request);
    request.set_timeout(CALL);
    if let Some(token) = token {
        let bearer = format!("Bearer {token}").parse();
        let bearer =
            bearer.map_err(|_| Refusal::unreachable("a token is no header value".to_owned()))?;
        request.metadata_mut().insert("authorization", bearer);
    }
    Ok((grpc, path, request))
}
