//! One GET over an open secure channel, HTTP/1.1, with a cap on head and body.

use std::future::pending;

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, HOST, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::Refused;
use crate::limits::{HEAD_BYTES_MAX, HEADERS_MAX};
use crate::target::Target;

/// An answer 2xx.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// 200 to 299.
    pub status: u16,
    /// Its header lines.
    pub headers: HeaderMap,
    /// Its body as it came: no content encoding is asked for or undone.
    pub body: Bytes,
}

/// Asks and reads the answer; the connection ends with it.
pub async fn get<S>(
    target: &Target,
    asked: PathAndQuery,
    channel: S,
    body_bytes_max: usize,
) -> Result<Fetched, Refused>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let unreadable = |told: String| Refused::Http { host: target.to_string(), told };
    let request = Request::get(asked.as_str())
        .header(HOST, target.authority())
        .header(USER_AGENT, "hei-node")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|told| unreadable(told.to_string()))?;
    let (mut sender, connection) = http1::Builder::new()
        .max_headers(HEADERS_MAX)
        .max_header_size(HEAD_BYTES_MAX)
        .handshake(TokioIo::new(channel))
        .await
        .map_err(|told| unreadable(told.to_string()))?;
    let exchange = async {
        let sent = sender.send_request(request).await;
        let answer = sent.map_err(|told| unreadable(told.to_string()))?;
        take(target, answer, body_bytes_max).await
    };
    // The connection is driven here, so that no task outlives the call; what went
    // wrong on it reaches the exchange, which alone decides when this ends.
    let driven = async {
        let _ = connection.await;
        pending::<()>().await
    };
    tokio::select! {
        fetched = exchange => fetched,
        () = driven => Err(unreadable("the connection ended".to_owned())),
    }
}

async fn take(
    target: &Target,
    answer: Response<Incoming>,
    body_bytes_max: usize,
) -> Result<Fetched, Refused> {
    let host = target.to_string();
    let (head, body) = answer.into_parts();
    let status = head.status.as_u16();
    match status {
        200..=299 => {
            let body = collect(host, body, body_bytes_max).await?;
            Ok(Fetched { status, headers: head.headers, body })
        }
        300..=399 => Err(Refused::Redirected { host, status }),
        _ => Err(Refused::Status { host, status }),
    }
}

async fn collect(host: String, mut body: Incoming, limit: usize) -> Result<Bytes, Refused> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|told| Refused::Http { host: host.clone(), told: told.to_string() })?;
        let Ok(data) = frame.into_data() else { continue };
        if read.len().saturating_add(data.len()) > limit {
            return Err(Refused::TooLarge { host, limit });
        }
        read.extend_from_slice(&data);
    }
    Ok(read.freeze())
}
