//! Semantic: a transcript and its ELM form, a European Digital Credential, by
//! the Commission's table (elmo-to-elm.csv). The institution of a transcript is
//! the body that awards its achievements, never who seals the credential.
//! Whatever a mapping drops, fills or moves is named with its JSON path.

mod concept;
mod from;
mod to;

use hei_elm::Fault;
use hei_proto::hei::common::v1::{CodedValue, Deviation, LocalizedText, Loss};
use hei_proto::hei::credentials::v1::Organisation;
use hei_values::{Violation, Violations};

pub use from::from_elm;
pub use to::to_elm;

/// The section of the configuration in which the codec's settings stand.
const SECTION: &str = "credentials";
/// ISO 3166-1 alpha-2.
const ISO_COUNTRY: &str = "iso-3166-1";
/// A URI of the EU's authority list of countries.
const EU_COUNTRY: &str = "eu-country";
/// ISO 5218.
const GENDER: &str = "iso-5218";
/// ISCED-F 2013.
const FIELD: &str = "isced-f";
/// The scheme of an identifier that is the address of a node, such as "https://…".
const URI: &str = "uri";
/// The scheme of an identifier that is only the name of an institution.
const NAME: &str = "name";
/// Credits of the European Credit Transfer System, as a transcript names them.
const ECTS: &str = "ects";
/// The credits of that system, as ELM names them.
const ECTS_FRAMEWORK: &str = "http://data.europa.eu/snb/education-credit/6fcec5c5af";
/// Schemes of identifiers that a country gives; the country stands after a colon.
const EIDAS: &str = "eidas";
const REGISTRATION: &str = "registration";
const TAX: &str = "tax";
const VAT: &str = "vat";
const NATIONAL: &str = "national";
/// Schemes of the identifiers of a grading scheme.
const LOCAL: &str = "local";
const EXTERNAL: &str = "external";

/// Who issues a credential: this node's institution.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Issuer {
    /// The institution's schac domain.
    pub domain: String,
    /// Its legal name by language; its domain stands in where there is none.
    pub legal_names: Vec<LocalizedText>,
    /// Its country, which the official shapes require.
    pub country: Option<CodedValue>,
    /// Its eIDAS identifier, which its country gave.
    pub eidas: Option<String>,
}

impl Issuer {
    /// Whether a credential of this issuer could be valid.
    ///
    /// # Errors
    /// The key of the institution's configuration that is not right.
    pub fn check(&self) -> Result<(), Violation> {
        let known = self.country.as_ref().is_none_or(|it| concept::country(it).is_some());
        if !known {
            let told =
                "not a country of ISO 3166-1 alpha-2 that the EU's table has, such as \"FI\"";
            return Err(Violation::new("institution.country", "CODE_UNKNOWN", told));
        }
        if self.eidas.is_some() && self.country.is_none() {
            let told = "an eIDAS identifier is given by a country: set the country too";
            return Err(Violation::new("institution.country", "FIELD_MISSING", told));
        }
        Ok(())
    }
}

/// A refused document as the violations of a request.
pub fn refused(why: hei_elm::Refused) -> Violations {
    match why {
        hei_elm::Refused::Trouble(trouble) => Violations(vec![of_trouble(&trouble)]),
        hei_elm::Refused::Faults(faults) => Violations(faults.into_iter().map(of_fault).collect()),
    }
}

fn of_trouble(trouble: &hei_elm::Trouble) -> Violation {
    match trouble {
        hei_elm::Trouble::TooLarge { setting, .. } => {
            let configured = *setting == hei_elm::ATTACHMENT_SETTING;
            let field = if configured { format!("{SECTION}.{setting}") } else { (*setting).into() };
            Violation::new(field, "TOO_LARGE", trouble.to_string())
        }
        _ => Violation::new("document", "DOCUMENT_INVALID", trouble.to_string()),
    }
}

/// The codec's codes are finer than the contract's reasons.
fn of_fault(fault: Fault) -> Violation {
    let reason = match fault.code {
        "CONTEXT_UNKNOWN" => "CONTEXT_UNKNOWN",
        "CONTEXT_MISSING" | "ISSUER_MISSING" | "SUBJECT_MISSING" | "CLAIM_MISSING" => {
            "FIELD_MISSING"
        }
        _ => "DOCUMENT_INVALID",
    };
    Violation::new(fault.path, reason, fault.text)
}

/// A deviation as the contract has it.
pub fn deviation(it: &hei_elm::Deviation) -> Deviation {
    Deviation { path: it.path.clone(), code: it.code.to_owned(), text: it.text.clone() }
}

/// Who issued the credential, which need not be who awards.
pub fn issuer(read: &hei_elm::Read) -> Option<Organisation> {
    read.document.issuer.as_ref().map(from::issuer)
}

/// What a mapping leaves behind, noted while it goes.
#[derive(Default)]
struct Lost(Vec<Loss>);

impl Lost {
    fn tell(&mut self, path: impl Into<String>, code: &str, text: &str) {
        self.0.push(Loss { path: path.into(), code: code.to_owned(), text: text.to_owned() });
    }

    /// The members of a node that have no place on the other side.
    fn members(&mut self, at: &str, members: &[(&str, bool)]) {
        for (name, _) in members.iter().filter(|(_, there)| *there) {
            self.tell(format!("{at}.{name}"), "NOT_TAKEN_OVER", "a transcript has no place for it");
        }
    }

    /// All but the first of several.
    fn but_first(&mut self, at: &str, name: &str, count: usize) {
        for index in 1..count {
            self.tell(format!("{at}.{name}[{index}]"), "REPEATED", "a transcript has one");
        }
    }
}

#[cfg(test)]
mod tests;
