//! Identifiers that the node makes, and revisions.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::{Millis, Violation};

/// The node's own identifier of a thing: a UUIDv7, so that keys grow with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub Uuid);

impl Id {
    /// A new identifier at an instant (RFC 9562 §5.7); ten random bytes are the caller's.
    pub fn new(now: Millis, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.0).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// An identifier that is the same whenever it is made of the same digest (RFC 9562
    /// §5.8: a UUID of our own making).
    pub fn of_digest(digest: &[u8; 32]) -> Self {
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The instant inside a UUIDv7; `None` for any other UUID.
    pub fn made_at(self) -> Option<Millis> {
        if self.0.get_version_num() != 7 {
            return None;
        }
        let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
        let millis = i64::try_from(seconds).ok()?.checked_mul(1000)?;
        Some(Millis(millis + i64::from(nanos / 1_000_000)))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A text that is no identifier of the node's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;

    /// Reads the one spelling that `Display` writes, so that a thing has one name.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let id = Uuid::try_parse(text).map_err(|_| NotAnId)?;
        match id.hyphenated().to_string() == text {
            true => Ok(Self(id)),
            false => Err(NotAnId),
        }
    }
}

/// A revision as callers see it: `"{id}.{revision}"` in quotes (AIP-154).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Etag(String);

impl Etag {
    /// The tag of a thing at a revision.
    pub fn of(id: impl fmt::Display, revision: i64) -> Self {
        Self(format!("\"{id}.{revision}\""))
    }

    /// The text on the wire.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether what a caller sent names this revision; empty names every one.
    ///
    /// # Errors
    /// A violation if it is no tag at all.
    pub fn allows(&self, sent: &str) -> Result<bool, Violation> {
        if sent.is_empty() {
            return Ok(true);
        }
        let quoted = sent.len() > 2 && sent.starts_with('"') && sent.ends_with('"');
        match quoted {
            true => Ok(sent == self.0),
            false => Err(Violation::new(
                "etag",
                "BAD_IDENTIFIER",
                "an etag is the quoted text of the resource's field etag",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_id_tells_when_it_was_made_and_reads_only_its_own_spelling() {
        let id = Id::new(Millis(1_774_745_999_123), [7; 10]);
        assert_eq!(id.made_at(), Some(Millis(1_774_745_999_123)));
        assert_eq!(id.to_string().parse::<Id>().unwrap(), id);
        assert!(id.to_string().to_uppercase().parse::<Id>().is_err());
        assert!(id.0.simple().to_string().parse::<Id>().is_err());
    }
}
