//! hei-elmo: from bytes to the model.

mod attachment;
mod instance;
mod issuer;
mod learner;
mod outline;
mod report;
mod specification;

use std::fmt;

use hei_xml::{Element, Trouble};

use crate::limits::Limits;
use crate::model::Elmo;
use crate::notes::{Deviation, Fault, Notes};
use crate::{NAMESPACE_V1, NAMESPACE_V2, checks};

/// The family of schemas, told by the namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1.6, 1.7 and the tag 2.0.0 share `tree/v1`.
    V1,
    /// 2.1 has `tree/v2`.
    V2,
}

/// A document that was read.
#[derive(Clone, Debug)]
pub struct Read {
    pub document: Elmo,
    pub version: Version,
    pub deviations: Vec<Deviation>,
}

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no XML that the reader takes.
    Trouble(Trouble),
    /// It is well-formed; these are all its faults.
    Faults(Vec<Fault>),
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trouble(trouble) => trouble.fmt(out),
            Self::Faults(faults) => {
                let lines: Vec<String> =
                    faults.iter().map(|it| format!("{}: {}", it.path, it.text)).collect();
                out.write_str(&lines.join("; "))
            }
        }
    }
}

impl std::error::Error for Refused {}

/// Reads a document from XML, gzip or base64 of it, or an EMREX form.
///
/// # Errors
/// [`Refused`] with the reader's trouble, or with every fault at once.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Read, Refused> {
    let limits = limits.of_reader();
    let text = hei_xml::open(bytes, &limits).map_err(Refused::Trouble)?;
    let tree = hei_xml::parse(&text, &limits).map_err(Refused::Trouble)?;
    match tree.root() {
        Some(root) => decode(root),
        None => Err(Refused::Faults(Vec::new())),
    }
}

fn decode(root: Element<'_>) -> Result<Read, Refused> {
    let version = if root.namespace() == NAMESPACE_V1 { Version::V1 } else { Version::V2 };
    let mut notes = Notes::new(version, root.namespace());
    check_root(root, &mut notes);
    let mut document = Elmo::default();
    if root.name() == "elmo" {
        document = outline::read(root, &mut notes);
        checks::run(&document, &mut notes);
    }
    notes.close();
    if !notes.faults.is_empty() {
        return Err(Refused::Faults(notes.faults));
    }
    document.unread = notes.unread;
    Ok(Read { document, version, deviations: notes.deviations })
}

fn check_root(root: Element<'_>, notes: &mut Notes) {
    if root.name() != "elmo" {
        let text = format!("the root element is <{}>; <elmo> is expected", root.name());
        notes.fault(root.path(), "ROOT_UNKNOWN", text);
    }
    let namespace = root.namespace();
    if ![NAMESPACE_V1, NAMESPACE_V2].contains(&namespace) {
        let found = if namespace.is_empty() {
            "it has no namespace".to_owned()
        } else {
            // Longer than other values are shown, or namespaces of ELMO would look alike.
            format!("its namespace is {:?}", namespace.chars().take(200).collect::<String>())
        };
        let text = format!("{found}; accepted are {NAMESPACE_V1} and {NAMESPACE_V2}");
        notes.fault(root.path(), "NAMESPACE_UNKNOWN", text);
    }
}
