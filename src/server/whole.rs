//! A request's body that ends only at its end. When a caller resets the stream, hyper
//! ends the body without a fault and tonic ends the messages likewise: half of a file
//! would pass for the whole.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tonic::Status;

/// See the module.
pub(crate) struct Whole(pub(crate) Body);

fn broke_off() -> Status {
    // Not CANCELLED, which tonic takes for an end.
    Status::aborted("the caller went before the end")
}

impl http_body::Body for Whole {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let next = match ready!(Pin::new(&mut self.0).poll_frame(cx)) {
            Some(frame) => Some(frame.map_err(|_| broke_off())),
            // HTTP/2 knows: an end is a frame's flag, a reset is a frame of its own.
            None => (!self.0.is_end_stream()).then(|| Err(broke_off())),
        };
        Poll::Ready(next)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
