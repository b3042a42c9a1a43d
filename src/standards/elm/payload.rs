//! hei-elm: the container of a seal, JAdES as JWS JSON serialization (ETSI
//! TS 119 182-1, RFC 7515 §7.2). Only its payload is taken out; nothing about
//! it is checked, and the caller keeps the bytes.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::at::At;
use crate::notes::Notes;
use crate::tree::Tree;
use crate::trouble::Trouble;

/// What is known of a seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// There is none.
    None,
    /// There is one, and nobody looked whether it holds.
    NotChecked,
}

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The text of the payload, if the document is a container.
pub(crate) fn open(tree: &Tree<'_>, notes: &mut Notes) -> Result<Option<(String, Seal)>, Trouble> {
    let Some(payload) = tree.get("payload") else { return Ok(None) };
    let Some(payload) = payload.text() else {
        return Err(Trouble::Payload { what: format!("found {}", payload.found()) });
    };
    let root = At::Root("$");
    let text = if payload.trim_start().starts_with('{') {
        payload.to_owned()
    } else {
        let text = decoded(payload)?;
        let told = "the payload is base64url; a credential is sealed as plain text";
        notes.deviation(&root.member("payload"), "PAYLOAD_ENCODED", told);
        text
    };
    Ok(Some((text, seal(tree, &root, notes))))
}

fn seal(tree: &Tree<'_>, root: &At<'_>, notes: &mut Notes) -> Seal {
    let general = tree.get("signatures").is_some_and(|it| it.values().next().is_some());
    if general || tree.get("signature").is_some() {
        return Seal::NotChecked;
    }
    let text = "there is a payload and no signature";
    notes.deviation(&root.member("signatures"), "SIGNATURES_MISSING", text);
    Seal::None
}

fn decoded(payload: &str) -> Result<String, Trouble> {
    let bytes = LENIENT.decode(payload.trim());
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let what = "it is neither JSON text nor base64url of it".to_owned();
    text.ok_or(Trouble::Payload { what })
}
