//! The node's own keys, and what can be checked with the keys of others. Documents are
//! signed with Ed25519 (RFC 8032); the TLS key is of P-256, since not every TLS library
//! in the field offers Ed25519. Private keys never leave this module but for TLS.

mod files;
mod spki;
mod tls;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hei_values::{Faults, NoFaults, Refused, faults};

/// What stands before a descriptor's bytes when they are signed.
pub const DESCRIPTOR_DOMAIN: &str = "hei-descriptor-v1\n";
/// What stands before an envelope header's bytes when they are signed.
pub const ENVELOPE_DOMAIN: &str = "hei-envelope-v1\n";
/// What stands before a receipt's bytes when they are signed.
pub const RECEIPT_DOMAIN: &str = "hei-receipt-v1\n";

/// What a key is for. No key serves two uses, so that what one channel signs can
/// never be shown as a document of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyUse {
    /// Descriptors.
    Descriptor,
    /// The peer channel.
    Tls,
    /// Envelopes.
    Message,
    /// Receipts.
    Receipt,
}

impl KeyUse {
    /// The uses of keys that sign documents.
    const DOCUMENTS: [Self; 3] = [Self::Descriptor, Self::Message, Self::Receipt];
    /// All uses.
    pub const ALL: [Self; 4] = [Self::Descriptor, Self::Tls, Self::Message, Self::Receipt];

    /// Its name, as in the names of key files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Descriptor => "descriptor",
            Self::Tls => "tls",
            Self::Message => "message",
            Self::Receipt => "receipt",
        }
    }
}

/// A private key with its public half and name.
struct Key {
    pair: Ed25519KeyPair,
    key_id: String,
}

impl Key {
    fn new(pair: Ed25519KeyPair) -> Self {
        let key_id = thumbprint(pair.public_key().as_ref());
        Self { pair, key_id }
    }
}

/// The node's private keys.
pub struct Keyring {
    descriptor: Key,
    tls: tls::Key,
    message: Key,
    receipt: Key,
    page: [u8; 32],
    faults: Arc<dyn Faults>,
}

impl Keyring {
    /// The keys in a folder; at the first start they are made there.
    ///
    /// # Errors
    /// FAILED_PRECONDITION/KEY_FILE with what to do: a file that others can read,
    /// that holds no such key, or that is missing beside the rest.
    pub fn open_or_create(folder: &Path) -> Result<Self, Refused> {
        let mut pairs = files::open_or_create(folder)?;
        let page = files::page_key(folder)?;
        let mut take = |use_: KeyUse| {
            let lost = || Refused::internal(format!("the {} key was not read", use_.name()));
            pairs.remove(&use_).map(Key::new).ok_or_else(lost)
        };
        Ok(Self {
            descriptor: take(KeyUse::Descriptor)?,
            tls: files::tls_key(folder)?,
            message: take(KeyUse::Message)?,
            receipt: take(KeyUse::Receipt)?,
            page,
            faults: Arc::new(NoFaults),
        })
    }

    /// Keys from fixed seeds, for golden files and tests: seed byte plus the use's number.
    ///
    /// # Errors
    /// INTERNAL if the library refuses a seed.
    pub fn from_seed(seed: u8) -> Result<Self, Refused> {
        let key = |n: u8| {
            Ed25519KeyPair::from_seed_unchecked(&[seed.wrapping_add(n); 32])
                .map(Key::new)
                .map_err(|e| Refused::internal(format!("seed {seed}: {e}")))
        };
        Ok(Self {
            descriptor: key(0)?,
            tls: tls::Key::from_seed(seed.wrapping_add(1))?,
            message: key(2)?,
            receipt: key(3)?,
            page: [seed; 32],
            faults: Arc::new(NoFaults),
        })
    }

    /// The same keys with faults where they sign.
    #[must_use]
    pub fn with_faults(self, faults: Arc<dyn Faults>) -> Self {
        Self { faults, ..self }
    }

    /// Signs bytes of one kind of document.
    ///
    /// # Errors
    /// INTERNAL for the TLS key, which signs none.
    pub fn sign(&self, use_: KeyUse, domain: &str, bytes: &[u8]) -> Result<Vec<u8>, Refused> {
        self.faults.at(faults::SIGN)?;
        let none = || Refused::internal(format!("the {} key signs no document", use_.name()));
        let signature = self.key(use_).ok_or_else(none)?.pair.sign(&separated(domain, bytes));
        Ok(signature.as_ref().to_vec())
    }

    /// The thumbprint of a key.
    pub fn key_id(&self, use_: KeyUse) -> &str {
        self.key(use_).map_or(self.tls.key_id(), |key| &key.key_id)
    }

    /// A public key as the descriptor carries it: the 32 bytes of an Ed25519 key, the
    /// SubjectPublicKeyInfo (DER) of the TLS key.
    pub fn public(&self, use_: KeyUse) -> &[u8] {
        self.key(use_).map_or(self.tls.spki(), |key| key.pair.public_key().as_ref())
    }

    /// What signs page tokens.
    pub fn page_key(&self) -> [u8; 32] {
        self.page
    }

    /// The TLS key as PKCS #8 (DER), for the library that speaks TLS.
    pub fn tls_pkcs8(&self) -> &[u8] {
        self.tls.pkcs8()
    }

    /// The key that signs documents of a use; the TLS key is none.
    fn key(&self, use_: KeyUse) -> Option<&Key> {
        match use_ {
            KeyUse::Descriptor => Some(&self.descriptor),
            KeyUse::Message => Some(&self.message),
            KeyUse::Receipt => Some(&self.receipt),
            KeyUse::Tls => None,
        }
    }
}

/// Says which keys, never what they are.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = KeyUse::ALL.map(|use_| (use_.name(), self.key_id(use_)));
        f.debug_map().entries(ids).finish_non_exhaustive()
    }
}

pub use spki::thumbprint as spki_thumbprint;

/// The name of a key: the thumbprint of its JWK (RFC 7638 §3, RFC 8037 appendix A.3).
pub fn thumbprint(raw: &[u8]) -> String {
    let x = URL_SAFE_NO_PAD.encode(raw);
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    URL_SAFE_NO_PAD.encode(digest(&SHA256, jwk.as_bytes()))
}

/// Whether a signature over a document of a kind is by this key (32 raw bytes).
pub fn verify(raw: &[u8], domain: &str, bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, raw).verify(&separated(domain, bytes), signature).is_ok()
}

/// SHA-256, as all digests of messages are.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

/// A domain before the bytes, so that a signature over one kind of document is
/// none over another.
fn separated(domain: &str, bytes: &[u8]) -> Vec<u8> {
    [domain.as_bytes(), bytes].concat()
}

#[cfg(test)]
mod tests;
