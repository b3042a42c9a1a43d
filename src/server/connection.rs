//! Connections: accept, handshake, HTTP. Each listener owns its connections and
//! ends with them; tonic's own server cannot, since it lets them go as free tasks.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use hei_client::pins::Standing;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;

use crate::clients::Digest;
use crate::limits;
use crate::tls;

/// What is known of a connection; every request has it.
#[derive(Debug, Default)]
pub(crate) struct Connection {
    /// SHA-256 of the client's certificate, where it has one.
    pub certificate_sha256: Option<Digest>,
    /// What the partner at the other end is to us, on the peer listener.
    pub standing: Option<Standing>,
}

/// Answers requests.
pub(crate) trait Answering: Send + Sync + 'static {
    fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        from: Arc<Connection>,
    ) -> BoxFuture<'static, Response<Body>>;
}

/// A stream of bytes, whatever carries it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection after its handshake.
pub(crate) struct Arrived {
    pub stream: Box<dyn Stream>,
    pub connection: Connection,
}

/// What happens between TCP and HTTP.
pub(crate) enum Doorstep {
    Plain,
    Tls(tokio_rustls::TlsAcceptor),
    Peer(crate::peer::Doorstep),
}

/// What a listener's connections speak and how long they last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manners {
    pub http1: bool,
    pub streams_max: u32,
    pub age: Duration,
    /// How long a connection may take to end after its age; unset where a stream may go on.
    pub grace: Option<Duration>,
}

/// A bound listener.
pub(crate) struct Listener {
    pub tcp: TcpListener,
    pub house: Arc<House>,
}

/// What a listener's connections share. The socket is not in it: it closes when
/// the drain begins, while connections still end.
pub(crate) struct House {
    pub name: &'static str,
    pub doorstep: Doorstep,
    pub manners: Manners,
    pub answering: Arc<dyn Answering>,
    pub connections: Arc<Semaphore>,
    pub draining: CancellationToken,
}

impl Doorstep {
    async fn accept(&self, tcp: TcpStream) -> io::Result<Arrived> {
        match self {
            Self::Plain => Ok(Arrived { stream: Box::new(tcp), connection: Connection::default() }),
            Self::Tls(acceptor) => {
                let stream = acceptor.accept(tcp).await?;
                let certificate_sha256 = tls::fingerprint(stream.get_ref().1);
                let connection = Connection { certificate_sha256, standing: None };
                Ok(Arrived { stream: Box::new(stream), connection })
            }
            Self::Peer(doorstep) => doorstep.accept(tcp).await,
        }
    }
}

impl Listener {
    /// Serves until the node drains; ends when the last connection has.
    pub(crate) async fn run(self) {
        let Self { tcp, house } = self;
        let handshakes = Arc::new(Semaphore::new(limits::HANDSHAKES_MAX));
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                () = house.draining.cancelled() => break,
                Some(ended) = open.join_next() => report(ended, house.name),
                accepted = tcp.accept() => match accepted {
                    Ok((tcp, from)) => house.open(tcp, from, &handshakes, &mut open),
                    Err(fault) => {
                        tracing::warn!(listener = house.name, %fault, "cannot accept");
                        tokio::time::sleep(limits::ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(tcp);
        while let Some(ended) = open.join_next().await {
            report(ended, house.name);
        }
    }
}

impl House {
    fn open(
        self: &Arc<Self>,
        tcp: TcpStream,
        from: SocketAddr,
        handshakes: &Arc<Semaphore>,
        open: &mut JoinSet<()>,
    ) {
        let Ok(place) = Arc::clone(&self.connections).try_acquire_owned() else {
            metrics::counter!("hei_connections_refused_total", "listener" => self.name)
                .increment(1);
            return;
        };
        open.spawn(Arc::clone(self).converse(tcp, from, Arc::clone(handshakes), place));
    }

    async fn converse(
        self: Arc<Self>,
        tcp: TcpStream,
        from: SocketAddr,
        handshakes: Arc<Semaphore>,
        _place: OwnedSemaphorePermit,
    ) {
        let arrived = tokio::select! {
            () = self.draining.cancelled() => return,
            arrived = self.handshake(tcp, &handshakes) => arrived,
        };
        match arrived {
            Ok(arrived) => self.talk(arrived).await,
            Err(fault) => {
                metrics::counter!("hei_handshakes_failed_total", "listener" => self.name)
                    .increment(1);
                tracing::debug!(listener = self.name, %from, %fault, "no handshake");
            }
        }
    }

    async fn handshake(&self, tcp: TcpStream, handshakes: &Semaphore) -> io::Result<Arrived> {
        // Small answers leave at once instead of waiting for an acknowledgement.
        tcp.set_nodelay(true)?;
        let _turn = handshakes.acquire().await.map_err(io::Error::other)?;
        tokio::time::timeout(limits::HANDSHAKE, self.doorstep.accept(tcp)).await?
    }

    async fn talk(&self, arrived: Arrived) {
        let from = Arc::new(arrived.connection);
        let service = service_fn(|request| {
            let answer = Arc::clone(&self.answering).answer(request, Arc::clone(&from));
            async move { Ok::<_, Infallible>(answer.await) }
        });
        let http = http(self.manners);
        let talk = http.serve_connection(TokioIo::new(arrived.stream), service);
        tokio::pin!(talk);
        tokio::select! {
            ended = &mut talk => return self.ended(ended),
            () = tokio::time::sleep(self.manners.age) => {}
            () = self.draining.cancelled() => {}
        }
        talk.as_mut().graceful_shutdown();
        match self.manners.grace {
            None => self.ended(talk.await),
            Some(grace) => match tokio::time::timeout(grace, talk).await {
                Ok(ended) => self.ended(ended),
                Err(_) => tracing::debug!(listener = self.name, "connection cut at its age"),
            },
        }
    }

    fn ended(&self, how: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
        if let Err(fault) = how {
            tracing::debug!(listener = self.name, fault, "connection broke off");
        }
    }
}

fn report(ended: Result<(), tokio::task::JoinError>, listener: &'static str) {
    if ended.is_err_and(|fault| fault.is_panic()) {
        tracing::error!(listener, "a connection's task panicked");
    }
}

/// Where hyper's own default is no limit, or not ours.
fn http(manners: Manners) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    if !manners.http1 {
        builder = builder.http2_only();
    }
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HTTP1_HEAD)
        .max_headers(limits::HTTP1_HEADERS_MAX)
        .max_buf_size(limits::HTTP1_BUFFER_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(manners.streams_max)
        .keep_alive_interval(limits::KEEPALIVE)
        .keep_alive_timeout(limits::KEEPALIVE_ANSWER)
        .max_header_list_size(limits::HEADER_LIST_BYTES_MAX)
        .max_pending_accept_reset_streams(limits::PENDING_RESETS_MAX)
        .max_local_error_reset_streams(limits::LOCAL_RESETS_MAX);
    builder
}
