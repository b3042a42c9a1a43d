//! What is not gRPC: the node's description for everybody, and metrics for who
//! runs the node. Two documents, nothing else.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use tonic::body::Body;

use crate::connection::{Answering, Connection};
use crate::door::Door;
use crate::metrics::Metrics;
use crate::record::Record;

const DESCRIPTION: &str = "/.well-known/hei-node";
const METRICS: &str = "/metrics";

/// Gives the node's signed description as JSON.
pub type Description = Arc<dyn Fn() -> Bytes + Send + Sync>;

/// The public listener.
pub(crate) struct Public(pub(crate) Description);

/// The ops listener: metrics beside its gRPC.
pub(crate) struct Ops {
    pub door: Arc<Door>,
    pub metrics: Metrics,
}

impl Answering for Public {
    fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        _: Arc<Connection>,
    ) -> BoxFuture<'static, Response<Body>> {
        Box::pin(async move {
            let found = request.uri().path() == DESCRIPTION;
            let method = if found { DESCRIPTION } else { "unknown" };
            let mut record = Record::new("public", method, false);
            match (found, reads(&request)) {
                (true, true) => {
                    record.answered();
                    document(&request, "application/json", (self.0)())
                }
                (true, false) => {
                    record.refused(tonic::Code::Unimplemented, "METHOD_UNKNOWN".to_owned());
                    problem(&request, StatusCode::METHOD_NOT_ALLOWED)
                }
                (false, _) => {
                    record.refused(tonic::Code::NotFound, "NOT_FOUND".to_owned());
                    problem(&request, StatusCode::NOT_FOUND)
                }
            }
        })
    }
}

impl Answering for Ops {
    fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        from: Arc<Connection>,
    ) -> BoxFuture<'static, Response<Body>> {
        if request.uri().path() != METRICS || !reads(&request) {
            return Arc::clone(&self.door).answer(request, from);
        }
        Box::pin(async move {
            let text = Bytes::from(self.metrics.render());
            document(&request, "text/plain; version=0.0.4; charset=utf-8", text)
        })
    }
}

fn reads(request: &Request<Incoming>) -> bool {
    [Method::GET, Method::HEAD].contains(request.method())
}

fn document(request: &Request<Incoming>, kind: &'static str, bytes: Bytes) -> Response<Body> {
    let length = header::HeaderValue::from(bytes.len());
    let body = match *request.method() {
        Method::HEAD => Body::empty(),
        _ => Body::new(Full::new(bytes)),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_LENGTH, length);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    response
}

/// RFC 9457.
fn problem(request: &Request<Incoming>, status: StatusCode) -> Response<Body> {
    let title = status.canonical_reason().unwrap_or_default();
    let told = format!(r#"{{"title":"{title}","status":{}}}"#, status.as_u16());
    let mut response = document(request, "application/problem+json", told.into());
    *response.status_mut() = status;
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let allowed = header::HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
