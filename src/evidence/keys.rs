//! The node's own keys, and what can be checked with the keys of others. Ed25519
//! (RFC 8032) throughout; private keys never leave this module but for TLS.

mod files;

use std::fmt;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hei_values::Refused;

/// What stands before a descriptor's bytes when they are signed.
pub const DESCRIPTOR_DOMAIN: &str = "hei-descriptor-v1\n";
/// What stands before an envelope header's bytes when they are signed.
pub const ENVELOPE_DOMAIN: &str = "hei-envelope-v1\n";
/// What stands before a receipt's bytes when they are signed.
pub const RECEIPT_DOMAIN: &str = "hei-receipt-v1\n";

/// A SubjectPublicKeyInfo of an Ed25519 key is this and the 32 raw bytes (RFC 8410 §4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0];

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
    tls: Key,
    message: Key,
    receipt: Key,
    page: [u8; 32],
}

impl Keyring {
    /// The keys in a folder; at the first start they are made there.
    ///
    /// # Errors
    /// FAILED_PRECONDITION/KEY_FILE with what to do: a file that others can read,
    /// that holds no Ed25519 key, or that is missing beside the rest.
    pub fn open_or_create(folder: &Path) -> Result<Self, Refused> {
        let mut pairs = files::open_or_create(folder)?;
        let page = files::page_key(folder)?;
        let mut take = |use_: KeyUse| {
            let lost = || Refused::internal(format!("the {} key was not read", use_.name()));
            pairs.remove(&use_).map(Key::new).ok_or_else(lost)
        };
        Ok(Self {
            descriptor: take(KeyUse::Descriptor)?,
            tls: take(KeyUse::Tls)?,
            message: take(KeyUse::Message)?,
            receipt: take(KeyUse::Receipt)?,
            page,
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
            tls: key(1)?,
            message: key(2)?,
            receipt: key(3)?,
            page: [seed; 32],
        })
    }

    /// Signs bytes of one kind of document.
    pub fn sign(&self, use_: KeyUse, domain: &str, bytes: &[u8]) -> Vec<u8> {
        self.key(use_).pair.sign(&separated(domain, bytes)).as_ref().to_vec()
    }

    /// The thumbprint of a key.
    pub fn key_id(&self, use_: KeyUse) -> &str {
        &self.key(use_).key_id
    }

    /// The 32 bytes of a public key.
    pub fn public(&self, use_: KeyUse) -> &[u8] {
        self.key(use_).pair.public_key().as_ref()
    }

    /// What signs page tokens.
    pub fn page_key(&self) -> [u8; 32] {
        self.page
    }

    /// The TLS key as PKCS #8 (DER), for the library that speaks TLS.
    ///
    /// # Errors
    /// INTERNAL if the library cannot write it.
    pub fn tls_pkcs8(&self) -> Result<Vec<u8>, Refused> {
        let written = self.tls.pair.to_pkcs8v1();
        let written = written.map_err(|e| Refused::internal(format!("tls.key: {e}")))?;
        Ok(written.as_ref().to_vec())
    }

    fn key(&self, use_: KeyUse) -> &Key {
        match use_ {
            KeyUse::Descriptor => &self.descriptor,
            KeyUse::Tls => &self.tls,
            KeyUse::Message => &self.message,
            KeyUse::Receipt => &self.receipt,
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

/// The key's SubjectPublicKeyInfo (DER).
pub fn spki(raw: &[u8]) -> Vec<u8> {
    [&SPKI_PREFIX[..], raw].concat()
}

/// The 32 bytes in an Ed25519 key's SubjectPublicKeyInfo; `None` for any other key.
pub fn raw_of_spki(der: &[u8]) -> Option<&[u8]> {
    der.strip_prefix(&SPKI_PREFIX[..]).filter(|raw| raw.len() == 32)
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
