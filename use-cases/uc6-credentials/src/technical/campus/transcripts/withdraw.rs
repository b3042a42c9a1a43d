//! WithdrawTranscript: the issuer takes a record back, and tells whoever has it.

use hei_proto::hei::credentials::v1::{
    TranscriptWithdrawn, WithdrawTranscriptRequest, WithdrawTranscriptResponse, WithdrawalReason,
};
use hei_use_case::{Call, Failed};
use hei_values::{Id, Outgoing, Purpose, Refused, Violation, Violations};

use crate::organisational::standing;
use crate::organisational::transcript::{self as rules, Facts};
use crate::technical::tables::{recipients, transcripts};

/// What is withdrawn and why.
pub struct Checked {
    id: Id,
    reason: WithdrawalReason,
}

/// Reads name and reason.
pub fn check(request: WithdrawTranscriptRequest) -> Result<Checked, Violations> {
    let mut faults = Violations::default();
    let id = faults.take(hei_values::name::id("name", "transcripts", &request.name));
    let reason = faults.take(reason(request.reason));
    let (id, reason) = faults.or(id.zip(reason))?;
    Ok(Checked { id, reason })
}

fn reason(number: i32) -> Result<WithdrawalReason, Violation> {
    match WithdrawalReason::try_from(number) {
        Ok(WithdrawalReason::Unspecified) => Err(Violation::missing("reason")),
        Ok(known) => Ok(known),
        Err(_) => {
            let told = format!("{number} is no reason of a withdrawal: 1 to 4");
            Err(Violation::new("reason", "CODE_UNKNOWN", told))
        }
    }
}

/// Decides, and tells everybody.
pub async fn handle(call: &mut Call, it: &Checked) -> Result<WithdrawTranscriptResponse, Failed> {
    let row = transcripts::find(call, it.id).await?;
    let name = row.name();
    let facts = Facts { name: &name, state: Some(row.current()?), issuer: &row.issuer };
    rules::must_be_own(&facts, &call.institution().domain).map_err(Refused::from)?;
    let told = recipients::of_record(call, row.id).await?.into_iter().map(|peer| {
        let message = TranscriptWithdrawn { name: name.clone(), reason: it.reason.into() };
        Outgoing::new(peer, &message, &name, Purpose::DataSubjectRights)
    });
    let decision = standing::withdraw(&name, row.stands()?, it.reason, told.collect());
    let row = transcripts::stand(call, &row, decision.map_err(Refused::from)?).await?;
    let messages = call.sent().iter().map(|id| hei_values::name::of("messages", id));
    Ok(WithdrawTranscriptResponse { messages: messages.collect(), etag: row.etag() })
}
