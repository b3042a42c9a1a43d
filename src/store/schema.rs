//! The columns that all tables are made of, the same on both engines.

use sea_orm::DbBackend;
use sea_orm::sea_query::{ColumnDef, Expr, ExprTrait as _};

/// A UUIDv7: bytes on SQLite, native on PostgreSQL.
pub fn uuid(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

/// Text.
pub fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

/// Text whose order is that of its bytes, as keyset paging needs it; the locale of
/// a PostgreSQL server would order otherwise than SQLite.
pub fn ordered_text(name: &'static str, backend: DbBackend) -> ColumnDef {
    let mut column = ColumnDef::new(name).text().not_null().take();
    if backend == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// Text of a closed list.
pub fn one_of(name: &'static str, values: &[&'static str]) -> ColumnDef {
    let listed = Expr::col(name).is_in(values.iter().copied());
    ColumnDef::new(name).text().not_null().check(listed).take()
}

/// Milliseconds since 1970 UTC, a revision, a sequence number.
pub fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// Yes or no.
pub fn boolean(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().take()
}

/// Bytes.
pub fn bytes(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).blob().not_null().take()
}

/// The same column, which may be empty.
pub fn optional(mut column: ColumnDef) -> ColumnDef {
    column.null().take()
}
