//! tonic's part of a unary method, once for all: bytes in, bytes out. What the
//! bytes mean is the handler's business.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf as _, BufMut as _, Bytes};
use futures_util::future::BoxFuture;
use hei_proto::Access;
use hei_values::{Principal, Refused};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::{Grpc, UnaryService};
use tonic::{Request, Response, Status};

use crate::{refusals, status};

/// A method of the contract with what answers it.
pub trait Serve: Send + Sync + 'static {
    /// "/package.Service/Method".
    fn path(&self) -> &'static str;
    /// What the contract says about access.
    fn access(&self) -> Access;
    /// Answers an authenticated caller.
    fn serve(&self, caller: Principal, request: Bytes) -> BoxFuture<'_, Result<Bytes, Refused>>;
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
            let mut grpc = Grpc::new(Raw).max_decoding_message_size(most);
            Ok(grpc.unary(method, request).await)
        })
    }
}

impl UnaryService<Bytes> for Method {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<Response<Bytes>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let method = Arc::clone(&self.0);
        Box::pin(async move {
            let (_, extensions, message) = request.into_parts();
            // The door puts the caller here; a route without a door serves nobody.
            let caller = extensions.get::<Principal>().cloned();
            let caller = caller.ok_or_else(|| status::of(&refusals::no_credential()))?;
            let answer = method.serve(caller, message).await;
            answer.map(Response::new).map_err(|refused| status::of(&refused))
        })
    }
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
