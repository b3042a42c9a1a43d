//! A partner's descriptor after its checks: the keys that count, and when.

use hei_evidence::keys::{self, DESCRIPTOR_DOMAIN, spki_thumbprint, thumbprint};
use hei_proto::hei::messaging::v1::{Key, KeyUse, NodeDescriptor, SignedDescriptor};
use hei_values::{Code, HeiId, Millis, Refused, Violation, Violations};
use prost::Message as _;
use prost_types::Timestamp;

use crate::limits::SKEW_MS_MAX;

/// A descriptor that was checked when it was pinned.
#[derive(Debug, Clone, PartialEq)]
pub struct Pinned {
    /// Whose it is.
    pub institution: HeiId,
    /// The version.
    pub version: u64,
    /// After this nothing in it counts.
    pub expires: Millis,
    /// The bytes with their signature.
    pub signed: SignedDescriptor,
    /// What the bytes say.
    pub descriptor: NodeDescriptor,
}

/// Checks a descriptor that the operator vouches for by the key's fingerprint.
///
/// # Errors
/// FAILED_PRECONDITION/HASH_MISMATCH for another key; UNAUTHENTICATED/SIGNATURE_INVALID;
/// INVALID_ARGUMENT with what is missing; FAILED_PRECONDITION/DESCRIPTOR_EXPIRED.
pub fn first(signed: &SignedDescriptor, fingerprint: &str, now: Millis) -> Result<Pinned, Refused> {
    let fingerprint = fingerprint.trim();
    if signed.key_id != fingerprint {
        let told = format!(
            "the node there has the fingerprint {:?}, not {fingerprint:?}: ask its operator again, \
             by another way than the one that gave you the address",
            signed.key_id
        );
        return Err(Refused::new(Code::FailedPrecondition, "HASH_MISMATCH", told)
            .with("fingerprint", &signed.key_id));
    }
    let descriptor = decode(signed)?;
    let named = descriptor.keys.iter().find(|key| key.key_id == fingerprint);
    let key = named.filter(|key| is_current(key, KeyUse::Descriptor, now));
    let key = key.ok_or_else(|| invalid("it does not name its own signing key as current"))?;
    check(signed, descriptor.clone(), &key.public_key, now)
}

/// Checks the descriptor that shall follow a pinned one: signed by a key that the
/// pinned one names, of the same institution, and newer. The pinned one itself comes
/// back as it is.
///
/// # Errors
/// FAILED_PRECONDITION/REPLAYED for an older one; HASH_MISMATCH for another one of
/// the same version or institution; else as `first`.
pub fn next(pinned: &Pinned, signed: &SignedDescriptor, now: Millis) -> Result<Pinned, Refused> {
    if signed.descriptor == pinned.signed.descriptor {
        return Ok(pinned.clone());
    }
    let key = pinned
        .key(KeyUse::Descriptor, &signed.key_id, now)
        .ok_or_else(|| invalid(&format!("{} is no key of the pinned descriptor", signed.key_id)))?;
    let newer = check(signed, decode(signed)?, key, now)?;
    if newer.institution != pinned.institution || newer.version == pinned.version {
        let told = format!(
            "this is another descriptor than version {} of {}, which is pinned",
            pinned.version, pinned.institution
        );
        return Err(Refused::new(Code::FailedPrecondition, "HASH_MISMATCH", told));
    }
    if newer.version < pinned.version {
        let told = format!(
            "version {} of the descriptor is older than {}, which is pinned",
            newer.version, pinned.version
        );
        return Err(Refused::new(Code::FailedPrecondition, "REPLAYED", told));
    }
    Ok(newer)
}

impl Pinned {
    /// What was pinned before, read back from where it is kept.
    ///
    /// # Errors
    /// INTERNAL if it cannot be read.
    pub(crate) fn kept(signed: SignedDescriptor) -> Result<Self, Refused> {
        let descriptor = decode(&signed).map_err(|e| Refused::internal(e.message))?;
        Self::of(signed, descriptor).map_err(|e| Refused::internal(Refused::from(e).message))
    }

    fn of(signed: SignedDescriptor, descriptor: NodeDescriptor) -> Result<Self, Violations> {
        let mut faults = Violations::default();
        let institution =
            faults.take(HeiId::read("descriptor.institution", &descriptor.institution));
        let expires = descriptor.expire_time.as_ref().and_then(Millis::from_timestamp);
        let expires =
            faults.take(expires.ok_or_else(|| Violation::missing("descriptor.expire_time")));
        let version = descriptor.version;
        let (institution, expires) = faults.or(institution.zip(expires))?;
        Ok(Self { institution, version, expires, signed, descriptor })
    }

    /// A key's bytes, if it has that use and counts at that instant. Nothing in an
    /// expired descriptor counts.
    pub fn key(&self, use_: KeyUse, key_id: &str, at: Millis) -> Option<&[u8]> {
        self.keys(use_, at).find(|key| key.key_id == key_id).map(|key| key.public_key.as_ref())
    }

    /// The TLS keys that count at that instant, each as SubjectPublicKeyInfo (DER).
    pub fn tls_keys(&self, at: Millis) -> impl Iterator<Item = &[u8]> {
        self.keys(KeyUse::Tls, at).map(|key| key.public_key.as_ref())
    }

    /// A limit by its name.
    pub fn limit(&self, name: &str) -> Option<u64> {
        self.descriptor.limits.iter().find(|limit| limit.name == name).map(|limit| limit.value)
    }

    /// Whether the node takes messages of this kind in this version.
    pub fn takes(&self, kind: &str, version: u32) -> bool {
        self.kind_versions(kind).any(|taken| taken == version)
    }

    /// Whether it takes them in any version.
    pub(crate) fn takes_some(&self, kind: &str) -> bool {
        self.kind_versions(kind).next().is_some()
    }

    fn kind_versions(&self, kind: &str) -> impl Iterator<Item = u32> {
        let listed = self.descriptor.kinds.iter().filter_map(|listed| listed.rsplit_once('/'));
        listed.filter(move |(name, _)| *name == kind).filter_map(|(_, v)| v.parse().ok())
    }

    /// What operators compare.
    pub fn fingerprint(&self) -> &str {
        &self.signed.key_id
    }

    fn keys(&self, use_: KeyUse, at: Millis) -> impl Iterator<Item = &Key> {
        let alive = at <= self.expires.plus(SKEW_MS_MAX);
        self.descriptor.keys.iter().filter(move |key| alive && is_current(key, use_, at))
    }
}

fn decode(signed: &SignedDescriptor) -> Result<NodeDescriptor, Refused> {
    NodeDescriptor::decode(signed.descriptor.clone()).map_err(|e| {
        let told = format!("the bytes are no descriptor: {e}");
        Refused::new(Code::InvalidArgument, "MALFORMED", told)
    })
}

fn check(
    signed: &SignedDescriptor,
    descriptor: NodeDescriptor,
    key: &[u8],
    now: Millis,
) -> Result<Pinned, Refused> {
    if !keys::verify(key, DESCRIPTOR_DOMAIN, &signed.descriptor, &signed.signature) {
        return Err(invalid("the signature does not fit the descriptor"));
    }
    let faults = faults(&descriptor, now);
    if !faults.0.is_empty() {
        return Err(faults.into());
    }
    let pinned = Pinned::of(signed.clone(), descriptor)?;
    if now > pinned.expires.plus(SKEW_MS_MAX) {
        let told = format!(
            "the descriptor expired at {}: the partner's operator starts the node again, which \
             makes a new one",
            pinned.expires.to_rfc3339()
        );
        return Err(Refused::new(Code::FailedPrecondition, "DESCRIPTOR_EXPIRED", told));
    }
    Ok(pinned)
}

/// What a descriptor lacks to be of any use.
fn faults(descriptor: &NodeDescriptor, now: Millis) -> Violations {
    let mut faults = Violations::default();
    for (n, key) in descriptor.keys.iter().enumerate() {
        if !is_well_formed(key) {
            let told = "a key is named by the thumbprint of its own bytes (RFC 7638)";
            faults.0.push(Violation::new(format!("keys[{n}]"), "BAD_IDENTIFIER", told));
        }
    }
    for use_ in [KeyUse::Descriptor, KeyUse::Tls, KeyUse::Message, KeyUse::Receipt] {
        if !descriptor.keys.iter().any(|key| is_current(key, use_, now)) {
            let told = format!("has no current key of use {}", use_.as_str_name());
            faults.0.push(Violation::new("keys", "FIELD_MISSING", told));
        }
    }
    if !is_host_and_port(&descriptor.peer_address) {
        let told = format!("{:?} is not of the form host:port", descriptor.peer_address);
        faults.0.push(Violation::new("peer_address", "BAD_IDENTIFIER", told));
    }
    faults
}

/// A key of a use that this version does not know is no fault: newer nodes have more uses.
fn is_well_formed(key: &Key) -> bool {
    let name = match key.r#use() {
        KeyUse::Unspecified => return true,
        KeyUse::Tls => spki_thumbprint(&key.public_key),
        _ => Some(key.public_key.as_ref()).filter(|raw| raw.len() == 32).map(thumbprint),
    };
    name.is_some_and(|name| name == key.key_id)
}

fn is_current(key: &Key, use_: KeyUse, at: Millis) -> bool {
    let of = |stamp: &Option<Timestamp>| stamp.as_ref().and_then(Millis::from_timestamp);
    let begun = of(&key.not_before_time).is_none_or(|from| from <= at.plus(SKEW_MS_MAX));
    let over = of(&key.not_after_time).is_some_and(|to| to.plus(SKEW_MS_MAX) < at);
    // A revoked key counts no more, not even for what it says it signed before.
    key.r#use() == use_ && begun && !over && key.revoke_time.is_none()
}

fn is_host_and_port(address: &str) -> bool {
    let parts = address.rsplit_once(':');
    parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|p| p > 0))
}

fn invalid(told: &str) -> Refused {
    Refused::new(Code::Unauthenticated, "SIGNATURE_INVALID", told)
}
