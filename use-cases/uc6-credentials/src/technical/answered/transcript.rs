//! The answer to `hei.credentials.transcript`: the recipient has the record.

use hei_proto::hei::credentials::v1::TranscriptTaken;
use hei_use_case::{Call, Failed};
use hei_values::{Id, Refused, Step};
use sea_orm::ActiveValue::{NotSet, Set};

use crate::organisational::transcript::{self as rules, Passage};
use crate::technical::tables::recipients;

/// Notes that the record was taken, and under which name.
pub async fn handle(call: &mut Call, answer: &TranscriptTaken) -> Result<(), Failed> {
    let message: Id = call
        .message_id()
        .parse()
        .map_err(|_| Refused::internal("an answer to a message without an id"))?;
    let Some(row) = recipients::of_message(call, message).await? else { return Ok(()) };
    let decision = rules::pass(&row.name(), row.current(), Passage::Take).map_err(Refused::from)?;
    let draft = recipients::ActiveModel {
        institution_id: NotSet,
        id: NotSet,
        revision: NotSet,
        subject_id: NotSet,
        transcript_id: NotSet,
        peer: NotSet,
        message_id: NotSet,
        state: Set(decision.to.name().to_owned()),
        taken_as: Set(answer.name.clone()),
        send_ms: NotSet,
        take_ms: Set(Some(call.now().0)),
    };
    call.replace::<recipients::Entity, _>(&row, draft, decision).await?;
    Ok(())
}
