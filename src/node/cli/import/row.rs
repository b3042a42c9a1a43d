//! One row of an import: what became of one document, for the report, programs and people.

use hei_proto::hei::credentials::v1::{self as credentials, ImportRow, ImportTranscriptResponse};
use hei_values::{Code, Refused, Violation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::ops::known;
use super::super::said::{deviations_json, losses_json, refusal_json, shown};

/// The SHA-256 of a document.
pub type Digest = [u8; 32];

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Created,
    Revised,
    Unchanged,
    /// For a reason that the document itself, or its file, gives.
    Refused,
    /// For a reason that may be gone the next time.
    Failed,
}

/// A document and what the node answered.
pub struct Row {
    /// The file, or "archive!entry".
    pub source: String,
    /// Absent where the document could not be read.
    pub digest: Option<Digest>,
    /// The answer.
    pub answer: Result<ImportTranscriptResponse, Refused>,
    /// Where the node keeps the row, for an entry of an archive.
    pub kept: Option<Kept>,
}

/// A row that the node keeps: it says less of the document.
pub struct Kept {
    /// "operations/{id}".
    pub operation: String,
    /// The place in the archive.
    pub entry: i64,
    /// How many deviations.
    pub deviation_count: u32,
    /// How many losses.
    pub loss_count: u32,
}

impl Row {
    /// Of several transcripts in a document the one that changed most speaks.
    pub fn outcome(&self) -> Outcome {
        let answer = match &self.answer {
            Ok(answer) => answer,
            Err(refused) if is_transient(refused) => return Outcome::Failed,
            Err(_) => return Outcome::Refused,
        };
        let has = |outcome| answer.transcripts.iter().any(|t| t.outcome() == outcome);
        match () {
            () if has(credentials::Outcome::Created) => Outcome::Created,
            () if has(credentials::Outcome::Revised) => Outcome::Revised,
            () => Outcome::Unchanged,
        }
    }

    /// What the node keeps of an entry of an archive.
    pub fn of_entry(source: String, operation: &str, row: ImportRow) -> Self {
        let ImportRow { entry, deviation_count, loss_count, .. } = row;
        let operation = operation.to_owned();
        let kept = Some(Kept { operation, entry, deviation_count, loss_count });
        let answer = match row.reason.as_str() {
            "" => Ok(ImportTranscriptResponse {
                transcripts: row.transcripts,
                standard: row.standard,
                ..ImportTranscriptResponse::default()
            }),
            reason => Err(refusal(known(reason), row.message, row.fields)),
        };
        Self { source, digest: None, answer, kept }
    }

    /// One line of the report, and of `--json`.
    pub fn value(&self) -> Value {
        let mut value = match &self.answer {
            Ok(answer) => answer_value(answer),
            Err(refused) => refusal_json(refused),
        };
        if let Some(members) = value.as_object_mut() {
            members.insert("source".to_owned(), json!(self.source));
            members.insert("sha256".to_owned(), json!(self.digest.map(|d| hex(&d))));
            members.insert("outcome".to_owned(), json!(self.outcome()));
            if let Some(kept) = &self.kept {
                members.insert("operation".to_owned(), json!(kept.operation));
                members.insert("entry".to_owned(), json!(kept.entry));
                members.remove("deviations");
                members.remove("losses");
                members.insert("deviationCount".to_owned(), json!(kept.deviation_count));
                members.insert("lossCount".to_owned(), json!(kept.loss_count));
            }
        }
        value
    }

    /// Why it is not in, or nothing.
    pub fn refusal_text(&self) -> Option<String> {
        let refused = self.answer.as_ref().err()?;
        let told = format!("{}: {} ({})", self.source, refused.message, refused.reason);
        Some(shown(&told))
    }

    /// The lines that people read.
    pub fn text(&self) -> String {
        let Ok(answer) = &self.answer else { return self.refusal_text().unwrap_or_default() };
        let mut told: Vec<_> =
            answer.transcripts.iter().map(|t| shown(&self.transcript_text(answer, t))).collect();
        let unusual = answer.deviations.iter().map(|d| format!("unusual: {} {}", d.path, d.text));
        let lost = answer.losses.iter().map(|l| format!("not carried: {} {}", l.path, l.text));
        told.extend(unusual.chain(lost).map(|line| format!("  {}", shown(&line))));
        told.join("\n")
    }

    fn transcript_text(
        &self,
        answer: &ImportTranscriptResponse,
        one: &credentials::ImportedTranscript,
    ) -> String {
        let mut told = format!("{}: {} {}", self.source, outcome(one), one.name);
        told.push_str(&format!(", {} achievements", one.achievement_count));
        if one.activity_count > 0 {
            told.push_str(&format!(", {} activities", one.activity_count));
        }
        if !answer.standard.is_empty() {
            told.push_str(&format!(" ({})", answer.standard));
        }
        told
    }
}

fn refusal(reason: &'static str, message: String, fields: Vec<String>) -> Refused {
    let code = match (reason, fields.is_empty()) {
        ("INTERNAL", _) => Code::Internal,
        (_, true) => Code::FailedPrecondition,
        (_, false) => Code::InvalidArgument,
    };
    let told = "is not as it must be";
    let violations = fields.into_iter().map(|field| Violation::new(field, reason, told)).collect();
    Refused { violations, ..Refused::new(code, reason, message) }
}

/// Whether the next run may find it otherwise.
fn is_transient(refused: &Refused) -> bool {
    matches!(
        refused.code,
        Code::Unavailable | Code::DeadlineExceeded | Code::Internal | Code::Aborted
    )
}

fn outcome(one: &credentials::ImportedTranscript) -> &'static str {
    match one.outcome() {
        credentials::Outcome::Created => "created",
        credentials::Outcome::Unchanged => "unchanged",
        credentials::Outcome::Revised => "revised",
        credentials::Outcome::Unspecified => "unknown",
    }
}

fn answer_value(answer: &ImportTranscriptResponse) -> Value {
    let transcripts = answer.transcripts.iter().map(|t| {
        json!({
            "name": t.name,
            "outcome": outcome(t),
            "etag": t.etag,
            "achievements": t.achievement_count,
            "activities": t.activity_count,
        })
    });
    json!({
        "standard": answer.standard,
        "transcripts": transcripts.collect::<Vec<_>>(),
        "deviationCount": answer.deviations.len(),
        "deviations": deviations_json(&answer.deviations),
        "losses": losses_json(&answer.losses),
    })
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
