//! Each thing that is wrong with a delivery has its own reason, and the first check
//! that fails gives it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::fixtures::{NOW, University, header};

const PAYLOAD: &[u8] = b"the payload";

fn request(header: EnvelopeHeader, by: &University) -> DeliverRequest {
    let signed = envelope::sign(&by.keys, header, PAYLOAD).unwrap();
    DeliverRequest {
        header: signed.header.into(),
        payload: PAYLOAD.into(),
        signature: signed.signature.into(),
        send_time: Some(NOW.to_timestamp()),
    }
}

fn examined(request: &DeliverRequest) -> Result<Letter, Refused> {
    examine(request, &University::a().pinned(), University::b().domain(), NOW)
}

fn reason(request: &DeliverRequest) -> &'static str {
    examined(request).unwrap_err().reason
}

fn with(change: impl FnOnce(&mut EnvelopeHeader)) -> DeliverRequest {
    let mut changed = header();
    change(&mut changed);
    request(changed, &University::a())
}

#[test]
fn a_good_envelope_is_a_letter() {
    let letter = examined(&with(|_| {})).unwrap();
    assert_eq!(letter.id.to_string(), header().message_id);
    assert_eq!(letter.skew_ms, 0);
}

#[test]
fn each_fault_has_its_reason() {
    let by_b = request(header(), &University::b());
    assert_eq!(reason(&by_b), "SIGNATURE_INVALID");
    assert_eq!(reason(&with(|h| h.sender = "c.example".into())), "SENDER_MISMATCH");
    assert_eq!(reason(&with(|h| h.audience = "c.example".into())), "WRONG_AUDIENCE");
    let no_bytes = DeliverRequest { header: vec![0xff].into(), ..with(|_| {}) };
    assert_eq!(reason(&no_bytes), "MALFORMED");
    let other_payload = DeliverRequest { payload: "other".into(), ..with(|_| {}) };
    assert_eq!(reason(&other_payload), "SIGNATURE_INVALID");
    let stale = DeliverRequest {
        send_time: Some(NOW.plus(-SKEW_MS_MAX - 1).to_timestamp()),
        ..with(|_| {})
    };
    assert_eq!(reason(&stale), "CLOCK_SKEW");
    let never_sent = DeliverRequest { send_time: None, ..with(|_| {}) };
    assert_eq!(reason(&never_sent), "FIELD_MISSING");
    assert_eq!(reason(&with(|h| h.message_id = "1".into())), "BAD_IDENTIFIER");
    let v4 = "936da01f-9abd-4d9d-80c7-02af85c822a8";
    assert_eq!(reason(&with(|h| h.message_id = v4.into())), "BAD_IDENTIFIER");
}

#[test]
fn a_message_older_than_the_memory_of_the_inbox_is_not_taken() {
    let made =
        |ago_ms: i64| with(|h| h.message_id = Id::new(NOW.plus(-ago_ms), [3; 10]).to_string());
    assert!(examined(&made(INBOX_MS)).is_ok());
    assert_eq!(reason(&made(INBOX_MS + 1)), "REPLAYED");
    // From the future it would be taken again once the memory has passed.
    assert!(examined(&made(-SKEW_MS_MAX)).is_ok());
    assert_eq!(reason(&made(-SKEW_MS_MAX - 1)), "CLOCK_SKEW");
}

#[test]
fn who_it_is_for_is_looked_at_before_whether_it_is_true() {
    let c = University::new(21, "c.example");
    let mut foreign = header();
    foreign.sender = "c.example".into();
    foreign.audience = "c.example".into();
    let mut wrong_in_all = request(foreign, &c);
    wrong_in_all.send_time = None;
    assert_eq!(reason(&wrong_in_all), "SENDER_MISMATCH");
}
