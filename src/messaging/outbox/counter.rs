//! Table `order_counters`: the last number given within each order key of each peer.

use hei_store::{Conn, Failed};
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};

/// A counter.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_counters")]
pub struct Model {
    /// The institution that sends.
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    /// For whom.
    #[sea_orm(primary_key, auto_increment = false)]
    pub peer: String,
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub order_key: String,
    /// The last number.
    pub last_seq: i64,
}

/// None.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The next number, from 1. The row is locked until the transaction ends, so that
/// numbers have no gaps and messages no other order than their transactions.
pub(super) async fn next(
    conn: &Conn,
    institution: Uuid,
    peer: &str,
    order_key: &str,
) -> Result<i64, Failed> {
    let first = ActiveModel {
        institution_id: Set(institution),
        peer: Set(peer.to_owned()),
        order_key: Set(order_key.to_owned()),
        last_seq: Set(1),
    };
    let key = [Column::InstitutionId, Column::Peer, Column::OrderKey];
    let counted = OnConflict::columns(key)
        .value(Column::LastSeq, Expr::col((Entity, Column::LastSeq)).add(1))
        .to_owned();
    let row = Entity::insert(first).on_conflict(counted).exec_with_returning(conn).await?;
    Ok(row.last_seq)
}
