//! Why personal data moves: the code list "hei-purpose" (`hei.common.v1.Purpose`).

use hei_proto::hei::common::v1::{CodedValue, Purpose};

use crate::Violation;

/// The name of the code list.
pub const SCHEME: &str = "hei-purpose";

/// The code of a purpose: "recognition".
pub fn code(purpose: Purpose) -> String {
    let name = purpose.as_str_name();
    name.trim_start_matches("PURPOSE_").to_ascii_lowercase()
}

/// The purpose as the contract carries it.
pub fn coded(purpose: Purpose) -> CodedValue {
    CodedValue { scheme: SCHEME.to_owned(), code: code(purpose) }
}

/// Reads the code of a purpose.
pub fn from_code(code: &str) -> Option<Purpose> {
    let lower = code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let name = format!("PURPOSE_{}", code.to_ascii_uppercase());
    Purpose::from_str_name(&name).filter(|p| lower && *p != Purpose::Unspecified)
}

/// Reads the purpose of a request.
///
/// # Errors
/// FIELD_MISSING without one, CODE_UNKNOWN for another scheme or code.
pub fn of(sent: Option<&CodedValue>) -> Result<Purpose, Violation> {
    let sent = sent.filter(|s| !(s.scheme.is_empty() && s.code.is_empty()));
    let sent = sent.ok_or_else(|| {
        let told = "say why: a code of scheme hei-purpose, such as \"recognition\"";
        Violation::new("purpose", "FIELD_MISSING", told)
    })?;
    if sent.scheme != SCHEME {
        let told = format!("{:?} is not the scheme {SCHEME}", sent.scheme);
        return Err(Violation::new("purpose.scheme", "CODE_UNKNOWN", told));
    }
    from_code(&sent.code).ok_or_else(|| {
        let told = format!("{:?} is no code of {SCHEME}: {}", sent.code, known().join(", "));
        Violation::new("purpose.code", "CODE_UNKNOWN", told)
    })
}

/// The codes of the list.
pub fn known() -> Vec<String> {
    (1..).map_while(|n| Purpose::try_from(n).ok()).map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_nothing_else_does() {
        assert!(known().contains(&"learner_access".to_owned()));
        for code in known() {
            assert_eq!(from_code(&code).map(super::code), Some(code));
        }
        for bad in ["", "unspecified", "RECOGNITION", "recognition "] {
            assert_eq!(from_code(bad), None, "{bad}");
        }
    }
}
