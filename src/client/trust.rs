//! Why a fetched document is believed: by the certificate of its host, or by a
//! signature in the document itself.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, version::TLS13,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Refused;
use crate::proof::{Proof, provider};
use crate::target::{Host, Target};

/// Where systems keep the roots that they trust: Debian and Alpine, Red Hat, BSD.
const SYSTEM_BUNDLES: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// Why the other side is believed.
#[derive(Clone)]
pub enum Trust {
    /// Its certificate leads to one of these roots and names the host.
    Roots(Roots),
    /// Its certificate is not checked, because the document is signed and the
    /// caller checks that signature against a key it already has: one that is
    /// pinned, or that the operator named by its fingerprint. May be used for
    /// `/.well-known/hei-node` and nothing else: whoever stands between can read
    /// the request, and can keep back or repeat an older signed document.
    SignatureInside,
}

/// Certificate authorities.
#[derive(Clone)]
pub struct Roots(Arc<RootCertStore>);

impl Roots {
    /// Reads a PEM bundle.
    ///
    /// # Errors
    /// `InvalidData` if it cannot be read or holds no certificate.
    pub fn from_pem(bundle: &[u8]) -> io::Result<Self> {
        let bad = |told: String| io::Error::new(io::ErrorKind::InvalidData, told);
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(bundle) {
            let certificate = certificate.map_err(|told| bad(told.to_string()))?;
            store.add(certificate).map_err(|told| bad(told.to_string()))?;
        }
        match store.is_empty() {
            true => Err(bad("the bundle holds no certificate".to_owned())),
            false => Ok(Self(Arc::new(store))),
        }
    }

    /// Reads the bundle of the operating system.
    ///
    /// # Errors
    /// `NotFound` if there is none at the usual places; see [`Roots::from_pem`].
    pub fn system() -> io::Result<Self> {
        let told = || format!("no bundle of root certificates at {}", SYSTEM_BUNDLES.join(", "));
        let found = SYSTEM_BUNDLES.iter().find(|path| Path::new(path).exists());
        let path = found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, told()))?;
        Self::from_pem(&std::fs::read(path)?)
    }
}

impl Trust {
    /// Opens the secure channel. Sessions are never resumed, so that each
    /// connection is judged afresh.
    pub(crate) async fn secure(
        &self,
        target: &Target,
        tcp: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Refused> {
        let refused = |told: String| Refused::Tls { host: target.to_string(), told };
        let config = self.config().map_err(|told| refused(told.to_string()))?;
        let name = server_name(&target.host).map_err(refused)?;
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, tcp).await.map_err(|told| refused(told.to_string()))
    }

    fn config(&self) -> Result<ClientConfig, Error> {
        let verifier: Arc<dyn ServerCertVerifier> = match self {
            Self::Roots(Roots(store)) => {
                WebPkiServerVerifier::builder_with_provider(store.clone(), provider())
                    .build()
                    .map_err(|told| Error::General(told.to_string()))?
            }
            Self::SignatureInside => Arc::new(AnyHost(Proof::new())),
        };
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

fn server_name(host: &Host) -> Result<ServerName<'static>, String> {
    match host {
        Host::Address(address) => Ok(ServerName::from(*address)),
        Host::Name(name) => ServerName::try_from(name.clone()).map_err(|told| told.to_string()),
    }
}

/// Takes any certificate whose key is proven; see [`Trust::SignatureInside`].
#[derive(Debug)]
struct AnyHost(Proof);

impl ServerCertVerifier for AnyHost {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.tls12()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.tls13(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.schemes()
    }
}
