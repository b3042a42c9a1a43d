//! hei-elm: what a credential must have to be one at all, which the official
//! shapes take for granted: they find nothing wrong with a document in which
//! they find no credential.

use crate::at::At;
use crate::notes::Notes;
use crate::tree::Tree;

pub(crate) const TYPE_MISSING: &str = "TYPE_MISSING";

/// VCDM 1.1 §4.3 and the application profile.
pub(crate) const TYPES: &[&str] = &["VerifiableCredential", "EuropeanDigitalCredential"];

pub(crate) fn run(credential: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
    if !matches!(credential, Tree::Node(_)) {
        let text = format!("an object is expected, found {}", credential.found());
        notes.fault(at, TYPE_MISSING, text);
        return;
    }
    for name in TYPES.iter().filter(|it| !credential.has_type(it)) {
        let text = format!("the type must have {name:?}; without it this is no credential");
        notes.fault(&at.member("type"), TYPE_MISSING, text);
    }
    if credential.id().is_none() {
        notes.deviation(&at.member("id"), "MISSING", "the credential has no id");
    }
    if let Some(issuer) = one(credential, "issuer", at, ISSUER, notes)
        && issuer.get("eIDASIdentifier").is_none()
    {
        let at = at.member("issuer");
        let text = "the issuer has no eIDAS identifier; sealing gives it one";
        notes.deviation(&at.member("eIDASIdentifier"), "MISSING", text);
    }
    if let Some(subject) = one(credential, "credentialSubject", at, SUBJECT, notes)
        && subject.get("hasClaim").is_none_or(|it| it.values().next().is_none())
    {
        let at = at.member("credentialSubject");
        let text = "the subject has no claim, so nothing to take over";
        notes.fault(&at.member("hasClaim"), "CLAIM_MISSING", text);
    }
    if credential.get("issuanceDate").is_none() {
        let text = "VCDM 1.1 §4.6 requires an issuance date";
        notes.deviation(&at.member("issuanceDate"), "MISSING", text);
    }
}

/// The codes for a member that must be there once and in full.
struct Codes {
    missing: &'static str,
    repeated: &'static str,
    bare: &'static str,
}

const ISSUER: Codes =
    Codes { missing: "ISSUER_MISSING", repeated: "ISSUER_REPEATED", bare: "ISSUER_BARE" };
const SUBJECT: Codes =
    Codes { missing: "SUBJECT_MISSING", repeated: "SUBJECT_REPEATED", bare: "SUBJECT_BARE" };

fn one<'t, 'd>(
    credential: &'t Tree<'d>,
    name: &str,
    at: &At<'_>,
    codes: Codes,
    notes: &mut Notes,
) -> Option<&'t Tree<'d>> {
    let at = at.member(name);
    let mut values = credential.get(name).into_iter().flat_map(Tree::values);
    let Some(first) = values.next() else {
        notes.fault(&at, codes.missing, format!("there is no {name}"));
        return None;
    };
    if values.next().is_some() {
        let text = format!("there is a second {name}; which one is meant cannot be known");
        notes.fault(&at, codes.repeated, text);
    }
    if first.is_reference() {
        let text = format!("the object itself is expected, found {}", first.found());
        notes.fault(&at, codes.bare, text);
        return None;
    }
    Some(first)
}
