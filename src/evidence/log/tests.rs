//! The leaf's bytes: one spelling, and the golden one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;

use super::*;

fn entry() -> Entry {
    Entry {
        message_id: "019d3702-55ab-7707-8707-070707070707".into(),
        peer: "b.example".into(),
        kind: "hei.credentials.transcript/1".into(),
        header_sha256: Some([1; 32]),
        answer_sha256: Some([2; 32]),
        ..Entry::new(Happened::Received, Millis(1_774_745_999_123))
    }
}

fn id() -> Id {
    Id::new(Millis(1_774_745_999_123), [9; 10])
}

#[test]
fn a_leaf_has_the_golden_bytes_and_hash() {
    let leaf = leaf(id(), &entry());
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/leaf");
    let hash: String = leaf_hash(&leaf).iter().map(|b| format!("{b:02x}")).collect();
    if std::env::var_os("HEI_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(&golden).unwrap();
        std::fs::write(golden.join("received.bin"), &leaf).unwrap();
        std::fs::write(golden.join("received.sha256"), format!("{hash}\n")).unwrap();
    }
    assert_eq!(std::fs::read(golden.join("received.bin")).unwrap(), leaf);
    assert_eq!(std::fs::read_to_string(golden.join("received.sha256")).unwrap().trim(), hash);
}

#[test]
fn a_leaf_has_one_spelling() {
    let leaf = leaf(id(), &entry());
    assert!(is_canonical(&leaf));
    let unknown_field = [&leaf[..], &[0xf8, 0x07, 1]].concat();
    assert!(!is_canonical(&unknown_field));
    let twice = [&leaf[..], &leaf[..]].concat();
    assert!(!is_canonical(&twice));
    assert!(!is_canonical(&leaf[1..]));
}

#[test]
fn the_table_has_a_name_for_every_event() {
    let all = (1..).map_while(|n| Happened::try_from(n).ok()).map(event);
    assert_eq!(all.collect::<Vec<_>>(), crate::migrations::EVENTS);
}
