//! `hei.credentials.transcript-withdrawn` from the issuer: the record stays as it was,
//! and whoever reads it sees that it stands no more.

use hei_proto::hei::credentials::v1::{
    TranscriptWithdrawalTaken, TranscriptWithdrawn, WithdrawalReason,
};
use hei_use_case::{Call, Failed};
use hei_values::{Refused, Violations, name};

use crate::organisational::standing::{self, Standing};
use crate::technical::tables::transcripts;

/// The sender's record, and why it is withdrawn.
pub struct Checked {
    named: String,
    reason: WithdrawalReason,
}

/// Reads the name. A reason that a newer node may know is as good as another.
pub fn check(message: TranscriptWithdrawn) -> Result<Checked, Violations> {
    let id = name::id("name", "transcripts", &message.name)?;
    Ok(Checked { named: name::of("transcripts", id), reason: message.reason() })
}

/// Notes it; once noted, nothing changes.
pub async fn handle(call: &mut Call, it: &Checked) -> Result<TranscriptWithdrawalTaken, Failed> {
    let sender = call.caller().peer.clone();
    let sender = sender.ok_or_else(|| Refused::internal("a message without a sender"))?;
    let mut taken = TranscriptWithdrawalTaken::default();
    for row in transcripts::sent_as(call, &sender, &it.named).await? {
        let row = withdraw(call, row, it.reason).await?;
        let standing = row.shown_standing()?.into();
        taken = TranscriptWithdrawalTaken { name: row.name(), standing };
    }
    Ok(taken)
}

async fn withdraw(
    call: &mut Call,
    row: transcripts::Model,
    reason: WithdrawalReason,
) -> Result<transcripts::Model, Failed> {
    match row.stands()? {
        Standing::Current => {
            let decision = standing::withdraw(&row.name(), Standing::Current, reason, Vec::new());
            transcripts::stand(call, &row, decision.map_err(Refused::from)?).await
        }
        Standing::Withdrawn | Standing::Superseded => Ok(row),
    }
}
