//! Table `uc6_recipients`: to whom a record was sent, and whether it was taken.

use hei_use_case::{Failed, Read, Table};
use hei_values::{HeiId, Id};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};

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
    /// The revision that went; 0 in rows of before it was kept.
    pub transcript_revision: i64,
    /// The revision that this peer had and that this one corrects; 0 if it had none.
    pub corrects_revision: i64,
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

/// The last revision of a record that went to a peer; 0 if none did.
pub async fn last_sent(read: &Read, transcript: Uuid, peer: &HeiId) -> Result<i64, Failed> {
    let last = sent_to(read, peer)
        .filter(Column::TranscriptId.eq(transcript))
        .select_only()
        .column_as(Column::TranscriptRevision.max(), "last")
        .into_tuple::<Option<i64>>()
        .one(read.conn())
        .await?;
    Ok(last.flatten().unwrap_or(0))
}

/// Whoever has got a record, each once.
pub async fn of_record(read: &Read, transcript: Uuid) -> Result<Vec<HeiId>, Failed> {
    let peers: Vec<String> = read
        .own::<Entity>()
        .filter(Column::TranscriptId.eq(transcript))
        .select_only()
        .column(Column::Peer)
        .distinct()
        .order_by_asc(Column::Peer)
        .into_tuple()
        .all(read.conn())
        .await?;
    Ok(peers.iter().map(|peer| HeiId::read("peer", peer)).collect::<Result<_, _>>()?)
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
