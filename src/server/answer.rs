//! The answer on its way out. Whatever is not OK leaves with a reason, in headers
//! or in trailers; a stream ends with its deadline and when the node shuts down.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use hei_values::Refused;
use http::{HeaderMap, Response, header};
use http_body::{Frame, SizeHint};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::body::Body;
use tonic_types::StatusExt as _;

use crate::record::Record;
use crate::refusals::{self, Facts};
use crate::status;

/// When a stream ends that would go on.
pub(crate) struct Ends {
    pub deadline: Option<Instant>,
    pub draining: CancellationToken,
}

/// A refusal as a whole answer.
pub(crate) fn refusal(refused: &Refused, record: &mut Record) -> Response<Body> {
    let said = status::of(refused);
    record.refused(said.code(), refused.reason.to_owned());
    said.into_http()
}

/// The router's answer with what it lacks.
pub(crate) fn finish(
    mut response: Response<Body>,
    mut record: Record,
    facts: Facts,
    ends: Ends,
) -> Response<Body> {
    if response.headers().contains_key(Status::GRPC_STATUS) {
        // axum says "content-length: 0" here, which gRPC does not know.
        response.headers_mut().remove(header::CONTENT_LENGTH);
        explain(response.headers_mut(), &mut record, &facts);
        return response;
    }
    let answer =
        |inner| Answer { inner, record: Some(record), facts, ends, waiting: None, over: false };
    response.map(|inner| Body::new(answer(inner)))
}

/// Sees to it that a status other than OK has a reason, and takes it down.
fn explain(headers: &mut HeaderMap, record: &mut Record, facts: &Facts) {
    let Some(said) = Status::from_header_map(headers) else { return };
    if said.code() == tonic::Code::Ok {
        return record.answered();
    }
    if let Some(info) = said.get_details_error_info() {
        return record.refused(said.code(), info.reason);
    }
    let refused = refusals::complete(&said, facts);
    *headers = trailers(&refused, record, std::mem::take(headers));
}

fn trailers(refused: &Refused, record: &mut Record, mut headers: HeaderMap) -> HeaderMap {
    let said = status::of(refused);
    record.refused(said.code(), refused.reason.to_owned());
    headers.remove(Status::GRPC_MESSAGE);
    // Fails only for bytes that cannot stand in a header, and ours are encoded.
    let _ = said.add_header(&mut headers);
    headers
}

/// The body of an answer.
struct Answer {
    inner: Body,
    /// Goes with the trailers, so that it is written before the caller has the answer.
    record: Option<Record>,
    facts: Facts,
    ends: Ends,
    waiting: Option<Pin<Box<dyn Future<Output = Refused> + Send>>>,
    over: bool,
}

impl Answer {
    fn seen(&mut self, frame: Frame<bytes::Bytes>) -> Frame<bytes::Bytes> {
        match frame.into_trailers() {
            Ok(mut trailers) => {
                if let Some(mut record) = self.record.take() {
                    explain(&mut trailers, &mut record, &self.facts);
                }
                Frame::trailers(trailers)
            }
            Err(data) => data,
        }
    }

    fn end(&mut self, refused: &Refused) -> Option<Frame<bytes::Bytes>> {
        self.over = true;
        let mut record = self.record.take()?;
        Some(Frame::trailers(trailers(refused, &mut record, HeaderMap::new())))
    }

    /// Only an answer that waits can be ended: what is ready goes out first, so a
    /// health watch still tells that the node stops serving.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Refused> {
        let Ends { deadline, draining } = &self.ends;
        let waiting = self.waiting.get_or_insert_with(|| {
            let (deadline, draining) = (*deadline, draining.clone());
            Box::pin(async move {
                tokio::select! {
                    () = until(deadline) => refusals::timeout(),
                    () = draining.cancelled() => refusals::shutting_down(),
                }
            })
        });
        waiting.as_mut().poll(cx)
    }
}

/// Waits for a deadline, or for ever.
pub(crate) async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

impl http_body::Body for Answer {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<bytes::Bytes>, Status>>> {
        if self.over {
            return Poll::Ready(None);
        }
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(self.seen(frame)))),
            Poll::Ready(Some(Err(broken))) => {
                let refused = Refused::internal(format!("an answer broke off: {broken}"));
                Poll::Ready(self.end(&refused).map(Ok))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => self.poll_end(cx).map(|refused| self.end(&refused).map(Ok)),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
