//! Records can be withdrawn and corrected, and a partner's name for one is known.

use hei_store::schema::{number, one_of, optional, text};
use sea_orm_migration::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "uc6_0004_rights"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let standings = ["current", "withdrawn", "superseded"];
        for column in [
            one_of("standing", &standings).default("current").take(),
            optional(number("standing_ms")),
            text("sent_as").default("").take(),
        ] {
            schema.alter_table(added("uc6_transcripts", column)).await?;
        }
        for name in ["transcript_revision", "corrects_revision"] {
            let revision = number(name).default(0).take();
            schema.alter_table(added("uc6_recipients", revision)).await?;
        }
        // By what a partner calls its record; and who got which.
        schema.create_index(index("uc6_transcripts", "sent_as", ["sender", "sent_as"])).await?;
        schema.create_index(index("uc6_recipients", "of", ["transcript_id", "peer"])).await?;
        schema.create_index(index("uc6_documents", "subject", ["subject_id", "id"])).await?;
        schema.create_index(index("uc6_recipients", "subject", ["subject_id", "id"])).await
    }
}

fn added(table: &'static str, column: ColumnDef) -> TableAlterStatement {
    Table::alter().table(table).add_column(column).take()
}

fn index(table: &'static str, name: &str, columns: [&'static str; 2]) -> IndexCreateStatement {
    let [first, second] = columns;
    let name = format!("{table}_{name}");
    Index::create().name(name).table(table).col("institution_id").col(first).col(second).take()
}
