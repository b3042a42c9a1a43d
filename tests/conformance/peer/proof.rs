//! Checks of what the node signs.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use hei_proto::hei::messaging::v1::{
    DeliverRequest, DeliverResponse, EnvelopeHeader, KeyUse, NodeDescriptor, Receipt,
};
use prost::Message as _;

use super::keys::{sha256, thumbprint};
use crate::check::{ensure, same};
use crate::verdict::{Outcome, Stop};

/// Fails unless the key of this use and name in the descriptor signed the bytes.
pub fn signed_by(
    node: &NodeDescriptor,
    use_: KeyUse,
    key_id: &str,
    domain: &str,
    bytes: &[u8],
    signature: &[u8],
) -> Outcome {
    let key = node.keys.iter().find(|key| key.key_id == key_id && key.r#use() == use_);
    let key = key.ok_or_else(|| {
        Stop::fail(format!("the descriptor has no {} {key_id}", use_.as_str_name()))
    })?;
    same("the thumbprint of the key", &thumbprint(&key.public_key), &key_id.to_owned())?;
    let said = [domain.as_bytes(), bytes].concat();
    let holds = UnparsedPublicKey::new(&ED25519, &key.public_key).verify(&said, signature).is_ok();
    ensure(holds, || format!("the signature of {} does not hold", domain.trim_end()))
}

/// The receipt of an envelope, if it proves that the node took it.
///
/// # Errors
/// Fail with what it does not prove.
pub fn receipt(
    node: &NodeDescriptor,
    sent: &DeliverRequest,
    answered: &DeliverResponse,
) -> Outcome<Receipt> {
    let signed =
        answered.receipt.as_ref().ok_or_else(|| Stop::fail("the answer has no receipt"))?;
    let receipt = Receipt::decode(signed.receipt.clone())
        .map_err(|e| Stop::fail(format!("the receipt: {e}")))?;
    signed_by(
        node,
        KeyUse::Receipt,
        &receipt.key_id,
        "hei-receipt-v1\n",
        &signed.receipt,
        &signed.signature,
    )?;
    let header = EnvelopeHeader::decode(sent.header.clone())
        .map_err(|e| Stop::fail(format!("the header: {e}")))?;
    same("the receipt's message", &receipt.message_id, &header.message_id)?;
    same("the receipt's sender", &receipt.sender, &header.sender)?;
    same("the receipt's receiver", &receipt.receiver, &node.institution)?;
    same("the receipt's header", &receipt.header_sha256.to_vec(), &sha256(&sent.header))?;
    same("the receipt's answer", &receipt.answer_sha256.to_vec(), &sha256(&answered.answer))?;
    Ok(receipt)
}
