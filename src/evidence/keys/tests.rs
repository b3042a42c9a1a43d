//! Keys: names as the standards compute them, and files that nobody else can read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::*;

/// A folder of the test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hei-keys-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_thumbprint_is_that_of_rfc_8037() {
    let raw = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
    assert_eq!(thumbprint(&raw), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn a_signature_counts_for_its_key_its_kind_of_document_and_its_bytes_only() {
    let keys = Keyring::from_seed(1).unwrap();
    let signature = keys.sign(KeyUse::Message, ENVELOPE_DOMAIN, b"bytes").unwrap();
    let public = keys.public(KeyUse::Message);
    assert!(verify(public, ENVELOPE_DOMAIN, b"bytes", &signature));
    assert!(!verify(public, RECEIPT_DOMAIN, b"bytes", &signature));
    assert!(!verify(public, ENVELOPE_DOMAIN, b"bytez", &signature));
    assert!(!verify(keys.public(KeyUse::Receipt), ENVELOPE_DOMAIN, b"bytes", &signature));
    assert!(!verify(b"no key", ENVELOPE_DOMAIN, b"bytes", &signature));
}

#[test]
fn the_tls_key_is_named_by_its_thumbprint_whichever_kind_it_is() {
    let keys = Keyring::from_seed(1).unwrap();
    let spki = keys.public(KeyUse::Tls);
    assert_eq!(spki_thumbprint(spki).as_deref(), Some(keys.key_id(KeyUse::Tls)));
    let raw = keys.public(KeyUse::Message);
    let ed25519 = [&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0][..], raw];
    assert_eq!(spki_thumbprint(&ed25519.concat()), Some(thumbprint(raw)));
    assert_eq!(spki_thumbprint(raw), None);
}

#[test]
fn keys_are_made_once_with_mode_600_and_found_again() {
    let folder = Folder::new("once");
    let keys = folder.0.join("keys");
    let first = Keyring::open_or_create(&keys).unwrap();
    let again = Keyring::open_or_create(&keys).unwrap();
    for use_ in KeyUse::ALL {
        assert_eq!(first.key_id(use_), again.key_id(use_));
        let mode = fs::metadata(keys.join(format!("{}.key", use_.name()))).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
    assert_eq!(first.page_key(), again.page_key());
    assert!(!format!("{first:?}").contains("PRIVATE"));
}

#[test]
fn a_key_that_others_can_read_stops_the_start_with_what_to_do() {
    let folder = Folder::new("open");
    let keys = folder.0.join("keys");
    Keyring::open_or_create(&keys).unwrap();
    let file = keys.join("message.key");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let refused = Keyring::open_or_create(&keys).unwrap_err();
    assert_eq!(refused.reason, "KEY_FILE");
    assert!(refused.message.contains("chmod 600"), "{}", refused.message);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
    Keyring::open_or_create(&keys).unwrap();
}

#[test]
fn a_lost_key_is_not_replaced_in_silence() {
    let folder = Folder::new("lost");
    let keys = folder.0.join("keys");
    Keyring::open_or_create(&keys).unwrap();
    for name in ["descriptor.key", "page.key"] {
        let kept = fs::read(keys.join(name)).unwrap();
        fs::remove_file(keys.join(name)).unwrap();
        let refused = Keyring::open_or_create(&keys).unwrap_err();
        assert!(refused.message.contains(name) && refused.message.contains("backup"));
        fs::write(keys.join(name), kept).unwrap();
        fs::set_permissions(keys.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    Keyring::open_or_create(&keys).unwrap();
}

#[test]
fn keys_that_a_broken_first_start_left_half_made_are_made_anew() {
    let folder = Folder::new("half");
    let staged = folder.0.join("keys.new");
    fs::create_dir_all(&staged).unwrap();
    fs::write(staged.join("tls.key"), "half").unwrap();
    Keyring::open_or_create(&folder.0.join("keys")).unwrap();
    assert!(!staged.exists());
}
