//! The story, step by step: who did what, what proves it, which command repeats it.

use std::path::Path;
use std::time::Duration;

use hei_messaging::receipt::{self, About};
use hei_messaging::{descriptor, envelope};
use hei_proto::hei::common::v1::{CodedValue, Identifier};
use hei_proto::hei::credentials::v1::{
    Achievement, GetTranscriptRequest, ImportTranscriptRequest, ListTranscriptsRequest,
    SendTranscriptRequest, Transcript,
};
use hei_proto::hei::messaging::v1::{Message, MessageState};
use hei_proto::hei::node::v1::{AddPeerRequest, GetNodeRequest, ListDisclosuresRequest};
use hei_values::{Clock as _, Code, Millis, Purpose, Refused, name, purpose};

use super::university::University;
use super::{DOCUMENT, unusable};
use crate::cli::documents::settled;
use crate::cli::ops::Ops;
use crate::cli::said::Said;
use crate::clock::SystemClock;

/// The student's European Student Identifier in the document.
const ESI: &str = "urn:schac:personalUniqueCode:int:esi:alpha.example:2023-00417";
/// All is on this machine.
const DELIVERY: Duration = Duration::from_secs(30);

fn why(purpose: Purpose) -> Option<CodedValue> {
    Some(purpose::coded(purpose))
}

/// Lives through the journey; gives the number of receipts that verify.
///
/// # Errors
/// The first step that does not go as told.
pub async fn live(all: &[University], folder: &Path, said: &Said) -> Result<u32, Refused> {
    let [alpha, beta, gamma] = all else {
        return Err(Refused::internal("the journey needs three universities"));
    };
    let (a, b, c) = (alpha.operator().await?, beta.operator().await?, gamma.operator().await?);
    let file = folder.join("transcript.xml");
    std::fs::write(&file, DOCUMENT).map_err(|e| unusable(&file, &e))?;

    said.tell("\n1. The three agree to exchange: each pins the others' keys by fingerprint.");
    for (one, operator) in [(alpha, &a), (beta, &b), (gamma, &c)] {
        for other in all.iter().filter(|o| o.domain() != one.domain()) {
            trust(one, operator, other, said).await?;
        }
    }

    said.tell(&format!("\n2. {} imports the transcript of one of its students.", alpha.title()));
    let record = import(&a).await?;
    said.tell(&format!(
        "   {record}\n   again: {} import transcript {}",
        alpha.command(),
        file.display()
    ));

    said.tell(&format!("\n3. {} sends it to {} for recognition.", alpha.title(), beta.title()));
    let message = send(&a, &record, beta).await?;
    said.tell(&format!(
        "   {} is delivered: a receipt signed by {} is here\n   again: {} send transcript {record} --to {} --purpose recognition",
        message.name, beta.domain(), alpha.command(), beta.domain()
    ));

    said.tell(&format!("\n4. {} shows the same achievements.", beta.title()));
    let shown = same(&a, &record, &b).await?;
    outline(&shown.achievements, 1, said);
    said.tell(&format!(
        "   again: {} export transcript {} --format elmo",
        beta.command(),
        shown.name
    ));

    said.tell(&format!("\n5. The receipt verifies with the key in {}'s descriptor.", beta.title()));
    let at = verify(&message, &b, SystemClock.now()).await?;
    said.tell(&format!(
        "   received {}, digest of the header and of the answer as sent",
        at.to_rfc3339()
    ));

    said.tell(&format!(
        "\n6. {} has a copy of the file and cannot pass it off as its own.",
        gamma.title()
    ));
    said.tell(&format!("   {}", not_its_own(&c, beta).await?));

    said.tell("\n7. The learner can see who received what, and why.");
    disclosed(&a, &record, said).await?;
    Ok(1)
}

async fn trust(
    one: &University,
    operator: &Ops,
    other: &University,
    said: &Said,
) -> Result<(), Refused> {
    let node = other.operator().await?.call(GetNodeRequest {}).await?;
    let (url, fingerprint) = (other.url(), node.fingerprint);
    let request = AddPeerRequest { url, fingerprint, ..Default::default() };
    let peer = operator.call(request).await?;
    said.tell(&format!("   {} trusts {} {}", one.domain(), other.domain(), peer.fingerprint));
    Ok(())
}

async fn import(operator: &Ops) -> Result<String, Refused> {
    let request = ImportTranscriptRequest {
        document: DOCUMENT.into(),
        purpose: why(Purpose::Administration),
        ..Default::default()
    };
    let answer = operator.call(request).await?;
    let one = answer.transcripts.into_iter().next();
    one.map(|t| t.name).ok_or_else(|| otherwise("the import gave no record"))
}

async fn send(operator: &Ops, record: &str, to: &University) -> Result<Message, Refused> {
    let request = SendTranscriptRequest {
        name: record.to_owned(),
        peer: name::of("peers", to.domain()),
        purpose: why(Purpose::Recognition),
        ..Default::default()
    };
    let sent = operator.call(request).await?;
    let message = settled(operator, &sent.message, DELIVERY).await?;
    match message.state() {
        MessageState::Delivered => Ok(message),
        other => Err(otherwise(&format!("{} is {other:?}: {}", message.name, message.last_error))),
    }
}

async fn get(operator: &Ops, record: &str) -> Result<Transcript, Refused> {
    let purpose = why(Purpose::Recognition);
    operator.call(GetTranscriptRequest { name: record.to_owned(), purpose }).await
}

/// The receiver finds the learner's record by the student identifier, and it says the same.
async fn same(a: &Ops, record: &str, b: &Ops) -> Result<Transcript, Refused> {
    let learner = Some(Identifier { scheme: "esi".to_owned(), value: ESI.to_owned() });
    let purpose = why(Purpose::Recognition);
    let request = ListTranscriptsRequest { learner, purpose, ..Default::default() };
    let found = b.call(request).await?.transcripts.into_iter().next();
    let found = found.ok_or_else(|| otherwise("the receiver does not have the record"))?;
    let (sent, received) = (get(a, record).await?, get(b, &found.name).await?);
    match sent.achievements == received.achievements && sent.learner == received.learner {
        true => Ok(received),
        false => Err(otherwise("the receiver's record is another one")),
    }
}

fn outline(achievements: &[Achievement], depth: usize, said: &Said) {
    for one in achievements {
        let titles: Vec<&str> = one.titles.iter().map(|t| t.text.as_str()).collect();
        let grade = one.grade.as_ref().map_or("", |g| g.label.as_str());
        let credits: Vec<String> =
            one.credits.iter().map(|c| format!("{} {}", c.value, c.scheme)).collect();
        let line = format!(
            "{}{}  {}  {grade}",
            "   ".repeat(depth),
            titles.join(" · "),
            credits.join(", ")
        );
        said.tell(line.trim_end());
        outline(&one.parts, depth + 1, said);
    }
}

/// By the key in the receiver's descriptor, as anybody could who has its fingerprint.
async fn verify(message: &Message, receiver: &Ops, now: Millis) -> Result<Millis, Refused> {
    let node = receiver.call(GetNodeRequest {}).await?;
    let descriptor = node.descriptor.unwrap_or_default();
    let pinned = descriptor::first(&descriptor, &node.fingerprint, now)?;
    let signed = message.receipt.clone().unwrap_or_default();
    let header = envelope::read(&message.header)?;
    // The answer itself is the use case's; an empty one is left out of the comparison.
    let about = About { header: &header, header_bytes: &message.header, answer: &[] };
    let receipt = receipt::verify(&signed, about, &pinned)?;
    let at = receipt.receive_time.as_ref().and_then(Millis::from_timestamp);
    at.ok_or_else(|| otherwise("the receipt has no time"))
}

async fn not_its_own(gamma: &Ops, beta: &University) -> Result<String, Refused> {
    let record = import(gamma).await?;
    let request = SendTranscriptRequest {
        name: record,
        peer: name::of("peers", beta.domain()),
        purpose: why(Purpose::Recognition),
        ..Default::default()
    };
    match gamma.call(request).await {
        Err(refused) if refused.reason == "NOT_DATA_OWNER" => Ok(format!("refused: {refused}")),
        Err(refused) => Err(refused),
        Ok(_) => Err(otherwise("a copy passed for an original")),
    }
}

async fn disclosed(a: &Ops, record: &str, said: &Said) -> Result<(), Refused> {
    let request = ListDisclosuresRequest {
        learner: Some(Identifier { scheme: "esi".to_owned(), value: ESI.to_owned() }),
        purpose: why(Purpose::LearnerAccess),
        ..Default::default()
    };
    let page = a.call(request).await?;
    if !page.disclosures.iter().any(|d| d.resource == record) {
        return Err(otherwise("the disclosure is not in the log"));
    }
    for one in page.disclosures {
        let why = one.purpose.map(|p| p.code).unwrap_or_default();
        said.tell(&format!(
            "   {} received {} for {why} ({})",
            one.recipient, one.resource, one.legal_basis
        ));
    }
    Ok(())
}

fn otherwise(told: &str) -> Refused {
    Refused::new(Code::FailedPrecondition, "JOURNEY_BROKEN", told)
}
