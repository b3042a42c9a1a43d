//! The TLS between nodes, both ends, as the node itself makes it: the load comes as a
//! partner whose keys are pinned, and the floor stands behind the same handshake.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use hei_client::pins::{self, Identity, PinnedKey, Pins, SpkiHash};
use hei_evidence::keys::{KeyUse, Keyring};
use hei_messaging::wire::identity;
use hei_values::HeiId;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::server::Connected;
use tonic::transport::{Channel, Endpoint, Uri};
use tower::service_fn;

use crate::load::CONNECTIONS;

const HANDSHAKE: Duration = Duration::from_secs(5);

/// A partner that calls whoever has the keys in a data folder.
pub struct Partner {
    /// The partner's data folder.
    pub own: PathBuf,
    /// The data folder of who is called.
    pub called: PathBuf,
}

impl Partner {
    /// Connections to where it is called.
    pub async fn channels(&self, to: SocketAddr) -> Vec<Channel> {
        let called: HeiId = "alpha.example".parse().unwrap();
        let key = SpkiHash::of_spki(keys(&self.called).public(KeyUse::Tls));
        let pins = Arc::new(Pins::new());
        pins.replace([PinnedKey { peer: called.clone(), key, suspended: false }]);
        let connector = pins::connector(&shown(&self.own), called.clone(), pins.clone()).unwrap();
        let endpoint = Endpoint::from_shared(format!("http://{to}")).unwrap();
        let mut channels = Vec::new();
        for _ in 0..CONNECTIONS {
            let (called, pins, connector) = (called.clone(), pins.clone(), connector.clone());
            let dial = service_fn(move |_: Uri| {
                let (called, pins, connector) = (called.clone(), pins.clone(), connector.clone());
                async move {
                    let tcp = TcpStream::connect(to).await?;
                    tcp.set_nodelay(true)?;
                    let secure = pins::initiate(&connector, tcp, &called, &pins, HANDSHAKE).await;
                    secure.map(TokioIo::new).map_err(io::Error::other)
                }
            });
            channels.push(endpoint.connect_with_connector(dial).await.unwrap());
        }
        channels
    }
}

fn keys(data: &Path) -> Keyring {
    Keyring::open_or_create(&data.join("keys")).unwrap()
}

/// The certificate that the node with this data folder shows.
fn shown(data: &Path) -> Identity {
    let name = "alpha.example".parse().unwrap();
    identity(&keys(data), &name, &data.join("keys").join("tls.pem")).unwrap()
}

/// The connections that come to the floor.
pub fn accept(
    listener: TcpListener,
    data: &Path,
) -> impl Stream<Item = io::Result<Arrived<impl AsyncRead + AsyncWrite + Unpin + Send + 'static>>> {
    let acceptor = pins::acceptor(&shown(data)).unwrap();
    futures_util::stream::unfold((listener, acceptor), async |(listener, acceptor)| {
        let (tcp, _) = listener.accept().await.unwrap();
        tcp.set_nodelay(true).unwrap();
        // It knows nobody; that is for the node to judge, not for a floor.
        let secure = pins::accept(&acceptor, tcp, &Pins::new(), HANDSHAKE).await;
        Some((secure.map(Arrived).map_err(io::Error::other), (listener, acceptor)))
    })
}

/// A connection as tonic asks for it.
pub struct Arrived<S>(S);

impl<S> Connected for Arrived<S> {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl<S: AsyncRead + Unpin> AsyncRead for Arrived<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Arrived<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
