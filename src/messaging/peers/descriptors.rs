//! Table `peer_descriptors`: every descriptor that was ever pinned, since what was
//! signed under an old one must stay provable.

use hei_proto::hei::messaging::v1::SignedDescriptor;
use hei_store::{Conn, Failed};
use hei_values::Millis;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use crate::descriptor::Pinned;

/// A pinned descriptor.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "peer_descriptors")]
pub struct Model {
    /// The institution that pinned.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// The partner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub domain: String,
    /// The thumbprint of the key that signed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub fingerprint: String,
    /// The version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    /// The bytes.
    pub descriptor: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// When it was pinned.
    pub pin_ms: i64,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn signed(self) -> SignedDescriptor {
        SignedDescriptor {
            descriptor: self.descriptor.into(),
            key_id: self.fingerprint,
            signature: self.signature.into(),
        }
    }
}

/// Keeps a descriptor; one that is kept already stays.
pub(crate) async fn keep(
    conn: &Conn,
    institution: Uuid,
    pinned: &Pinned,
    now: Millis,
) -> Result<(), Failed> {
    let row = ActiveModel {
        institution_id: Set(institution),
        domain: Set(pinned.institution.to_string()),
        fingerprint: Set(pinned.signed.key_id.clone()),
        version: Set(version_of(pinned)),
        descriptor: Set(pinned.signed.descriptor.to_vec()),
        signature: Set(pinned.signed.signature.to_vec()),
        pin_ms: Set(now.0),
    };
    let key = [Column::InstitutionId, Column::Domain, Column::Fingerprint, Column::Version];
    let known = OnConflict::columns(key).do_nothing().to_owned();
    Entity::insert(row).on_conflict(known).exec_without_returning(conn).await?;
    Ok(())
}

pub(crate) fn version_of(pinned: &Pinned) -> i64 {
    i64::try_from(pinned.version).unwrap_or(i64::MAX)
}
