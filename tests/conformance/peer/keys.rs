//! A partner's keys: Ed25519 for what it signs, P-256 for its channel.

use std::net::IpAddr;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hei_proto::hei::messaging::v1::{Key, KeyUse};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::clock;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// What a signing key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Descriptor,
    Message,
    Receipt,
}

/// All keys of a partner.
pub struct Keys {
    descriptor: Ed25519KeyPair,
    message: Ed25519KeyPair,
    receipt: Ed25519KeyPair,
    tls: KeyPair,
    /// Self-signed: only its key counts.
    pub certificate: CertificateDer<'static>,
}

impl Keys {
    /// New ones.
    ///
    /// # Errors
    /// What the library says.
    pub fn new(domain: &str, host: IpAddr) -> Result<Self, String> {
        let signing = || Ed25519KeyPair::generate().map_err(|e| e.to_string());
        let tls = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|e| e.to_string())?;
        let names = vec![domain.to_owned(), host.to_string()];
        let certificate = CertificateParams::new(names).and_then(|params| params.self_signed(&tls));
        let certificate = certificate.map_err(|e| e.to_string())?.der().clone();
        Ok(Self {
            descriptor: signing()?,
            message: signing()?,
            receipt: signing()?,
            tls,
            certificate,
        })
    }

    fn of(&self, use_: Use) -> &Ed25519KeyPair {
        match use_ {
            Use::Descriptor => &self.descriptor,
            Use::Message => &self.message,
            Use::Receipt => &self.receipt,
        }
    }

    /// The key's thumbprint.
    pub fn id(&self, use_: Use) -> String {
        thumbprint(self.of(use_).public_key().as_ref())
    }

    /// Signs bytes under a domain line such as "hei-envelope-v1\n".
    pub fn sign(&self, use_: Use, domain: &str, bytes: &[u8]) -> Vec<u8> {
        self.of(use_).sign(&[domain.as_bytes(), bytes].concat()).as_ref().to_vec()
    }

    /// The private key of the channel.
    pub fn private_tls(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.tls.serialize_der()).into()
    }

    /// As a descriptor lists them.
    pub fn described(&self) -> Vec<Key> {
        let signing = [
            (Use::Descriptor, KeyUse::Descriptor),
            (Use::Message, KeyUse::Message),
            (Use::Receipt, KeyUse::Receipt),
        ];
        let signing = signing.map(|(use_, named)| {
            (named, self.id(use_), self.of(use_).public_key().as_ref().to_vec())
        });
        let channel = (KeyUse::Tls, self.tls_id(), self.tls.subject_public_key_info());
        signing
            .into_iter()
            .chain([channel])
            .map(|(use_, key_id, public)| described(use_, key_id, public))
            .collect()
    }

    /// RFC 7638 over a P-256 key.
    fn tls_id(&self) -> String {
        let point = self.tls.der_bytes();
        let (x, y) = point.get(1..).unwrap_or_default().split_at_checked(32).unwrap_or_default();
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        hashed(&format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#))
    }
}

fn described(use_: KeyUse, key_id: String, public: Vec<u8>) -> Key {
    let now = clock::now();
    Key {
        key_id,
        r#use: use_.into(),
        public_key: public.into(),
        not_before_time: Some(clock::timestamp(now - DAY_MS)),
        not_after_time: Some(clock::timestamp(now + 30 * DAY_MS)),
        revoke_time: None,
    }
}

/// RFC 7638 over an Ed25519 key (RFC 8037).
pub fn thumbprint(public: &[u8]) -> String {
    let x = URL_SAFE_NO_PAD.encode(public);
    hashed(&format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#))
}

fn hashed(jwk: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(jwk.as_bytes()))
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprints_are_those_of_rfc_8037() {
        // RFC 8037 appendix A.2 and A.3.
        let public = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(
            thumbprint(&public.unwrap_or_default()),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }
}
