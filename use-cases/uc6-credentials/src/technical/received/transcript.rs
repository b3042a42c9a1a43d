//! `hei.credentials.transcript` from a peer: the same reading as an import, and the
//! rule that a transcript comes from its issuer.

use hei_proto::hei::credentials::v1::{TranscriptSent, TranscriptTaken};
use hei_use_case::{Call, Failed};
use hei_values::{Refused, Violation, Violations, name};

use crate::semantic::document::Limits;
use crate::technical::record::{self, Document, Source};

/// A message whose document was read.
pub struct Checked {
    document: Document,
    /// The record's name at the sender.
    named: String,
}

/// Reads the document; a message carries one transcript.
pub fn check(message: TranscriptSent, limits: &Limits) -> Result<Checked, Violations> {
    // A name of any other form is none that the sender could speak of later.
    let named = name::id("name", "transcripts", &message.name);
    let named = named.map(|id| name::of("transcripts", id)).unwrap_or_default();
    let document = record::read(message.document, limits)?;
    match document.read.transcripts.len() {
        1 => Ok(Checked { document, named }),
        n => {
            let told = format!("a message carries one transcript, this one {n}");
            Err(Violation::new("document", "DOCUMENT_INVALID", told).into())
        }
    }
}

/// Keeps the record and says so.
pub async fn handle(call: &mut Call, it: &Checked) -> Result<TranscriptTaken, Failed> {
    let sender = call.caller().peer.clone();
    let sender = sender.ok_or_else(|| Refused::internal("a message without a sender"))?;
    let kept =
        record::keep(call, &it.document, &Source::Peer { sender: &sender, named: &it.named })
            .await?;
    let one = kept.into_iter().next().unwrap_or_default();
    Ok(TranscriptTaken { name: one.name, achievement_count: one.achievement_count })
}
