//! TLS 1.3 between nodes: keys count, certificates only carry them.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    SignatureScheme,
};

use super::keys::Keys;

const H2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// Accepts the keys of one node, or any key where there are none to compare with.
#[derive(Debug)]
struct Pinned(Option<Vec<Vec<u8>>>);

/// The node calls: whoever has one of these keys.
pub fn server(keys: &Keys, pinned: Vec<Vec<u8>>) -> Result<ServerConfig, Error> {
    let config =
        ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13])?;
    let config = config.with_client_cert_verifier(Arc::new(Pinned(Some(pinned))));
    let mut config = config.with_single_cert(vec![keys.certificate.clone()], keys.private_tls())?;
    config.alpn_protocols = vec![H2.to_vec()];
    Ok(config)
}

/// Anybody reads the public address.
pub fn public(keys: &Keys) -> Result<ServerConfig, Error> {
    let config =
        ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13])?;
    let config = config.with_no_client_auth();
    let mut config = config.with_single_cert(vec![keys.certificate.clone()], keys.private_tls())?;
    config.alpn_protocols = vec![H2.to_vec(), HTTP1.to_vec()];
    Ok(config)
}

/// We call the node, which has one of these keys, as the one whose keys these are or as nobody.
pub fn client(keys: Option<&Keys>, pinned: Vec<Vec<u8>>) -> Result<ClientConfig, Error> {
    let config = to(Pinned(Some(pinned)))?;
    let mut config = match keys {
        Some(keys) => {
            config.with_client_auth_cert(vec![keys.certificate.clone()], keys.private_tls())?
        }
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![H2.to_vec()];
    // Each call is a connection of its own, so that none lives on what an earlier one was allowed.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(config)
}

/// We read what is signed inside.
pub fn any_server() -> Result<ClientConfig, Error> {
    let mut config = to(Pinned(None))?.with_no_client_auth();
    config.alpn_protocols = vec![HTTP1.to_vec()];
    Ok(config)
}

fn to(
    whom: Pinned,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>, Error> {
    let config =
        ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13])?;
    Ok(config.dangerous().with_custom_certificate_verifier(Arc::new(whom)))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

impl Pinned {
    fn accepts(&self, certificate: &CertificateDer<'_>) -> Result<(), Error> {
        let key = ParsedCertificate::try_from(certificate)?.subject_public_key_info();
        match &self.0 {
            Some(pinned) if !pinned.iter().any(|one| one.as_slice() == key.as_ref()) => {
                Err(CertificateError::ApplicationVerificationFailure.into())
            }
            _ => Ok(()),
        }
    }

    fn proven(
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn old() -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only TLS 1.3 is spoken".to_owned()))
    }

    fn schemes() -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.accepts(end).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::old()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        end: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::proven(message, end, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        Self::schemes()
    }
}

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.accepts(end).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::old()
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        end: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Self::proven(message, end, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        Self::schemes()
    }
}
