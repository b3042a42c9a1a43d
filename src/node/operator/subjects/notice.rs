//! `hei.node.record-notice`: a partner says what became of a record that it sent us; and
//! what a partner answers to ours.

use hei_evidence::notices::Answer;
use hei_proto::hei::node::v1::{NoticeKind, NoticeState, RecordNotice, RecordNoticeTaken};
use hei_use_case::{Call, Failed, rights};
use hei_values::{Millis, Refused, Violation, Violations};

/// A record of the sender, and what became of it.
pub struct Checked {
    record: String,
    kind: NoticeKind,
}

/// Reads both.
pub fn check(notice: RecordNotice) -> Result<Checked, Violations> {
    use NoticeKind::{Erasure, Lifting, Restriction};
    let kind = notice.kind();
    let mut faults = Violations::default();
    if notice.record.is_empty() {
        faults.0.push(Violation::missing("record"));
    }
    if !matches!(kind, Erasure | Restriction | Lifting) {
        let told = format!("{} is none of those that this message carries", notice.kind);
        faults.0.push(Violation::new("kind", "CODE_UNKNOWN", told));
    }
    faults.or(Some(Checked { record: notice.record, kind }))
}

/// Does what follows from it, and says what that was.
pub async fn handle(call: &mut Call, it: &Checked) -> Result<RecordNoticeTaken, Failed> {
    let sender = call.caller().peer.clone();
    let sender = sender.ok_or_else(|| Refused::internal("a message without a sender"))?;
    let (state, hold) = rights::noticed(call, &sender, &it.record, it.kind).await?;
    Ok(RecordNoticeTaken {
        state: state.into(),
        rule: hold.as_ref().map(|hold| hold.rule.clone()).unwrap_or_default(),
        keep_until_time: hold.map(|hold| hold.until.to_timestamp()),
    })
}

/// Keeps what the partner answered.
pub async fn learn(call: &mut Call, answer: &RecordNoticeTaken) -> Result<(), Failed> {
    let state = match answer.state() {
        // A newer node may know more words than we do: it has dealt with it.
        NoticeState::Unspecified => NoticeState::Noted,
        known => known,
    };
    let until = answer.keep_until_time.as_ref().and_then(Millis::from_timestamp);
    call.learn_of_notice(&Answer { state, rule: answer.rule.clone(), until }).await
}
