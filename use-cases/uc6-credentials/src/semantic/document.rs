//! Semantic: a document of the field, recognised by content, as transcripts. What a
//! record says is the same in whichever form it came.

mod standard;

use hei_proto::hei::common::v1::{Deviation, Loss};
use hei_proto::hei::credentials::v1::{Organisation, Transcript};
use hei_values::{Mapped, Valid, Violation, Violations};

use super::{elm, elmo, record, transcript};
pub use standard::{Standard, Wrapping};

/// What a document may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of attachments.
    pub attachment_bytes_max: u64,
}

/// A document that was read and found good.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is.
    pub standard: Standard,
    /// How it is wrapped.
    pub wrapping: Wrapping,
    /// Who issued it as a credential, where that is not the same as who awards.
    pub issuer: Option<Organisation>,
    /// One a report (ELMO) or awarding body (ELM), in the document's order.
    pub transcripts: Vec<Valid<Transcript>>,
    /// Harmless things outside the schema.
    pub deviations: Vec<Deviation>,
    /// What the contract's message does not carry.
    pub losses: Vec<Loss>,
}

impl Document {
    /// Whether it came in a seal, which nobody checked.
    pub fn is_sealed(&self) -> bool {
        self.wrapping == Wrapping::Seal
    }
}

/// A document in the contract's terms, before it is known whether it is whole.
struct Read {
    standard: Standard,
    wrapping: Wrapping,
    issuer: Option<Organisation>,
    mapped: Mapped<Vec<Transcript>>,
    deviations: Vec<Deviation>,
}

/// Reads a document: parsed once, here.
///
/// # Errors
/// A violation per fault, all at once; TOO_LARGE as a violation of the setting.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Document, Violations> {
    let read = if is_json(bytes) { credential(bytes, limits) } else { emrex(bytes, limits) }?;
    let Mapped { value, lost } = read.mapped;
    let mut faults = Violations::default();
    let mut transcripts = Vec::with_capacity(value.len());
    for one in value {
        match transcript::check(one) {
            Ok(valid) => transcripts.push(valid),
            Err(more) => faults.0.extend(more.0),
        }
    }
    if faults.0.is_empty() {
        twice(&transcripts, read.standard, &mut faults);
    }
    if !faults.0.is_empty() {
        return Err(faults);
    }
    Ok(Document {
        standard: read.standard,
        wrapping: read.wrapping,
        issuer: read.issuer,
        transcripts,
        deviations: read.deviations,
        losses: lost,
    })
}

/// RFC 8259 §2: an object or array, after white space; §8.1: a byte order mark may be
/// passed over. Nothing that EMREX sends begins so.
fn is_json(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let first = text.iter().find(|it| !matches!(it, b' ' | b'\t' | b'\n' | b'\r'));
    matches!(first, Some(b'{' | b'['))
}

/// What the bytes look like, for people, before anything is parsed.
pub fn looks_like(bytes: &[u8]) -> &'static str {
    match (is_json(bytes), hei_elmo::wrapping(bytes)) {
        (true, _) => "JSON",
        (false, None) => "nothing that is known here",
        (false, wrapping) => Wrapping::from(wrapping).name(),
    }
}

fn emrex(bytes: &[u8], limits: &Limits) -> Result<Read, Violations> {
    let limits = hei_elmo::Limits { attachment_bytes_max: limits.attachment_bytes_max };
    let read = hei_elmo::read(bytes, &limits).map_err(elmo::refused)?;
    Ok(Read {
        standard: read.version.into(),
        wrapping: hei_elmo::wrapping(bytes).into(),
        issuer: None,
        mapped: elmo::from_elmo(&read.document),
        deviations: read.deviations.iter().map(elmo::deviation).collect(),
    })
}

fn credential(bytes: &[u8], limits: &Limits) -> Result<Read, Violations> {
    let limits = hei_elm::Limits { attachment_bytes_max: limits.attachment_bytes_max };
    let read = hei_elm::read(bytes, &limits).map_err(elm::refused)?;
    Ok(Read {
        standard: read.context.into(),
        wrapping: read.form.into(),
        issuer: elm::issuer(&read),
        mapped: elm::from_elm(&read)?,
        deviations: read.deviations.iter().map(elm::deviation).collect(),
    })
}

/// Two transcripts that are the same record would overwrite each other.
fn twice(transcripts: &[Valid<Transcript>], standard: Standard, faults: &mut Violations) {
    let identities: Vec<String> = transcripts.iter().map(|t| record::identity(t)).collect();
    for (index, identity) in identities.iter().enumerate() {
        if identities.iter().take(index).any(|earlier| earlier == identity) {
            let told = "is the same record as one before it in the document";
            faults.0.push(Violation::new(standard.place_of(index), "DOCUMENT_INVALID", told));
        }
    }
}
