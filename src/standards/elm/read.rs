//! hei-elm: from bytes to the model.

use std::fmt;

use hei_elmo::{Deviation, Fault, Unread};

use crate::at::At;
use crate::checks;
use crate::class::Node as _;
use crate::container::{self, Form, Found};
use crate::context::{self, CONTEXT_UNKNOWN, ContextCopy};
use crate::limits::Limits;
use crate::model::Credential;
use crate::notes::Notes;
use crate::parse::parse;
use crate::payload::{self, Seal};
use crate::survey::{KEYWORD_REPEATED, Survey};
use crate::tree::Tree;
use crate::trouble::Trouble;

/// A document that was read.
#[derive(Clone, Debug)]
pub struct Read {
    pub document: Credential,
    pub form: Form,
    pub context: ContextCopy,
    pub seal: Seal,
    pub deviations: Vec<Deviation>,
    /// What is in the document and not in the model.
    pub unread: Vec<Unread>,
}

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no JSON that the reader takes.
    Trouble(Trouble),
    /// It is JSON; these are all its faults.
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

/// Reads a credential: bare, wrapped, in a graph, in a presentation, sealed.
///
/// # Errors
/// [`Refused`] with the reader's trouble, or with every fault at once.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Read, Refused> {
    open(bytes, limits).map_err(Refused::Trouble)?
}

fn open(bytes: &[u8], limits: &Limits) -> Result<Result<Read, Refused>, Trouble> {
    limits.check_whole(bytes.len())?;
    let text = text(bytes)?;
    let tree = parse(text)?;
    let mut notes = Notes::new(ContextCopy::V3_2);
    match payload::open(&tree, &mut notes)? {
        None => decode(text, &tree, Seal::None, limits, notes),
        Some((payload, seal)) => {
            // Of a container only the names are looked at: a second payload would be another document.
            Survey::default().walk(&tree, &At::Root("$"), &mut notes);
            drop(tree);
            let tree = parse(&payload)?;
            let sealed = |read: Read| Read { form: Form::Sealed, ..read };
            Ok(decode(&payload, &tree, seal, limits, notes)?.map(sealed))
        }
    }
}

/// RFC 8259 §8.1: UTF-8, and a byte order mark may be passed over.
fn text(bytes: &[u8]) -> Result<&str, Trouble> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Trouble::NotJson { what: format!("it is not UTF-8 ({error})") })?;
    if text.trim_start().starts_with('<') {
        return Err(Trouble::NotJson { what: "it begins as XML does".to_owned() });
    }
    Ok(text)
}

fn decode(
    text: &str,
    tree: &Tree<'_>,
    seal: Seal,
    limits: &Limits,
    mut notes: Notes,
) -> Result<Result<Read, Refused>, Trouble> {
    let mut survey = Survey::default();
    survey.walk(tree, &At::Root("$"), &mut notes);
    limits.check_parts(text.len(), survey.attachments)?;
    notes.copy = survey.copy();
    let found = container::find(tree, &mut notes);
    let read = found.and_then(|found| credential(&found, &mut notes).map(|it| (it, found.form)));
    // Under a context that nobody knows, `type` need not be what `@type` is.
    if notes.faults.iter().any(|it| it.code == CONTEXT_UNKNOWN) {
        notes.faults.retain(|it| it.code != KEYWORD_REPEATED);
    }
    notes.close();
    Ok(match read {
        Some((document, form)) if notes.faults.is_empty() => Ok(Read {
            document,
            form,
            context: notes.copy,
            seal,
            deviations: notes.deviations,
            unread: notes.unread,
        }),
        _ => Err(Refused::Faults(notes.faults)),
    })
}

fn credential(found: &Found<'_, '_>, notes: &mut Notes) -> Option<Credential> {
    context::check(found.context, &At::Root(&found.context_path), notes);
    let at = At::Root(&found.path);
    checks::run(found.credential, &at, notes);
    // With these two types missing its members have no meaning: nothing more to say of them.
    if notes.faults.iter().any(|it| it.code == checks::TYPE_MISSING) {
        return None;
    }
    Credential::read_node(found.credential, &at, notes)
}
