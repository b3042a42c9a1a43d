//! The answer to `hei.credentials.transcript-withdrawn`: the recipient shows it.

use hei_evidence::notices::Answer;
use hei_proto::hei::credentials::v1::TranscriptWithdrawalTaken;
use hei_use_case::{Call, Failed};
use hei_values::NoticeState;

/// Notes that the withdrawal was taken, or that there is nothing any more to withdraw.
pub async fn handle(call: &mut Call, answer: &TranscriptWithdrawalTaken) -> Result<(), Failed> {
    let state = match answer.name.is_empty() {
        true => NoticeState::NotHeld,
        false => NoticeState::Confirmed,
    };
    call.learn_of_notice(&Answer::of(state)).await
}
