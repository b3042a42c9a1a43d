//! Who may call the campus and the ops listener: configured clients, by the digest
//! of a token or of a certificate. No client, no access, on loopback too.

use aws_lc_rs::digest;
use hei_values::{Identifier, Principal, Refused, Role, Violation, Violations};
use http::{HeaderMap, header};
use subtle::ConstantTimeEq as _;

use crate::connection::Connection;
use crate::door::Gate;
use crate::refusals;
use crate::settings::{Client, Learner};

/// SHA-256.
pub type Digest = [u8; 32];

enum Proof {
    Token(Digest),
    Certificate(Digest),
}

/// The clients of a listener.
pub(crate) struct Clients(Vec<(Proof, Principal)>);

impl Clients {
    /// The one caller of the ops listener, who has the token that `serve` wrote.
    pub(crate) fn operator(token_sha256: Digest) -> Self {
        let operator = Principal::campus("operator", vec![Role::Operator], None);
        Self(vec![(Proof::Token(token_sha256), operator)])
    }

    /// The clients of the configuration.
    ///
    /// # Errors
    /// All faults of all entries at once.
    pub(crate) fn configured(entries: &[Client]) -> Result<Self, Refused> {
        let mut faults = Violations::default();
        let mut clients = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let place = format!("campus.client[{index}]");
            if entries.iter().take(index).any(|earlier| earlier.name == entry.name) {
                let told = format!("two clients are named {:?}", entry.name);
                faults.0.push(invalid(&place, "name", &told));
            }
            match client(&place, entry) {
                Ok(client) => clients.push(client),
                Err(mut found) => faults.0.append(&mut found.0),
            }
        }
        Ok(Self(faults.or(Some(clients))?))
    }

    /// Looks at every client, so that the time tells nothing about the digest.
    fn find(&self, matches: impl Fn(&Proof) -> bool) -> Option<&Principal> {
        let mut found = None;
        for (proof, client) in &self.0 {
            if matches(proof) {
                found = Some(client);
            }
        }
        found
    }
}

impl Gate for Clients {
    fn admit(&self, headers: &HeaderMap, from: &Connection) -> Result<Principal, Refused> {
        if let Some(token) = bearer(headers) {
            let sent = sha256(token.as_bytes());
            let by_token = |p: &Proof| matches!(p, Proof::Token(own) if own.ct_eq(&sent).into());
            return self.find(by_token).cloned().ok_or_else(refusals::token_inactive);
        }
        let sent = from.certificate_sha256.ok_or_else(refusals::no_credential)?;
        let by_certificate =
            |p: &Proof| matches!(p, Proof::Certificate(own) if own.ct_eq(&sent).into());
        self.find(by_certificate).cloned().ok_or_else(refusals::certificate_unknown)
    }
}

/// RFC 6750 §2.1; the scheme's name has no case (RFC 9110 §11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

fn client(place: &str, entry: &Client) -> Result<(Proof, Principal), Violations> {
    let mut faults = Violations::default();
    if entry.name.is_empty() || entry.name.contains(|c: char| c.is_control() || c == '/') {
        faults.0.push(invalid(place, "name", "a name is needed, without slash"));
    }
    let proof = faults.take(proof(place, entry));
    let roles = roles(place, entry, &mut faults);
    if roles.contains(&Role::Learner) != entry.learner.is_some() {
        let told = "role learner and the table learner belong together";
        faults.0.push(invalid(place, "learner", told));
    }
    if roles.contains(&Role::Learner) && roles.len() > 1 {
        let told = "a client of role learner has no other role: it sees its own records only";
        faults.0.push(invalid(place, "roles", told));
    }
    let learner = entry.learner.clone().map(identifier);
    let principal = Principal::campus(&entry.name, roles, learner);
    faults.or(proof.map(|proof| (proof, principal)))
}

fn proof(place: &str, entry: &Client) -> Result<Proof, Violation> {
    match (&entry.token_sha256, &entry.certificate_sha256) {
        (Some(hex), None) => read_digest(place, "token_sha256", hex).map(Proof::Token),
        (None, Some(hex)) => read_digest(place, "certificate_sha256", hex).map(Proof::Certificate),
        _ => Err(invalid(place, "token_sha256", "either this or certificate_sha256 must be set")),
    }
}

fn roles(place: &str, entry: &Client, faults: &mut Violations) -> Vec<Role> {
    let known: Vec<Role> =
        entry.roles.iter().filter_map(|name| faults.take(role(place, name))).collect();
    if entry.roles.is_empty() {
        faults.0.push(invalid(place, "roles", "at least one role is needed"));
    }
    known
}

fn role(place: &str, name: &str) -> Result<Role, Violation> {
    let known = Role::from_str_name(&format!("ROLE_{}", name.to_uppercase()));
    // A peer proves itself by its pinned key, and the public by nothing.
    let unfit = [Role::Unspecified, Role::Peer, Role::Public];
    let fits = known.filter(|role| !unfit.contains(role) && name == name.to_lowercase());
    fits.ok_or_else(|| invalid(place, "roles", &format!("{name:?} is no role of a client")))
}

fn identifier(learner: Learner) -> Identifier {
    Identifier { scheme: learner.scheme, value: learner.value }
}

/// 64 hexadecimal digits.
fn read_digest(place: &str, key: &str, text: &str) -> Result<Digest, Violation> {
    let fault = || invalid(place, key, "64 hexadecimal digits are needed (sha256sum)");
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(fault());
    }
    let mut out = [0; 32];
    for (byte, at) in out.iter_mut().zip((0..64).step_by(2)) {
        let pair = text.get(at..at + 2).ok_or_else(fault)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| fault())?;
    }
    Ok(out)
}

fn invalid(place: &str, key: &str, told: &str) -> Violation {
    Violation::new(format!("{place}.{key}"), "CONFIG_INVALID", told)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn sis() -> Client {
        Client {
            name: "sis".to_owned(),
            token_sha256: Some("0a".repeat(32)),
            roles: vec!["sis".to_owned()],
            ..Client::default()
        }
    }

    #[test]
    fn all_faults_of_all_clients_are_told_at_once() {
        let learner = Client { roles: vec!["learner".to_owned()], ..sis() };
        let peer = Client { name: "p".to_owned(), roles: vec!["peer".to_owned()], ..sis() };
        let no_proof = Client { name: "q".to_owned(), token_sha256: None, ..sis() };
        let bad_digest = Client { name: "r".to_owned(), token_sha256: Some("x".into()), ..sis() };
        let no_role = Client { name: "s".to_owned(), roles: vec![], ..sis() };
        let refused = Clients::configured(&[sis(), learner, peer, no_proof, bad_digest, no_role]);
        let places: Vec<String> =
            refused.err().unwrap().violations.into_iter().map(|v| v.field).collect();
        assert_eq!(
            places,
            [
                "campus.client[1].name",
                "campus.client[1].learner",
                "campus.client[2].roles",
                "campus.client[3].token_sha256",
                "campus.client[4].token_sha256",
                "campus.client[5].roles",
            ]
        );
    }

    #[test]
    fn a_digest_is_read_as_sha256sum_writes_it() {
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(read_digest("", "", hex).unwrap(), sha256(b"abc"));
    }
}
