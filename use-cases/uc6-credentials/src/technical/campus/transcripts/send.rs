//! SendTranscript: a record goes to a partner. One commit: the message, its evidence,
//! the disclosure and the recipient's row.

use hei_proto::hei::credentials::v1::{
    Format, SendTranscriptRequest, SendTranscriptResponse, TranscriptSent,
};
use hei_use_case::{Call, Failed, Table};
use hei_values::{HeiId, Id, Outgoing, Refused, Step, Violations, name};
use sea_orm::ActiveValue::Set;

use crate::organisational::transcript::{self as rules, Facts, Passage};
use crate::technical::tables::{recipients, transcripts};
use crate::technical::written::{self, Writer, Written};

/// What shall go to whom.
pub struct Checked {
    id: Id,
    peer: HeiId,
    format: Format,
    writer: Writer,
}

/// Reads names and form.
pub fn check(request: SendTranscriptRequest, writer: &Writer) -> Result<Checked, Violations> {
    let mut faults = Violations::default();
    let id = faults.take(name::id("name", "transcripts", &request.name));
    let peer = faults.take(name::institution("peer", "peers", &request.peer));
    let format = faults.take(written::format(request.format));
    let ((id, peer), format) = faults.or(id.zip(peer).zip(format))?;
    Ok(Checked { id, peer, format, writer: writer.clone() })
}

/// Decides and queues.
pub async fn handle(call: &mut Call, it: &Checked) -> Result<SendTranscriptResponse, Failed> {
    let row = transcripts::find(call, it.id).await?;
    let name = row.name();
    let Written { document, media_type, losses } =
        it.writer.write_for_partner(call, &row, it.format).await?;
    let message = TranscriptSent { name: name.clone(), document, media_type };
    let outgoing = Outgoing::new(it.peer.clone(), &message, &name, call.purpose());
    let facts = Facts { name: &name, state: Some(row.current()?), issuer: &row.issuer };
    let own = call.institution().domain.clone();
    let last = recipients::last_sent(call, row.id, &it.peer).await?;
    let corrects = if last < row.revision { last } else { 0 };
    let decision = rules::send(&facts, row.stands()?, &own, corrects > 0, outgoing);
    let decision = decision.map_err(Refused::from)?;
    call.act::<transcripts::Entity, _>(&row, decision).await?;
    let sent = call.sent().last().copied();
    let sent = sent.ok_or_else(|| Refused::internal("a send without a message"))?;
    note_recipient(call, &row, &it.peer, sent, corrects).await?;
    Ok(SendTranscriptResponse { message: name::of("messages", sent), losses })
}

async fn note_recipient(
    call: &mut Call,
    row: &transcripts::Model,
    peer: &HeiId,
    message: Id,
    corrects: i64,
) -> Result<(), Failed> {
    let id = call.fresh_id()?;
    let resource = name::of(recipients::Entity::COLLECTION, id);
    let decision = rules::pass(&resource, None, Passage::Send).map_err(Refused::from)?;
    let draft = recipients::ActiveModel {
        institution_id: Set(row.institution_id),
        id: Set(id.0),
        revision: Set(1),
        subject_id: Set(row.subject_id),
        transcript_id: Set(row.id),
        peer: Set(peer.to_string()),
        message_id: Set(message.0),
        transcript_revision: Set(row.revision),
        corrects_revision: Set(corrects),
        state: Set(decision.to.name().to_owned()),
        taken_as: Set(String::new()),
        send_ms: Set(call.now().0),
        take_ms: Set(None),
    };
    call.insert::<recipients::Entity, _>(draft, decision).await?;
    Ok(())
}
