//! The nodes of partners at our door. Who they are, the key of their handshake
//! says; what they are to us, the pins say, and a change of it ends the connection.

use std::io;
use std::sync::Arc;

use hei_client::pins::{self, Identity, Pins, Standing};
use hei_values::{Code, Principal, Refused};
use http::HeaderMap;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::connection::{Arrived, Connection};
use crate::door::Gate;
use crate::limits;
use crate::refusals::{self, configuration};

/// What the peer listener needs of the keys.
pub struct Partners {
    /// The key by which partners know this node.
    pub identity: Identity,
    /// The keys of partners.
    pub pins: Arc<Pins>,
}

/// Between TCP and HTTP on the peer listener: mutual TLS 1.3.
pub(crate) struct Doorstep {
    acceptor: TlsAcceptor,
    pins: Arc<Pins>,
}

impl Doorstep {
    pub(crate) fn new(partners: Partners) -> Result<Self, Refused> {
        let acceptor = pins::acceptor(&partners.identity)
            .map_err(|fault| configuration(format!("the TLS key does not serve: {fault}")))?;
        Ok(Self { acceptor, pins: partners.pins })
    }

    pub(crate) async fn accept(&self, tcp: TcpStream) -> io::Result<Arrived> {
        let accepted = pins::accept(&self.acceptor, tcp, &self.pins, limits::HANDSHAKE).await;
        let stream = accepted.map_err(io::Error::other)?;
        let standing = Some(stream.standing().clone());
        let connection = Connection { certificate_sha256: None, standing };
        Ok(Arrived { stream: Box::new(stream), connection })
    }
}

/// A partner's pinned key is its credential; no token stands in for it.
pub(crate) struct ByPin;

impl Gate for ByPin {
    fn admit(&self, _: &HeaderMap, from: &Connection) -> Result<Principal, Refused> {
        match &from.standing {
            Some(Standing::Trusted(institution)) => Ok(Principal::peer(institution.clone())),
            Some(Standing::Suspended(_)) => Err(suspended()),
            Some(Standing::Unknown(_)) => Err(untrusted()),
            None => Err(refusals::no_credential()),
        }
    }
}

fn suspended() -> Refused {
    let told = "this node has suspended yours: its operator knows why, and resumes it";
    Refused::new(Code::PermissionDenied, "PEER_SUSPENDED", told)
}

fn untrusted() -> Refused {
    let told = "this node does not know the key of yours: its operator adds your node \
                (hei-node peer add), or reads your new descriptor";
    Refused::new(Code::PermissionDenied, "PEER_UNTRUSTED", told)
}
