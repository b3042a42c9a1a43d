//! What a message must be before anything looks inside it. Pure: the peer of the
//! channel, the time and our name are arguments. The order of the checks is that of
//! architecture.md §6: who, for whom, whether true, whether now, whether still.

use hei_evidence::keys::sha256;
use hei_proto::hei::messaging::v1::{DeliverRequest, EnvelopeHeader};
use hei_values::{Code, HeiId, Id, Millis, Refused, Violation};

use crate::descriptor::Pinned;
use crate::limits::{DAY_MS, INBOX_MS, SKEW_MS_MAX};
use crate::{envelope, window};

/// A message that is what it says it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Letter {
    pub(crate) header: EnvelopeHeader,
    pub(crate) header_sha256: [u8; 32],
    pub(crate) id: Id,
    /// The sender's clock ahead of ours.
    pub(crate) skew_ms: i64,
}

/// Checks an attempt to deliver.
///
/// # Errors
/// MALFORMED, SENDER_MISMATCH, WRONG_AUDIENCE, SIGNATURE_INVALID, CLOCK_SKEW, REPLAYED.
pub(crate) fn examine(
    request: &DeliverRequest,
    peer: &Pinned,
    own: &HeiId,
    now: Millis,
) -> Result<Letter, Refused> {
    let header = envelope::read(&request.header)?;
    if header.sender != peer.institution.as_str() {
        return Err(sender_mismatch(&header.sender, &peer.institution));
    }
    if header.audience != own.as_str() {
        return Err(wrong_audience(&header.audience, own));
    }
    let (bytes, payload) = (&request.header, &request.payload);
    envelope::verify(bytes, &header, payload, &request.signature, peer, now)?;
    let skew_ms = window::check(sent_at(request)?, now)?;
    let id = remembered(&header.message_id, now)?;
    Ok(Letter { header_sha256: sha256(bytes), header, id, skew_ms })
}

fn sent_at(request: &DeliverRequest) -> Result<Millis, Violation> {
    let stamp = request.send_time.as_ref().ok_or_else(|| Violation::missing("send_time"))?;
    Millis::from_timestamp(stamp)
        .ok_or_else(|| Violation::new("send_time", "MALFORMED", "is no instant of RFC 3339"))
}

/// The identifier's own time says whether the inbox would still know it: a message
/// older than the memory might be a second time here, so it is not taken at all. One
/// from the future would outlive the memory, so neither is that.
fn remembered(message_id: &str, now: Millis) -> Result<Id, Refused> {
    let fault = || {
        let told = "is a UUIDv7 in lower case with hyphens";
        Violation::new("header.message_id", "BAD_IDENTIFIER", told)
    };
    let id: Id = message_id.parse().map_err(|_| fault())?;
    let made = id.made_at().ok_or_else(fault)?;
    if made.since(now) > SKEW_MS_MAX {
        window::check(made, now)?;
    }
    if now.since(made) > INBOX_MS {
        let days = INBOX_MS / DAY_MS;
        let told = format!(
            "the message was made at {}, more than the {days} days that this node remembers: \
             send its content as a new message",
            made.to_rfc3339()
        );
        return Err(Refused::new(Code::FailedPrecondition, "REPLAYED", told));
    }
    Ok(id)
}

fn sender_mismatch(sender: &str, peer: &HeiId) -> Refused {
    let told = format!("the envelope is of {sender:?}, but the channel is of {peer}");
    Refused::new(Code::PermissionDenied, "SENDER_MISMATCH", told)
}

fn wrong_audience(audience: &str, own: &HeiId) -> Refused {
    let told = format!("the envelope is for {audience:?}, and this is {own}");
    Refused::new(Code::InvalidArgument, "WRONG_AUDIENCE", told)
}

#[cfg(test)]
mod tests;
