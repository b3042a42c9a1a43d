//! The institution whose node this is. Its key is the node's own, so that the
//! institution may get another domain one day.

use hei_values::{HeiId, Id, Refused};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::Store;

/// An institution of the configuration with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    /// First in the key of every table.
    pub id: Uuid,
    /// Its name between nodes.
    pub domain: HeiId,
}

mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "institutions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub domain: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The institution with this domain, and with the key `fresh` if it is new here.
///
/// # Errors
/// Those of the database.
pub async fn own(store: &Store, domain: &HeiId, fresh: Id) -> Result<Institution, Refused> {
    let domain = domain.clone();
    let work = async move |conn| {
        let same = row::Column::Domain.eq(domain.as_str());
        if let Some(found) = row::Entity::find().filter(same).one(&conn).await? {
            return Ok(Institution { id: found.id, domain });
        }
        let new = row::ActiveModel { id: Set(fresh.0), domain: Set(domain.to_string()) };
        row::Entity::insert(new).exec_without_returning(&conn).await?;
        Ok(Institution { id: fresh.0, domain })
    };
    store.transact(work).await
}
