//! The answer to `hei.credentials.transcript`: the recipient has the record.

use hei_evidence::notices::Answer;
use hei_proto::hei::credentials::v1::TranscriptTaken;
use hei_use_case::{Call, Failed};
use hei_values::{Id, NoticeState, Refused, Step};
use sea_orm::ActiveValue::Set;

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
        state: Set(decision.to.name().to_owned()),
        taken_as: Set(answer.name.clone()),
        take_ms: Set(Some(call.now().0)),
        ..Default::default()
    };
    let row = call.replace::<recipients::Entity, _>(&row, draft, decision).await?;
    match row.corrects_revision > 0 {
        true => call.learn_of_notice(&Answer::of(NoticeState::Confirmed)).await,
        false => Ok(()),
    }
}
