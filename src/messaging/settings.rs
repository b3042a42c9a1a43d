//! The sections `[messaging]` and `[[purpose]]` of the configuration.

use hei_evidence::disclosures::Basis;
use hei_values::{Code, Purpose, Refused, purpose};
use serde::Deserialize;

/// The section `[messaging]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Seconds that one attempt to deliver may take.
    pub attempt_seconds: u64,
    /// Days of failed attempts after which a message is a dead letter.
    pub give_up_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { attempt_seconds: 30, give_up_days: 14 }
    }
}

/// The purposes that have a legal basis. A purpose without a row moves nothing.
/// The rights of the persons concerned are served by law: that one needs no row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<Row>")]
pub struct Purposes(Vec<Basis>);

impl Default for Purposes {
    fn default() -> Self {
        Self(vec![rights()])
    }
}

fn rights() -> Basis {
    Basis {
        purpose: Purpose::DataSubjectRights,
        legal_basis: "GDPR Art. 19".to_owned(),
        data_categories: vec!["records' names".to_owned()],
    }
}

/// One `[[purpose]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    legal_basis: String,
    data_categories: Vec<String>,
}

impl TryFrom<Vec<Row>> for Purposes {
    type Error = String;

    fn try_from(rows: Vec<Row>) -> Result<Self, String> {
        let mut found: Vec<Basis> = Vec::new();
        for row in rows {
            let basis = basis(row)?;
            if found.iter().any(|other| other.purpose == basis.purpose) {
                return Err(format!("purpose {:?} stands twice", purpose::code(basis.purpose)));
            }
            found.push(basis);
        }
        if found.iter().all(|basis| basis.purpose != Purpose::DataSubjectRights) {
            found.push(rights());
        }
        Ok(Self(found))
    }
}

fn basis(row: Row) -> Result<Basis, String> {
    let known = || format!("purpose {:?} is none of: {}", row.code, purpose::known().join(", "));
    let purpose = purpose::from_code(&row.code).ok_or_else(known)?;
    let empty = |c: &String| c.trim().is_empty() || c.contains('\n');
    if row.legal_basis.trim().is_empty() {
        return Err(format!("purpose {:?} has no legal_basis", row.code));
    }
    if row.data_categories.is_empty() || row.data_categories.iter().any(empty) {
        return Err(format!("purpose {:?}: data_categories is a list of names", row.code));
    }
    Ok(Basis { purpose, legal_basis: row.legal_basis, data_categories: row.data_categories })
}

impl Purposes {
    /// What allows personal data to move for a purpose.
    ///
    /// # Errors
    /// PERMISSION_DENIED/PURPOSE_NOT_AGREED without a row.
    pub fn of(&self, purpose: Purpose) -> Result<&Basis, Refused> {
        self.0.iter().find(|row| row.purpose == purpose).ok_or_else(|| {
            let code = purpose::code(purpose);
            let told = format!(
                "this institution has configured no legal basis for purpose {code:?}: \
                 an operator adds a [[purpose]] for it"
            );
            Refused::new(Code::PermissionDenied, "PURPOSE_NOT_AGREED", told).with("purpose", code)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(json: &str) -> Result<Purposes, String> {
        serde_json::from_str(json).map_err(|e: serde_json::Error| e.to_string())
    }

    #[test]
    fn a_purpose_without_a_row_moves_nothing() {
        let row = r#"[{"code":"recognition","legal_basis":"law","data_categories":["grades"]}]"#;
        let purposes = read(row).unwrap();
        assert_eq!(purposes.of(Purpose::Recognition).unwrap().legal_basis, "law");
        assert_eq!(purposes.of(Purpose::Admission).unwrap_err().reason, "PURPOSE_NOT_AGREED");
    }

    #[test]
    fn a_row_that_allows_nothing_or_twice_is_refused() {
        for bad in [
            r#"[{"code":"fun","legal_basis":"law","data_categories":["grades"]}]"#,
            r#"[{"code":"recognition","legal_basis":" ","data_categories":["grades"]}]"#,
            r#"[{"code":"recognition","legal_basis":"law","data_categories":[]}]"#,
            r#"[{"code":"recognition","legal_basis":"law","data_categories":["a"]},
                {"code":"recognition","legal_basis":"law","data_categories":["a"]}]"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
