//! The receipt's bytes, and what it proves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::envelope;
use crate::fixtures::{NOW, University, golden, header};

const ANSWER: &[u8] = b"the answer";

struct Exchange {
    header: EnvelopeHeader,
    header_bytes: Vec<u8>,
    receipt: SignedReceipt,
}

fn exchange() -> Exchange {
    let signed = envelope::sign(&University::a().keys, header(), b"the payload").unwrap();
    let header = envelope::read(&signed.header).unwrap();
    let about = About { header: &header, header_bytes: &signed.header, answer: ANSWER };
    let b = University::b();
    let receipt = sign(&b.keys, b.domain(), about, &[5; 32], NOW).unwrap();
    Exchange { header, header_bytes: signed.header, receipt }
}

fn verified(it: &Exchange, answer: &[u8]) -> Result<Receipt, Refused> {
    let about = About { header: &it.header, header_bytes: &it.header_bytes, answer };
    verify(&it.receipt, about, &University::b().pinned())
}

#[test]
fn a_receipt_has_the_golden_bytes() {
    let it = exchange();
    golden("receipt/receipt.bin", &it.receipt.receipt);
    golden("receipt/signature.bin", &it.receipt.signature);
    golden("receipt/answer.bin", ANSWER);
    golden("receipt/public_key.bin", University::b().keys.public(KeyUse::Receipt));
    assert_eq!(verified(&it, ANSWER).unwrap().leaf_hash, [5; 32][..]);
}

#[test]
fn every_changed_byte_of_a_receipt_spoils_it() {
    let it = exchange();
    let spoilt = |receipt: &[u8], signature: &[u8]| {
        let receipt = SignedReceipt {
            receipt: receipt.to_vec().into(),
            signature: signature.to_vec().into(),
        };
        verified(&Exchange { receipt, ..exchange() }, ANSWER).is_err()
    };
    for at in 0..it.receipt.receipt.len() {
        let mut changed = it.receipt.receipt.to_vec();
        changed[at] ^= 1;
        assert!(spoilt(&changed, &it.receipt.signature), "receipt byte {at}");
    }
    for at in 0..it.receipt.signature.len() {
        let mut changed = it.receipt.signature.to_vec();
        changed[at] ^= 1;
        assert!(spoilt(&it.receipt.receipt, &changed), "signature byte {at}");
    }
}

#[test]
fn a_true_receipt_about_something_else_proves_nothing() {
    let it = exchange();
    assert!(verified(&it, b"another answer").is_err());
    let other_message = EnvelopeHeader { message_id: "other".into(), ..header() };
    assert!(verified(&Exchange { header: other_message, ..exchange() }, ANSWER).is_err());
    assert!(verified(&Exchange { header_bytes: vec![1], ..exchange() }, ANSWER).is_err());
    // Signed by a itself, or by b in the name of c.
    let (a, b) = (University::a(), University::b());
    let about = About { header: &it.header, header_bytes: &it.header_bytes, answer: ANSWER };
    let by_a = sign(&a.keys, b.domain(), about, &[5; 32], NOW).unwrap();
    assert!(verified(&Exchange { receipt: by_a, ..exchange() }, ANSWER).is_err());
    let for_c = sign(&b.keys, &"c.example".parse().unwrap(), about, &[5; 32], NOW).unwrap();
    assert!(verified(&Exchange { receipt: for_c, ..exchange() }, ANSWER).is_err());
}

#[test]
fn after_an_erasure_the_receipt_stands_without_its_answer() {
    let it = exchange();
    let receipt = verified(&it, b"").unwrap();
    assert_ne!(receipt.answer_sha256, sha256(b"")[..]);
}
