//! Table `uc6_recipients`: to whom a record was sent, and whether it was taken.

use hei_use_case::{Failed, Read, Table};
use hei_values::{HeiId, Id};
use sea_orm::entity::prelude::*;

use crate::organisational::transcript::Delivery;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "uc6_recipients")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub revision: i64,
    pub subject_id: Uuid,
    pub transcript_id: Uuid,
    pub peer: String,
    pub message_id: Uuid,
    /// A `Delivery`.
    pub state: String,
    /// The record's name at the recipient, once it was taken.
    pub taken_as: String,
    pub send_ms: i64,
    pub take_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

super::table!("recipients");

/// What was sent to a peer.
pub fn sent_to(read: &Read, peer: &HeiId) -> Select<Entity> {
    read.own::<Entity>().filter(Column::Peer.eq(peer.as_str()))
}

/// The row of one message.
pub async fn of_message(read: &Read, message: Id) -> Result<Option<Model>, Failed> {
    read.one(read.own::<Entity>().filter(Column::MessageId.eq(message.0))).await
}

impl Model {
    /// The stored state.
    pub fn current(&self) -> Option<Delivery> {
        Delivery::from_name(&self.state)
    }

    /// The resource name.
    pub fn name(&self) -> String {
        Entity::name(self)
    }
}
