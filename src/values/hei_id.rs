//! How institutions are named between nodes.

use std::fmt;
use std::str::FromStr;

use crate::Violation;

/// The longest domain name (RFC 1035 §2.3.4).
const DOMAIN_BYTES_MAX: usize = 253;

/// An institution by its SCHAC home organisation: a domain name in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeiId(String);

impl HeiId {
    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a domain; upper case is folded, since domain names have no case.
    ///
    /// # Errors
    /// BAD_IDENTIFIER on `field` for anything but a domain of two labels or more.
    pub fn read(field: &str, text: &str) -> Result<Self, Violation> {
        let domain = text.to_ascii_lowercase();
        let labels: Vec<&str> = domain.split('.').collect();
        let fits = domain.len() <= DOMAIN_BYTES_MAX && labels.len() > 1;
        match fits && labels.iter().all(|l| is_label(l)) {
            true => Ok(Self(domain)),
            false => Err(Violation::new(
                field,
                "BAD_IDENTIFIER",
                format!("{text:?} is not an institution's domain, such as \"uni.example\""),
            )),
        }
    }
}

fn is_label(label: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(plain)
}

impl fmt::Display for HeiId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HeiId {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::read("institution", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_folded_and_anything_else_refused() {
        assert_eq!(HeiId::read("x", "Uni.Example").map(|h| h.0), Ok("uni.example".into()));
        for bad in
            ["", "uni", "uni..example", "-a.example", "ü.example", "a b.example", "a.example."]
        {
            assert!(HeiId::read("x", bad).is_err(), "{bad}");
        }
    }
}
