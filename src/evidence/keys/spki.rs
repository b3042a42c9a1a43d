//! Public keys as TLS carries them: SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) of the two
//! kinds that nodes use between each other.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What stands before the 32 bytes of an Ed25519 key (RFC 8410 §4).
const ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0];
/// What stands before x and y of an uncompressed point on P-256 (RFC 5480 §2).
const P256: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];
/// Bytes of a coordinate.
const COORDINATE: usize = 32;

/// The SubjectPublicKeyInfo of a point on P-256, given as 0x04, x, y.
pub(super) fn of_p256(point: &[u8]) -> Vec<u8> {
    [&P256[..], point.get(1..).unwrap_or_default()].concat()
}

/// The name of a TLS key: the thumbprint of its JWK (RFC 7638 §3); `None` for a key of
/// another kind.
pub fn thumbprint(der: &[u8]) -> Option<String> {
    if let Some(raw) = der.strip_prefix(&ED25519[..]).filter(|raw| raw.len() == COORDINATE) {
        return Some(super::thumbprint(raw));
    }
    let point = der.strip_prefix(&P256[..]).filter(|point| point.len() == 2 * COORDINATE)?;
    let (x, y) = point.split_at_checked(COORDINATE)?;
    let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
    let jwk = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    Some(URL_SAFE_NO_PAD.encode(digest(&SHA256, jwk.as_bytes())))
}
