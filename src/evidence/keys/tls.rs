//! The key of the peer channel.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use hei_values::Refused;

use super::spki;

/// A private key of SEC 1 (RFC 5915) on P-256 is this, 32 bytes, and the curve's name.
const SEC1_HEAD: [u8; 7] = [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20];
const SEC1_CURVE: [u8; 12] =
    [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// An ECDSA key on P-256.
pub(super) struct Key {
    pkcs8: Vec<u8>,
    spki: Vec<u8>,
    key_id: String,
}

impl Key {
    /// A new key, as PKCS #8.
    pub(super) fn fresh_pkcs8() -> Result<Vec<u8>, Unspecified> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
        Ok(pair.to_pkcs8v1()?.as_ref().to_vec())
    }

    /// The key in a PKCS #8 document; `None` if it is no key on P-256.
    pub(super) fn read(pkcs8: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8).ok()?;
        Self::of(&pair, pkcs8.to_vec())
    }

    /// A key from a fixed number, for golden files and tests.
    pub(super) fn from_seed(seed: u8) -> Result<Self, Refused> {
        let refused = || Refused::internal(format!("seed {seed} makes no key on P-256"));
        let sec1 = [&SEC1_HEAD[..], &[seed.max(1); 32], &SEC1_CURVE].concat();
        let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, &sec1);
        let pair = pair.map_err(|_| refused())?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|_| refused())?;
        Self::of(&pair, pkcs8.as_ref().to_vec()).ok_or_else(refused)
    }

    fn of(pair: &EcdsaKeyPair, pkcs8: Vec<u8>) -> Option<Self> {
        let spki = spki::of_p256(pair.public_key().as_ref());
        let key_id = spki::thumbprint(&spki)?;
        Some(Self { pkcs8, spki, key_id })
    }

    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    pub(super) fn spki(&self) -> &[u8] {
        &self.spki
    }

    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }
}
