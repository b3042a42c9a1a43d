//! A handler whose types are gone: bytes in, bytes out, in the three shapes that a
//! method of the contract can have.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use hei_values::{Principal, Refused};
use prost::bytes::Bytes;

use crate::Node;

/// Messages as they come or go.
pub type Messages = BoxStream<'static, Result<Bytes, Refused>>;

pub(crate) type Served<'a> = BoxFuture<'a, Result<Bytes, Refused>>;
pub(crate) type Fed<'a> = BoxFuture<'a, Result<Messages, Refused>>;

/// One message comes, and one answer goes.
pub(crate) trait Run: Send + Sync + 'static {
    fn run<'a>(&'a self, node: &'a Arc<Node>, caller: &'a Principal, request: Bytes) -> Served<'a>;
}

/// One message comes, and answers go; the first may take as long as it likes.
pub(crate) trait RunFeed: Send + Sync + 'static {
    fn run<'a>(&'a self, node: &'a Arc<Node>, caller: &'a Principal, request: Bytes) -> Fed<'a>;
}

/// Many messages come, and one answer goes.
pub(crate) trait RunUpload: Send + Sync + 'static {
    fn run<'a>(
        &'a self,
        node: &'a Arc<Node>,
        caller: &'a Principal,
        messages: Messages,
    ) -> Served<'a>;
}

/// One of the three.
#[derive(Clone)]
pub(crate) enum Runs {
    Unary(Arc<dyn Run>),
    Feed(Arc<dyn RunFeed>),
    Upload(Arc<dyn RunUpload>),
}
