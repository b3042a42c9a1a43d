//! tonic's part of a method, once for all: bytes in, bytes out, in the shape that the
//! contract gives it. What the bytes mean is the handler's business.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf as _, BufMut as _, Bytes};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use hei_proto::{Access, Shape};
use hei_values::{Principal, Refused};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{ClientStreamingService, Grpc, ServerStreamingService, UnaryService};
use tonic::{Extensions, Request, Response, Status, Streaming};

use crate::whole::Whole;
use crate::{limits, refusals, status};

/// Messages as they come or go.
pub type Messages = BoxStream<'static, Result<Bytes, Refused>>;

/// A method of the contract with what answers it.
pub trait Serve: Send + Sync + 'static {
    /// "/package.Service/Method".
    fn path(&self) -> &'static str;
    /// What the contract says about access.
    fn access(&self) -> Access;
    /// How many messages come and go: which of the three below is called.
    fn shape(&self) -> Shape {
        Shape::Unary
    }
    /// Answers an authenticated caller.
    fn serve(&self, caller: Principal, request: Bytes) -> BoxFuture<'_, Result<Bytes, Refused>>;
    /// Begins to answer one; dropping the answers ends it.
    fn feed(&self, _: Principal, _: Bytes) -> BoxFuture<'_, Result<Messages, Refused>> {
        Box::pin(async { Err(refusals::method_unknown()) })
    }
    /// Takes what one sends and answers it.
    fn upload(&self, _: Principal, _: Messages) -> BoxFuture<'_, Result<Bytes, Refused>> {
        Box::pin(async { Err(refusals::method_unknown()) })
    }
}

/// The route of one method.
#[derive(Clone)]
pub(crate) struct Method(pub(crate) Arc<dyn Serve>);

impl tower::Service<http::Request<axum::body::Body>> for Method {
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<axum::body::Body>) -> Self::Future {
        let method = Self(Arc::clone(&self.0));
        Box::pin(async move {
            let most = usize::try_from(method.0.access().request_bytes_max).unwrap_or(usize::MAX);
            let grpc = Grpc::new(Raw);
            Ok(match method.0.shape() {
                Shape::Unary => grpc.max_decoding_message_size(most).unary(method, request).await,
                Shape::Feed => {
                    grpc.max_decoding_message_size(most).server_streaming(method, request).await
                }
                Shape::Upload => {
                    let most = most.min(limits::UPLOAD_MESSAGE_BYTES_MAX);
                    let request = request.map(Whole);
                    grpc.max_decoding_message_size(most).client_streaming(method, request).await
                }
            })
        })
    }
}

/// The door puts the caller here; a route without a door serves nobody.
fn caller(extensions: &Extensions) -> Result<Principal, Status> {
    let caller = extensions.get::<Principal>().cloned();
    caller.ok_or_else(|| status::of(&refusals::no_credential()))
}

impl UnaryService<Bytes> for Method {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<Response<Bytes>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let method = Arc::clone(&self.0);
        Box::pin(async move {
            let (_, extensions, message) = request.into_parts();
            let answer = method.serve(caller(&extensions)?, message).await;
            answer.map(Response::new).map_err(|refused| status::of(&refused))
        })
    }
}

impl ServerStreamingService<Bytes> for Method {
    type Response = Bytes;
    type ResponseStream = BoxStream<'static, Result<Bytes, Status>>;
    type Future = BoxFuture<'static, Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let method = Arc::clone(&self.0);
        Box::pin(async move {
            let (_, extensions, message) = request.into_parts();
            let answers = method.feed(caller(&extensions)?, message).await;
            let answers = answers.map_err(|refused| status::of(&refused))?;
            Ok(Response::new(answers.map_err(|refused| status::of(&refused)).boxed()))
        })
    }
}

impl ClientStreamingService<Bytes> for Method {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<Response<Bytes>, Status>>;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        let method = Arc::clone(&self.0);
        Box::pin(async move {
            let (_, extensions, messages) = request.into_parts();
            let answer = method.upload(caller(&extensions)?, coming(messages)).await;
            answer.map(Response::new).map_err(|refused| status::of(&refused))
        })
    }
}

/// The messages of an upload; whoever stops sending holds a file and a place for nothing.
fn coming(messages: Streaming<Bytes>) -> Messages {
    let next = async |mut messages: Streaming<Bytes>| {
        let next = tokio::time::timeout(limits::UPLOAD_PAUSE_MAX, messages.message()).await;
        let message = match next {
            Ok(Ok(message)) => message.map(Ok),
            Ok(Err(said)) => Some(Err(refusals::broken_upload(&said))),
            Err(_) => Some(Err(refusals::timeout())),
        };
        message.map(|message| (message, messages))
    };
    stream::unfold(messages, next).boxed()
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
