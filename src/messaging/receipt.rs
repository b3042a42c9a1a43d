//! Receipts: what a receiver signs when it has taken a message, and how the sender
//! knows it for true. Pure. "Delivered" means a receipt that verifies, nothing less.

use hei_evidence::keys::{self, KeyUse, Keyring, RECEIPT_DOMAIN, sha256};
use hei_proto::hei::messaging::v1::{self, EnvelopeHeader, Receipt, SignedReceipt};
use hei_values::{Code, HeiId, Millis, Refused};
use prost::Message as _;
use prost::bytes::Bytes;

use crate::descriptor::Pinned;

/// What a receipt is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The header.
    pub header: &'a EnvelopeHeader,
    /// The header's bytes, as they were signed.
    pub header_bytes: &'a [u8],
    /// The receiver's immediate answer.
    pub answer: &'a [u8],
}

/// Signs a receipt.
///
/// # Errors
/// Those of the keys.
pub fn sign(
    keys: &Keyring,
    receiver: &HeiId,
    about: About<'_>,
    leaf_hash: &[u8; 32],
    now: Millis,
) -> Result<SignedReceipt, Refused> {
    let receipt: Bytes = Receipt {
        message_id: about.header.message_id.clone(),
        header_sha256: sha256(about.header_bytes).to_vec().into(),
        receiver: receiver.to_string(),
        sender: about.header.sender.clone(),
        receive_time: Some(now.to_timestamp()),
        answer_sha256: sha256(about.answer).to_vec().into(),
        leaf_hash: leaf_hash.to_vec().into(),
        key_id: keys.key_id(KeyUse::Receipt).to_owned(),
    }
    .encode_to_vec()
    .into();
    let signature = keys.sign(KeyUse::Receipt, RECEIPT_DOMAIN, &receipt)?.into();
    Ok(SignedReceipt { receipt, signature })
}

/// Checks that the receiver signed this receipt, about this message and this answer.
/// An empty answer passes beside a receipt that names another one: after an erasure
/// the receiver still has the receipt, and no answer any more.
///
/// # Errors
/// UNAUTHENTICATED/SIGNATURE_INVALID, with what does not fit.
pub fn verify(
    signed: &SignedReceipt,
    about: About<'_>,
    receiver: &Pinned,
) -> Result<Receipt, Refused> {
    let receipt = Receipt::decode(signed.receipt.clone())
        .map_err(|e| invalid(&format!("the receipt cannot be read: {e}")))?;
    let at = receipt.receive_time.as_ref().and_then(Millis::from_timestamp);
    let at = at.ok_or_else(|| invalid("the receipt has no time"))?;
    let key = receiver.key(v1::KeyUse::Receipt, &receipt.key_id, at).ok_or_else(|| {
        let (id, peer) = (&receipt.key_id, &receiver.institution);
        invalid(&format!("{id:?} was no receipt key of {peer} at the receipt's time"))
    })?;
    if !keys::verify(key, RECEIPT_DOMAIN, &signed.receipt, &signed.signature) {
        return Err(invalid("the receipt's signature does not fit"));
    }
    match misfit(&receipt, about, receiver) {
        Some(what) => Err(invalid(&format!("the receipt is about another {what}"))),
        None => Ok(receipt),
    }
}

fn misfit(receipt: &Receipt, about: About<'_>, receiver: &Pinned) -> Option<&'static str> {
    let same_answer = about.answer.is_empty() || receipt.answer_sha256 == sha256(about.answer)[..];
    let fits = [
        ("message", receipt.message_id == about.header.message_id),
        ("header", receipt.header_sha256 == sha256(about.header_bytes)[..]),
        ("receiver", receipt.receiver == receiver.institution.as_str()),
        ("sender", receipt.sender == about.header.sender),
        ("answer", same_answer),
    ];
    fits.into_iter().find(|(_, fits)| !fits).map(|(what, _)| what)
}

fn invalid(told: &str) -> Refused {
    Refused::new(Code::Unauthenticated, "SIGNATURE_INVALID", told)
}

#[cfg(test)]
mod tests;
