//! What all verifiers share: whoever presents a certificate proves that it holds
//! its key, by the signature of the TLS 1.3 handshake (RFC 8446 §4.4.3).

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// The one provider of cryptography (architecture.md §7).
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Checks proofs of possession.
#[derive(Debug, Clone, Copy)]
pub struct Proof(WebPkiSupportedAlgorithms);

impl Proof {
    pub fn new() -> Self {
        Self(aws_lc_rs::default_provider().signature_verification_algorithms)
    }

    pub fn tls13(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.0)
    }

    /// Never called, since no configuration here offers TLS 1.2; a refusal if it ever is.
    pub fn tls12(&self) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only TLS 1.3 is spoken".to_owned()))
    }

    pub fn schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
