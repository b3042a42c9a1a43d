//! Erasure of a person (GDPR Art. 17): what is held goes, and with the key whatever was
//! sealed. Receipts and evidence stay; they name records, and nobody any more.

use hei_proto::hei::node::v1::NoticeKind;
use hei_store::{Failed, subjects};
use sea_orm::prelude::Uuid;

use super::rules::{self, Step};
use super::table::{name, standing};
use super::tell::tell;
use super::{Subject, Subjects, anything_left};
use crate::Call;

/// Erases everything about a person, and tells who received it.
///
/// # Errors
/// FAILED_PRECONDITION/ILLEGAL_TRANSITION if it is erased already.
pub async fn erase(call: &mut Call, row: &Subject) -> Result<(), Failed> {
    let decision = rules::step(&name(row.id), standing(row), Step::Erase)?;
    tell(call, row.id, NoticeKind::Erasure).await?;
    for data in call.node.clone().rights.data.iter() {
        (data.erase)(call, row.id).await?;
    }
    subjects::erase(call.conn(), row.institution_id, row.id, call.now()).await?;
    call.act::<Subjects, _>(row, decision).await?;
    call.forget(row.id);
    Ok(())
}

/// Erases a person of whom no record is left: nobody knows a key and identifiers for
/// nothing. Says whether it did.
pub(super) async fn erase_if_nothing_is_left(
    call: &mut Call,
    subject: Uuid,
) -> Result<bool, Failed> {
    if anything_left(call, subject).await? {
        return Ok(false);
    }
    let Some(row) = super::subject(call, subject).await? else { return Ok(true) };
    if row.erased_at.is_none() {
        erase(call, &row).await?;
    }
    Ok(true)
}
