//! The rows of blobs and their chunks.

pub mod blob {
    use sea_orm::entity::prelude::*;

    /// What is known of a blob.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "blobs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub institution_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Always 1: other bytes are another blob.
        pub revision: i64,
        pub subject_id: Option<Uuid>,
        /// Of the bytes in clear.
        pub sha256: Vec<u8>,
        pub size_bytes: i64,
        pub media_type: String,
        /// Whether somebody brought it by itself, and not as a part of something else.
        pub uploaded: bool,
        pub begin_ms: i64,
        /// None while chunks are missing.
        pub whole_ms: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod chunk {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "blob_chunks")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub institution_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub blob_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        /// Sealed if the blob is about a person.
        pub bytes: Vec<u8>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
