//! By what two documents are known to be about the same person.

use hei_proto::hei::common::v1::Identifier;

/// The scheme of the European Student Identifier, the one that means the same everywhere.
const ESI: &str = "esi";
/// A national number is unique within a country that documents do not name, so two
/// learners of one university may have the same: it joins nobody.
const NATIONAL: &str = "nationalidentifier";

/// What systems of the field write where they have nothing to write.
const PLACEHOLDERS: [&str; 12] =
    ["-", "--", "0", "n/a", "na", "nil", "none", "null", "tbd", "undefined", "unknown", "x"];

/// Whether a value stands for one that is missing: it names nothing and nobody.
pub fn is_placeholder(value: &str) -> bool {
    let value = value.trim().to_lowercase();
    let said = value.is_empty() || PLACEHOLDERS.contains(&value.as_str());
    // What is still to be filled in, and a URN whose last part never was.
    said || value.starts_with("todo") || (value.starts_with("urn:") && value.ends_with(':'))
}

/// An identifier of a person, and within what it is unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectIdentifier {
    /// "esi", "local" … in lower case.
    pub scheme: String,
    /// Within what it is unique: the issuer of a local identifier; empty for a scheme
    /// that is unique everywhere.
    pub scope: String,
    /// The identifier, byte for byte.
    pub value: String,
}

impl SubjectIdentifier {
    /// An identifier as the institution `issuer` means it; `None` for one that joins
    /// nobody.
    pub fn of(identifier: &Identifier, issuer: &str) -> Option<Self> {
        let scheme = folded_scheme(&identifier.scheme);
        if is_placeholder(&identifier.value) || scheme == NATIONAL {
            return None;
        }
        let scope = if scheme == ESI { String::new() } else { issuer.to_owned() };
        Some(Self { scheme, scope, value: identifier.value.clone() })
    }

    /// Whether it means the same at every institution.
    pub fn is_unique_everywhere(&self) -> bool {
        self.scheme == ESI
    }
}

/// Schemes are written in many cases in the field.
pub fn folded_scheme(scheme: &str) -> String {
    scheme.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_number_joins_within_its_issuer_an_esi_everywhere_a_national_number_nobody() {
        let of = |scheme: &str| {
            let identifier = Identifier { scheme: scheme.into(), value: "7".into() };
            SubjectIdentifier::of(&identifier, "a.example").map(|j| (j.scheme, j.scope))
        };
        assert_eq!(of("ESI"), Some(("esi".into(), String::new())));
        assert_eq!(of("local"), Some(("local".into(), "a.example".into())));
        assert_eq!(of("nationalIdentifier"), None);
    }

    #[test]
    fn a_placeholder_joins_nobody() {
        let esi = "urn:schac:personalUniqueCode:int:esi:";
        for value in ["", " ", "-", "N/A", "TBD", "TODO", "todo : later", "unknown", "0", esi] {
            let identifier = Identifier { scheme: "esi".into(), value: value.into() };
            assert_eq!(SubjectIdentifier::of(&identifier, "a.example"), None, "{value:?}");
        }
    }
}
