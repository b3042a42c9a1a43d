//! Semantic: a transcript and its ELMO form. One report is one transcript of
//! one issuer; the issuer is the awarding body (elmo-to-elm.csv, `Report,issuer`).
//! Whatever a mapping drops is named with its path.

mod from;
mod localized;
mod to;

use hei_elmo::Fault;
use hei_proto::hei::common::v1::{Deviation, Loss};
use hei_values::{Violation, Violations};

pub use from::from_elmo;
pub use to::to_elmo;

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
/// What text without a language tag is (BCP 47).
const UNDETERMINED: &str = "und";

/// A refused document as the violations of a request.
pub fn refused(why: hei_elmo::Refused) -> Violations {
    match why {
        hei_elmo::Refused::Trouble(trouble) => Violations(vec![of_trouble(&trouble)]),
        hei_elmo::Refused::Faults(faults) => Violations(faults.into_iter().map(of_fault).collect()),
    }
}

fn of_trouble(trouble: &hei_elmo::Trouble) -> Violation {
    match trouble {
        hei_elmo::Trouble::TooLarge { setting, .. } => {
            let configured = *setting == hei_elmo::ATTACHMENT_SETTING;
            let field = if configured { format!("{SECTION}.{setting}") } else { (*setting).into() };
            Violation::new(field, "TOO_LARGE", trouble.to_string())
        }
        _ => Violation::new("document", "DOCUMENT_INVALID", trouble.to_string()),
    }
}

/// The codec's codes are finer than the contract's reasons.
fn of_fault(fault: Fault) -> Violation {
    let reason = match fault.code {
        "NAMESPACE_UNKNOWN" => "NAMESPACE_UNKNOWN",
        "INSTITUTION_ID_MISSING"
        | "DATE_OF_ISSUE_MISSING"
        | "LEARNER_MISSING"
        | "REPORT_MISSING" => "FIELD_MISSING",
        _ => "DOCUMENT_INVALID",
    };
    Violation::new(fault.path, reason, fault.text)
}

/// A deviation as the contract has it.
pub fn deviation(it: &hei_elmo::Deviation) -> Deviation {
    Deviation { path: it.path.clone(), code: it.code.to_owned(), text: it.text.clone() }
}

fn loss(path: String, code: &str, text: &str) -> Loss {
    Loss { path, code: code.to_owned(), text: text.to_owned() }
}

fn of_unread(it: &hei_elmo::Unread) -> Loss {
    loss(it.path.clone(), it.code, &it.text)
}

#[cfg(test)]
mod tests;
