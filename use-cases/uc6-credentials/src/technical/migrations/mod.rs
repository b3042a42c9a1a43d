//! The tables of this use case, in the order in which they came.

mod uc6_0001_transcripts;
mod uc6_0002_forms;
mod uc6_0003_blobs;
mod uc6_0004_rights;
mod uc6_0005_imports;

#[cfg(test)]
mod tests;

use sea_orm_migration::MigrationTrait;

/// Every migration.
pub fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(uc6_0001_transcripts::Migration),
        Box::new(uc6_0002_forms::Migration),
        Box::new(uc6_0003_blobs::Migration),
        Box::new(uc6_0004_rights::Migration),
        Box::new(uc6_0005_imports::Migration),
    ]
}
