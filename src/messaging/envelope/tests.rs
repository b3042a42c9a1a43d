//! The envelope's bytes, and that every one of them is signed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::fixtures::{NOW, University, golden, header};

const PAYLOAD: &[u8] = b"the payload";

fn verified(header: &[u8], payload: &[u8], signature: &[u8]) -> Result<(), Refused> {
    let peer = University::a().pinned();
    verify(header, &read(header)?, payload, signature, &peer, NOW)
}

#[test]
fn an_envelope_has_the_golden_bytes() {
    let signed = sign(&University::a().keys, header(), PAYLOAD).unwrap();
    golden("envelope/header.bin", &signed.header);
    golden("envelope/payload.bin", PAYLOAD);
    golden("envelope/signature.bin", &signed.signature);
    golden("envelope/public_key.bin", University::a().keys.public(KeyUse::Message));
    verified(&signed.header, PAYLOAD, &signed.signature).unwrap();
}

#[test]
fn every_changed_byte_is_a_wrong_signature_or_no_header_at_all() {
    let signed = sign(&University::a().keys, header(), PAYLOAD).unwrap();
    let flip = |bytes: &[u8], at: usize| {
        let mut changed = bytes.to_vec();
        changed[at] ^= 1;
        changed
    };
    for at in 0..signed.header.len() {
        let refused = verified(&flip(&signed.header, at), PAYLOAD, &signed.signature).unwrap_err();
        assert!(["SIGNATURE_INVALID", "MALFORMED"].contains(&refused.reason), "header byte {at}");
    }
    for at in 0..PAYLOAD.len() {
        let refused = verified(&signed.header, &flip(PAYLOAD, at), &signed.signature);
        assert_eq!(refused.unwrap_err().reason, "SIGNATURE_INVALID", "payload byte {at}");
    }
    for at in 0..signed.signature.len() {
        let refused = verified(&signed.header, PAYLOAD, &flip(&signed.signature, at));
        assert_eq!(refused.unwrap_err().reason, "SIGNATURE_INVALID", "signature byte {at}");
    }
}

#[test]
fn a_field_that_this_version_does_not_know_is_signed_too() {
    let keys = &University::a().keys;
    let signed = sign(keys, header(), PAYLOAD).unwrap();
    // Field 999, as a newer sender might write it.
    let longer = [&signed.header[..], &[0xba, 0x3e, 0x01, 0x78]].concat();
    assert!(verified(&longer, PAYLOAD, &signed.signature).is_err());
    let signature = keys.sign(KeyUse::Message, ENVELOPE_DOMAIN, &longer).unwrap();
    verified(&longer, PAYLOAD, &signature).unwrap();
}

#[test]
fn a_key_of_another_institution_or_of_another_use_signs_nothing_for_a() {
    let signed = sign(&University::b().keys, header(), PAYLOAD).unwrap();
    let refused = verified(&signed.header, PAYLOAD, &signed.signature).unwrap_err();
    assert_eq!(refused.reason, "SIGNATURE_INVALID");
    let keys = &University::a().keys;
    let mut with_receipt_key = header();
    with_receipt_key.payload_sha256 = sha256(PAYLOAD).to_vec().into();
    with_receipt_key.key_id = keys.key_id(KeyUse::Receipt).to_owned();
    let bytes = with_receipt_key.encode_to_vec();
    let signature = keys.sign(KeyUse::Receipt, ENVELOPE_DOMAIN, &bytes).unwrap();
    assert_eq!(verified(&bytes, PAYLOAD, &signature).unwrap_err().reason, "SIGNATURE_INVALID");
}

#[test]
fn bytes_that_are_no_header_are_malformed() {
    for bad in [&[0xff][..], &vec![0; HEADER_BYTES_MAX + 1][..]] {
        assert_eq!(read(bad).unwrap_err().reason, "MALFORMED");
    }
}
