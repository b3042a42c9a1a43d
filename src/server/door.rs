//! The door of a gRPC listener: who calls, is there room, by when. Behind it stands
//! the router; nothing leaves through it without a reason if it is not OK.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hei_values::{Principal, Refused};
use http::{HeaderMap, Method, Request, Response, header};
use hyper::body::Incoming;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tower::ServiceExt as _;

use crate::answer::{self, Ends};
use crate::connection::{Answering, Connection};
use crate::record::Record;
use crate::refusals::{self, Facts};

/// Says who a caller is.
pub(crate) trait Gate: Send + Sync + 'static {
    /// # Errors
    /// UNAUTHENTICATED or PERMISSION_DENIED, with the reason.
    fn admit(&self, headers: &HeaderMap, from: &Connection) -> Result<Principal, Refused>;
}

/// A request's body, from the wire or from a test.
trait Arriving: http_body::Body<Data = Bytes, Error: Into<tower::BoxError>> + Send + 'static {}
impl<B: http_body::Body<Data = Bytes, Error: Into<tower::BoxError>> + Send + 'static> Arriving
    for B
{
}

/// What the listener knows of a method.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub path: &'static str,
    pub request_bytes_max: u32,
    /// Health and reflection: no caller, no place in the house.
    pub anonymous: bool,
    /// The head of its answer comes after everything else, however long that takes.
    pub uploads: bool,
}

/// See the module.
pub(crate) struct Door {
    pub listener: &'static str,
    pub router: Router,
    pub methods: BTreeMap<&'static str, Known>,
    pub gate: Box<dyn Gate>,
    pub room: Semaphore,
    pub call_max: Duration,
    pub draining: CancellationToken,
}

const UNKNOWN: Known =
    Known { path: "unknown", request_bytes_max: 0, anonymous: false, uploads: false };

impl Answering for Door {
    fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        from: Arc<Connection>,
    ) -> BoxFuture<'static, Response<Body>> {
        Box::pin(async move { self.pass(request, &from).await })
    }
}

impl Door {
    async fn pass<B: Arriving>(&self, request: Request<B>, from: &Connection) -> Response<Body> {
        let known = self.methods.get(request.uri().path()).copied().unwrap_or(UNKNOWN);
        let mut record = Record::new(self.listener, known.path, known.anonymous);
        let facts = Facts {
            method: known.path,
            request_bytes_max: known.request_bytes_max,
            compressed: is_compressed(request.headers()),
        };
        let asked = grpc_timeout(request.headers());
        match self.respond(request, from, known, asked, &mut record).await {
            Ok(response) => {
                let deadline = asked.map(|wait| record.started() + wait);
                let ends = Ends { deadline, draining: self.draining.clone() };
                answer::finish(response, record, facts, ends)
            }
            Err(refused) => answer::refusal(&refused, &mut record),
        }
    }

    async fn respond<B: Arriving>(
        &self,
        mut request: Request<B>,
        from: &Connection,
        known: Known,
        asked: Option<Duration>,
        record: &mut Record,
    ) -> Result<Response<Body>, Refused> {
        if !is_grpc(&request) {
            return Err(refusals::malformed("this listener speaks gRPC"));
        }
        // Held until the head of the answer: a stream that waits takes no place.
        let _place = match known.anonymous {
            true => None,
            false => Some(self.admit(&mut request, from, record)?),
        };
        let wait = match (known.uploads, asked) {
            (true, asked) => asked,
            (false, asked) => Some(asked.map_or(self.call_max, |wait| wait.min(self.call_max))),
        };
        let by = wait.map(|wait| record.started() + wait);
        let answered = self.router.clone().oneshot(request);
        let answered = AssertUnwindSafe(answered).catch_unwind();
        let answered = tokio::select! {
            biased;
            answered = answered => answered,
            () = answer::until(by) => return Err(refusals::timeout()),
        };
        match answered {
            // What a panic says may be about a person: its place is in the log already.
            Err(_) => Err(Refused::internal(format!("{} panicked", known.path))),
            Ok(Ok(response)) => Ok(response.map(Body::new)),
            Ok(Err(never)) => match never {},
        }
    }

    fn admit<B>(
        &self,
        request: &mut Request<B>,
        from: &Connection,
        record: &mut Record,
    ) -> Result<SemaphorePermit<'_>, Refused> {
        if self.draining.is_cancelled() {
            return Err(refusals::shutting_down());
        }
        let caller = self.gate.admit(request.headers(), from)?;
        record.caller(&caller.client);
        request.extensions_mut().insert(caller);
        self.room.try_acquire().map_err(|_| refusals::overloaded())
    }
}

fn is_grpc<B>(request: &Request<B>) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |v| v.as_bytes());
    let rest = kind.strip_prefix(b"application/grpc");
    let fits = rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')));
    fits && request.method() == Method::POST
}

fn is_compressed(headers: &HeaderMap) -> bool {
    headers.get("grpc-encoding").is_some_and(|encoding| encoding != "identity")
}

/// gRPC over HTTP/2, "Timeout": at most eight digits and a unit. What does not
/// read so is no deadline.
fn grpc_timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let digits = Some(digits).filter(|d| d.len() <= 8 && d.bytes().all(|b| b.is_ascii_digit()))?;
    let amount: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3_600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use http_body_util::Empty;
    use tonic_types::StatusExt as _;

    use super::*;

    struct Anybody;

    impl Gate for Anybody {
        fn admit(&self, _: &HeaderMap, _: &Connection) -> Result<Principal, Refused> {
            Ok(Principal::campus("somebody", vec![], None))
        }
    }

    fn door(draining: CancellationToken) -> Door {
        Door {
            listener: "campus",
            router: Router::new(),
            methods: BTreeMap::new(),
            gate: Box::new(Anybody),
            room: Semaphore::new(1),
            call_max: Duration::from_secs(1),
            draining,
        }
    }

    #[tokio::test]
    async fn a_call_that_comes_while_the_node_drains_is_told_so() {
        let draining = CancellationToken::new();
        draining.cancel();
        let request = Request::post("/a.B/C").header(header::CONTENT_TYPE, "application/grpc");
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let answer = door(draining).pass(request, &Connection::default()).await;
        let said = tonic::Status::from_header_map(answer.headers()).unwrap();
        assert_eq!(said.code(), tonic::Code::Unavailable);
        assert_eq!(said.get_details_error_info().unwrap().reason, "SHUTTING_DOWN");
        assert!(said.get_details_retry_info().unwrap().retry_delay.is_some());
    }

    #[test]
    fn a_deadline_reads_as_grpc_writes_it_and_nothing_else_is_one() {
        let read = |text: &str| {
            grpc_timeout(&HeaderMap::from_iter([(
                header::HeaderName::from_static("grpc-timeout"),
                text.parse().unwrap(),
            )]))
        };
        assert_eq!(read("2H"), Some(Duration::from_secs(7_200)));
        assert_eq!(read("3M"), Some(Duration::from_secs(180)));
        assert_eq!(read("42S"), Some(Duration::from_secs(42)));
        assert_eq!(read("13m"), Some(Duration::from_millis(13)));
        assert_eq!(read("5u"), Some(Duration::from_micros(5)));
        assert_eq!(read("99999999n"), Some(Duration::from_nanos(99_999_999)));
        for none in ["", "S", "5", "5x", "-1S", "+1S", "999999999S", "1 S"] {
            assert_eq!(read(none), None, "{none:?}");
        }
    }
}
