//! For the tests of this crate: certificates, and servers that do as they are told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, PKCS_ED25519};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::pins::Identity;
use crate::proof::provider;

/// A certificate with its key.
pub struct Made {
    pub identity: Identity,
    pub public: [u8; 32],
    pub pem: String,
}

/// A self-signed certificate for a name, with an Ed25519 key.
pub fn certificate(name: &str) -> Made {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let made = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
    Made {
        public: key.public_key_raw().try_into().unwrap(),
        pem: made.pem(),
        identity: Identity {
            certificate: made.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        },
    }
}

/// The TLS of an ordinary web server.
pub fn web_server(made: &Made, version: &'static SupportedProtocolVersion) -> TlsAcceptor {
    let Identity { certificate, key } = &made.identity;
    let config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key.clone_key())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A listener on loopback at a free port.
pub async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// Takes one connection, reads the head of a request, writes the answer, and
/// then closes or keeps the connection. Gives the request.
pub async fn answer(
    listener: TcpListener,
    tls: TlsAcceptor,
    answer: Vec<u8>,
    then_close: bool,
) -> String {
    let (tcp, _) = listener.accept().await.unwrap();
    let Ok(mut stream) = tls.accept(tcp).await else { return String::new() };
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { break };
        head.push(byte);
    }
    // The client may have seen enough before all is written.
    let _ = stream.write_all(&answer).await;
    let _ = stream.flush().await;
    if !then_close {
        std::future::pending::<()>().await;
    }
    let _ = stream.shutdown().await;
    String::from_utf8(head).unwrap()
}
