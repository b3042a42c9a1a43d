//! TLS of the campus and the public listener, by certificate files. A client's
//! certificate may be self-signed: its fingerprint says who it is, not its issuer.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use hei_values::Refused;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use tokio_rustls::TlsAcceptor;

use crate::clients::{Digest, sha256};
use crate::refusals::configuration;
use crate::settings::Tls;

/// A certificate chain and its key.
#[derive(Debug)]
pub struct Certified {
    /// Leaf first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The leaf's key.
    pub key: PrivateKeyDer<'static>,
}

impl Certified {
    /// Reads both files.
    ///
    /// # Errors
    /// A file that is not there or no PEM; a key that others may read.
    pub(crate) fn read(files: &Tls) -> Result<Self, Refused> {
        let certificate = &files.certificate;
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|fault| unreadable(certificate, &fault))?;
        if chain.is_empty() {
            return Err(configuration(format!("{} holds no certificate", certificate.display())));
        }
        only_for_its_owner(&files.key)?;
        let key = PrivateKeyDer::from_pem_file(&files.key)
            .map_err(|fault| unreadable(&files.key, &fault))?;
        Ok(Self { chain, key })
    }

    /// What accepts connections with this certificate. `client_certificates` asks
    /// for one without requiring it.
    pub(crate) fn acceptor(
        self,
        protocols: &[&[u8]],
        client_certificates: bool,
    ) -> Result<TlsAcceptor, Refused> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let refused = |fault| configuration(format!("the TLS certificate does not serve: {fault}"));
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(refused)?;
        let builder = match client_certificates {
            true => builder.with_client_cert_verifier(Arc::new(ByFingerprint(provider))),
            false => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(self.chain, self.key).map_err(refused)?;
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn unreadable(file: &Path, fault: &rustls::pki_types::pem::Error) -> Refused {
    configuration(format!("{} cannot be read: {fault}", file.display()))
}

fn only_for_its_owner(file: &Path) -> Result<(), Refused> {
    let about = std::fs::metadata(file)
        .map_err(|fault| configuration(format!("{} cannot be read: {fault}", file.display())))?;
    match about.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(configuration(format!(
            "{0} can be read by others than its owner: chmod 600 {0}",
            file.display()
        ))),
    }
}

/// SHA-256 of the certificate that the client showed.
pub(crate) fn fingerprint(session: &rustls::ServerConnection) -> Option<Digest> {
    session.peer_certificates()?.first().map(|leaf| sha256(leaf))
}

/// Takes any certificate whose key the client proves to hold. Who it is, the list
/// of clients says.
#[derive(Debug)]
struct ByFingerprint(Arc<CryptoProvider>);

impl ClientCertVerifier for ByFingerprint {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _leaf: &CertificateDer<'_>,
        _chain: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, leaf, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, leaf, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
