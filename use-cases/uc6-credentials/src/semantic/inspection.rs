//! Semantic: what a document is and says, and what each form of the field would lose of
//! it: all that can be said without a node.

use hei_proto::hei::common::v1::Loss;
use hei_proto::hei::credentials::v1::Transcript;
use hei_values::{Valid, Violation};

use super::document::{self, Document, Limits};
use super::elm::Issuer;
use super::{elm, elmo};

/// What can be said of a document.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// What the first bytes look like.
    pub looks_like: &'static str,
    /// The document, if it has no fault.
    pub document: Option<Document>,
    /// All its faults.
    pub faults: Vec<Violation>,
    /// What each form does not carry, by transcript.
    pub forms: Vec<Forms>,
}

/// What the forms do not carry of one transcript.
#[derive(Debug, Clone)]
pub struct Forms {
    /// ELMO 2.1.
    pub elmo: Vec<Loss>,
    /// ELM 3.2.
    pub elm: Vec<Loss>,
}

/// Inspects a document as an import would read it. `issuer` is who would issue it as a
/// credential.
pub fn inspect(bytes: &[u8], limits: &Limits, issuer: &Issuer) -> Inspection {
    let looks_like = document::looks_like(bytes);
    match document::read(bytes, limits) {
        Ok(document) => {
            let forms = document.transcripts.iter().map(|it| forms(it, issuer)).collect();
            Inspection { looks_like, document: Some(document), faults: Vec::new(), forms }
        }
        Err(faults) => {
            Inspection { looks_like, document: None, faults: faults.0, forms: Vec::new() }
        }
    }
}

fn forms(transcript: &Valid<Transcript>, issuer: &Issuer) -> Forms {
    // The credential's own number is nothing of the record: any does.
    let elm = elm::to_elm(transcript, issuer, "urn:credential:inspected").lost;
    Forms { elmo: elmo::to_elmo(transcript).lost, elm }
}
