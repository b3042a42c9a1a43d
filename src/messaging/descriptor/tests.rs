//! Who is believed about a descriptor, and for how long.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hei_evidence::keys::{DESCRIPTOR_DOMAIN, KeyUse as Use, Keyring};
use hei_proto::hei::messaging::v1::{Key, KeyUse, NodeDescriptor, SignedDescriptor};
use hei_values::{Millis, Refused};
use prost::Message as _;

use super::*;
use crate::fixtures::{NOW, University, golden};
use crate::limits::{DAY_MS, DESCRIPTOR_MS, SKEW_MS_MAX};

/// A descriptor of b, changed and signed again by some keys.
fn changed(keys: &Keyring, change: impl FnOnce(&mut NodeDescriptor)) -> SignedDescriptor {
    let signed = University::b().descriptor(1);
    let mut descriptor = NodeDescriptor::decode(signed.descriptor).unwrap();
    change(&mut descriptor);
    let bytes = descriptor.encode_to_vec();
    SignedDescriptor {
        signature: keys.sign(Use::Descriptor, DESCRIPTOR_DOMAIN, &bytes).unwrap().into(),
        key_id: keys.key_id(Use::Descriptor).to_owned(),
        descriptor: bytes.into(),
    }
}

fn b_changed(change: impl FnOnce(&mut NodeDescriptor)) -> Result<Pinned, Refused> {
    let b = University::b();
    first(&changed(&b.keys, change), b.keys.key_id(Use::Descriptor), NOW)
}

fn key(descriptor: &mut NodeDescriptor, use_: KeyUse) -> &mut Key {
    descriptor.keys.iter_mut().find(|key| key.r#use() == use_).unwrap()
}

#[test]
fn the_document_has_the_golden_form_and_reads_back() {
    let signed = University::b().descriptor(1);
    let json = to_json(&signed);
    golden("envelope/descriptor.json", json.as_bytes());
    assert!(json.starts_with(r#"{"descriptor":""#) && json.contains(r#""keyId":""#));
    assert_eq!(from_json(json.as_bytes()).unwrap(), signed);
    let url_safe = json.replace('+', "-").replace('/', "_").replace('=', "");
    assert_eq!(from_json(url_safe.as_bytes()).unwrap(), signed);
    for bad in ["", "{}", "[]", r#"{"descriptor":"?","keyId":"","signature":""}"#] {
        assert_eq!(from_json(bad.as_bytes()).unwrap_err().reason, "MALFORMED", "{bad}");
    }
}

#[test]
fn a_descriptor_counts_by_the_fingerprint_that_the_operator_named() {
    let b = University::b();
    let signed = b.descriptor(1);
    let pinned = first(&signed, &format!(" {} ", signed.key_id), NOW).unwrap();
    assert_eq!((pinned.institution.as_str(), pinned.version), ("b.example", 1));
    let other = University::a().keys.key_id(Use::Descriptor).to_owned();
    let refused = first(&signed, &other, NOW).unwrap_err();
    assert_eq!(refused.reason, "HASH_MISMATCH");
    assert_eq!(refused.metadata["fingerprint"], signed.key_id);
}

#[test]
fn nobody_speaks_under_the_name_of_anothers_key() {
    let (a, b) = (University::a(), University::b());
    // a's signature under the name of b's key.
    let mut forged = changed(&a.keys, |_| {});
    forged.key_id = b.keys.key_id(Use::Descriptor).to_owned();
    assert_eq!(first(&forged, &forged.key_id, NOW).unwrap_err().reason, "SIGNATURE_INVALID");
    // a's own key, listed under the name of b's.
    let mut forged = changed(&a.keys, |d| {
        key(d, KeyUse::Descriptor).public_key = a.keys.public(Use::Descriptor).to_vec().into();
    });
    forged.key_id = b.keys.key_id(Use::Descriptor).to_owned();
    assert_eq!(first(&forged, &forged.key_id, NOW).unwrap_err().reason, "BAD_IDENTIFIER");
    let mut altered = b.descriptor(1);
    altered.descriptor = [&altered.descriptor[..], b"x"].concat().into();
    assert!(first(&altered, &altered.key_id, NOW).is_err());
}

#[test]
fn what_a_descriptor_lacks_is_named_all_at_once() {
    let refused = b_changed(|d| {
        d.keys.retain(|k| !matches!(k.r#use(), KeyUse::Tls | KeyUse::Receipt));
        d.peer_address = "nowhere".into();
    })
    .unwrap_err();
    let fields: Vec<&str> = refused.violations.iter().map(|v| v.field.as_str()).collect();
    assert_eq!(fields, ["keys", "keys", "peer_address"]);
    assert!(b_changed(|d| d.institution = "no domain".into()).is_err());
    assert!(b_changed(|d| d.expire_time = None).is_err());
}

#[test]
fn an_expired_descriptor_is_refused_and_nothing_in_it_counts() {
    let b = University::b();
    let (signed, end) = (b.descriptor(1), NOW.plus(DESCRIPTOR_MS));
    let key_id = b.keys.key_id(Use::Message);
    let pinned = first(&signed, &signed.key_id, end.plus(SKEW_MS_MAX)).unwrap();
    let late = end.plus(SKEW_MS_MAX + 1);
    assert_eq!(first(&signed, &signed.key_id, late).unwrap_err().reason, "DESCRIPTOR_EXPIRED");
    assert!(pinned.key(KeyUse::Message, key_id, end).is_some());
    assert!(pinned.key(KeyUse::Message, key_id, late).is_none());
    assert_eq!((pinned.tls_keys(end).count(), pinned.tls_keys(late).count()), (1, 0));
}

#[test]
fn a_key_counts_within_its_window_and_never_once_revoked() {
    let at = |millis: i64| NOW.plus(millis).to_timestamp();
    let counts = |change: &dyn Fn(&mut Key), now: Millis| {
        let pinned = b_changed(|d| {
            let mut second = key(d, KeyUse::Message).clone();
            second.key_id = University::b().keys.key_id(Use::Message).to_owned();
            change(key(d, KeyUse::Message));
            // So that one is always there.
            let spare = Keyring::from_seed(40).unwrap();
            second.key_id = spare.key_id(Use::Message).to_owned();
            second.public_key = spare.public(Use::Message).to_vec().into();
            d.keys.push(second);
        });
        let key_id = University::b().keys.key_id(Use::Message).to_owned();
        pinned.unwrap().key(KeyUse::Message, &key_id, now).is_some()
    };
    let begins = |k: &mut Key| k.not_before_time = Some(at(DAY_MS));
    assert!(!counts(&begins, NOW.plus(DAY_MS - SKEW_MS_MAX - 1)));
    assert!(counts(&begins, NOW.plus(DAY_MS - SKEW_MS_MAX)));
    let ends = |k: &mut Key| k.not_after_time = Some(at(DAY_MS));
    assert!(counts(&ends, NOW.plus(DAY_MS + SKEW_MS_MAX)));
    assert!(!counts(&ends, NOW.plus(DAY_MS + SKEW_MS_MAX + 1)));
    assert!(!counts(&|k| k.revoke_time = Some(at(DAY_MS)), NOW));
}

#[test]
fn the_next_descriptor_is_newer_and_signed_by_a_key_of_the_one_before() {
    let b = University::b();
    let pinned = b.pinned();
    assert_eq!(next(&pinned, &b.descriptor(1), NOW).unwrap(), pinned);
    assert_eq!(next(&pinned, &b.descriptor(2), NOW).unwrap().version, 2);
    let second = first(&b.descriptor(2), pinned.fingerprint(), NOW).unwrap();
    assert_eq!(next(&second, &b.descriptor(1), NOW).unwrap_err().reason, "REPLAYED");
    let same_version = changed(&b.keys, |d| d.peer_address = "other.example:1".into());
    assert_eq!(next(&pinned, &same_version, NOW).unwrap_err().reason, "HASH_MISMATCH");
    let of_another = changed(&b.keys, |d| {
        d.version = 2;
        d.institution = "c.example".into();
    });
    assert_eq!(next(&pinned, &of_another, NOW).unwrap_err().reason, "HASH_MISMATCH");
    let by_another = changed(&University::a().keys, |d| d.version = 2);
    assert_eq!(next(&pinned, &by_another, NOW).unwrap_err().reason, "SIGNATURE_INVALID");
}

#[test]
fn a_new_descriptor_key_is_announced_by_the_old_one() {
    let (b, renewed) = (University::b(), University::new(60, "b.example"));
    let announced = Key {
        key_id: renewed.keys.key_id(Use::Descriptor).to_owned(),
        r#use: KeyUse::Descriptor.into(),
        public_key: renewed.keys.public(Use::Descriptor).to_vec().into(),
        ..Key::default()
    };
    let bridge = changed(&b.keys, |d| {
        d.version = 2;
        d.keys.push(announced);
    });
    let by_new_key = renewed.descriptor(3);
    assert!(next(&b.pinned(), &by_new_key, NOW).is_err());
    let bridged = next(&b.pinned(), &bridge, NOW).unwrap();
    let after = next(&bridged, &by_new_key, NOW).unwrap();
    assert_eq!(after.fingerprint(), renewed.keys.key_id(Use::Descriptor));
}
