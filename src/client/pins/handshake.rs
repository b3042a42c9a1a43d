//! The handshakes of both ends, and the settings that hold for both: TLS 1.3
//! alone, h2 alone, a certificate from each side, no session ever resumed (a
//! resumed one never meets the verifier: a removed peer would be back).

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hei_values::HeiId;
use rustls::client::Resumption;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::NoServerSessionStorage;
use rustls::version::TLS13;
use rustls::{ClientConfig, CommonState, Error, ServerConfig};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use super::verify::{AnyKey, OnePeer};
use super::{PeerStream, Pins, SpkiHash, Standing};
use crate::proof::{Proof, provider};

const HTTP2: &[u8] = b"h2";

/// The certificate and key by which peers know this node.
pub struct Identity {
    /// One self-signed certificate; only its key is looked at.
    pub certificate: CertificateDer<'static>,
    /// The TLS key of our descriptor.
    pub key: PrivateKeyDer<'static>,
}

/// Why there is no secure channel with the other side.
#[derive(Debug)]
pub enum Failed {
    /// It did not finish the handshake in time.
    Timeout(Duration),
    /// It or we broke the handshake off.
    Tls(io::Error),
    /// It is not, or not any more, the trusted peer that was called.
    NotThePeer(HeiId),
}

/// Our end of the peer listener.
///
/// # Errors
/// A key that does not fit its certificate.
pub fn acceptor(identity: &Identity) -> Result<TlsAcceptor, Error> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(AnyKey(Proof::new())))
        .with_single_cert(vec![identity.certificate.clone()], identity.key.clone_key())?;
    config.alpn_protocols = vec![HTTP2.to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Our end of a channel to this peer and no other.
///
/// # Errors
/// A key that does not fit its certificate.
pub fn connector(identity: &Identity, peer: HeiId, pins: Arc<Pins>) -> Result<TlsConnector, Error> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OnePeer { proof: Proof::new(), peer, pins }))
        .with_client_auth_cert(vec![identity.certificate.clone()], identity.key.clone_key())?;
    config.alpn_protocols = vec![HTTP2.to_vec()];
    config.resumption = Resumption::disabled();
    config.enable_sni = false;
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Takes a connection at the peer listener. The standing is looked up after the
/// handshake, so that a change during it counts.
///
/// # Errors
/// A client without a certificate, without its key, of another version, or too slow.
pub async fn accept(
    acceptor: &TlsAcceptor,
    tcp: TcpStream,
    pins: &Pins,
    limit: Duration,
) -> Result<PeerStream<server::TlsStream<TcpStream>>, Failed> {
    let tls = timeout(limit, acceptor.accept(tcp)).await.map_err(|_| Failed::Timeout(limit))??;
    let (standing, ended) = pins.look_up(&key_of(tls.get_ref().1)?);
    Ok(PeerStream::new(tls, standing, ended))
}

/// Speaks to `peer` over an open connection; `connector` is the one made for it.
/// That the peer takes *us* is known only with its first answer (RFC 8446 §4.4.2:
/// the server judges the client's certificate after the client has finished).
///
/// # Errors
/// The other side has no key of that peer, or is too slow.
pub async fn initiate(
    connector: &TlsConnector,
    tcp: TcpStream,
    peer: &HeiId,
    pins: &Pins,
    limit: Duration,
) -> Result<PeerStream<client::TlsStream<TcpStream>>, Failed> {
    let name = ServerName::try_from(peer.as_str().to_owned())
        .map_err(|_| Failed::NotThePeer(peer.clone()))?;
    let handshake = connector.connect(name, tcp);
    let done = timeout(limit, handshake).await.map_err(|_| Failed::Timeout(limit))?;
    let tls = done.map_err(|broken| match is_verdict(&broken) {
        true => Failed::NotThePeer(peer.clone()),
        false => Failed::Tls(broken),
    })?;
    // Once more, since the peer may have been removed since the verifier looked.
    let (standing, ended) = pins.look_up(&key_of(tls.get_ref().1)?);
    match &standing {
        Standing::Trusted(found) if found == peer => Ok(PeerStream::new(tls, standing, ended)),
        _ => Err(Failed::NotThePeer(peer.clone())),
    }
}

/// Whether our own verifier broke it off, and not the other side or the network.
fn is_verdict(broken: &io::Error) -> bool {
    let inside = broken.get_ref().and_then(|inside| inside.downcast_ref::<Error>());
    matches!(inside, Some(Error::InvalidCertificate(_)))
}

fn key_of(connection: &CommonState) -> Result<SpkiHash, io::Error> {
    let presented = connection.peer_certificates().and_then(<[_]>::first);
    let certificate = presented.ok_or_else(|| io::Error::other("no certificate was presented"))?;
    SpkiHash::of_certificate(certificate).map_err(io::Error::other)
}

impl From<io::Error> for Failed {
    fn from(broken: io::Error) -> Self {
        Self::Tls(broken)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout(limit) => write!(f, "the handshake was not finished in {limit:?}"),
            Self::Tls(broken) => write!(f, "the handshake failed: {broken}"),
            Self::NotThePeer(peer) => {
                write!(f, "the other side shows no key of {peer}, or that peer is not trusted now")
            }
        }
    }
}

impl std::error::Error for Failed {}
