//! A document over HTTP: the node's public address, and its metrics.

use std::sync::Arc;

use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use prost::bytes::Bytes;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;

use crate::peer::tls;
use crate::verdict::{Outcome, Stop};

/// How an address is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain: loopback.
    Http,
    /// TLS; the signature inside of the document vouches for it, not the certificate.
    Https,
}

/// The body of a document that is there.
///
/// # Errors
/// Error if nobody answers; fail on any status but 200.
pub async fn get(base: &str, path: &str) -> Outcome<Bytes> {
    let unreachable = |e: &dyn std::fmt::Display| Stop::error(format!("{base}{path}: {e}"));
    let (scheme, address) = split(base)?;
    let tcp = TcpStream::connect(&address).await.map_err(|e| unreachable(&e))?;
    if scheme == Scheme::Http {
        return exchange(tcp, &address, path).await;
    }
    let config = tls::any_server().map_err(|e| unreachable(&e))?;
    let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host).to_owned();
    let name = ServerName::try_from(host).map_err(|e| unreachable(&e))?;
    let secure = TlsConnector::from(Arc::new(config))
        .connect(name, tcp)
        .await
        .map_err(|e| unreachable(&e))?;
    exchange(secure, &address, path).await
}

/// Scheme and "host:port" of an address.
fn split(base: &str) -> Outcome<(Scheme, String)> {
    let known = [("http://", Scheme::Http, 80), ("https://", Scheme::Https, 443)];
    let found = known.iter().find_map(|(start, scheme, port)| {
        let rest = base.strip_prefix(start)?.trim_end_matches('/');
        let with_port = if rest.contains(':') { rest.to_owned() } else { format!("{rest}:{port}") };
        Some((*scheme, with_port))
    });
    found.ok_or_else(|| Stop::error(format!("{base} is no address of http:// or https://")))
}

async fn exchange<S>(stream: S, host: &str, path: &str) -> Outcome<Bytes>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |e: &dyn std::fmt::Display| Stop::error(format!("{host}{path}: {e}"));
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|e| broken(&e))?;
    let mut task = JoinSet::new();
    task.spawn(connection);
    let request = Request::get(path).header("host", host).body(Empty::<Bytes>::new());
    let request = request.map_err(|e| broken(&e))?;
    let answer = sender.send_request(request).await.map_err(|e| broken(&e))?;
    let status = answer.status();
    let body = answer.into_body().collect().await.map_err(|e| broken(&e))?.to_bytes();
    match status.as_u16() {
        200 => Ok(body),
        other => Err(Stop::fail(format!("{host}{path} answers with status {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_port_has_the_one_of_its_scheme() {
        let of = |base: &str| split(base).ok();
        assert_eq!(
            of("https://node.uni.example/"),
            Some((Scheme::Https, "node.uni.example:443".to_owned()))
        );
        assert_eq!(of("http://127.0.0.1:8404"), Some((Scheme::Http, "127.0.0.1:8404".to_owned())));
        assert_eq!(of("127.0.0.1:8404"), None);
    }
}
