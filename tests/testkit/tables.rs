//! A node's database as it is seen from outside, while the node runs.

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend};

/// The tables of one node.
pub struct Tables(DatabaseConnection);

impl Tables {
    /// Opens them; see `Node::database_to_read`.
    pub async fn open(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1);
        Self(Database::connect(options).await.unwrap())
    }

    /// The one number that a statement gives.
    pub async fn number(&self, sql: &str) -> i64 {
        let row = self.0.query_one_raw(sea_orm::Statement::from_string(self.backend(), sql));
        row.await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// The texts that a statement gives, one a row.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.0.query_all_raw(sea_orm::Statement::from_string(self.backend(), sql));
        rows.await.unwrap().iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// The tables whose rows belong to an institution.
    pub async fn of_institutions(&self) -> Vec<String> {
        let tables = match self.backend() {
            DbBackend::Sqlite => {
                "SELECT t.name FROM sqlite_master t, pragma_table_info(t.name) c \
                 WHERE t.type = 'table' AND c.name = 'institution_id'"
            }
            _ => {
                "SELECT CAST(table_name AS text) FROM information_schema.columns \
                 WHERE table_schema = 'public' AND column_name = 'institution_id'"
            }
        };
        self.texts(tables).await
    }

    /// An identifier's column as 32 lower-case digits, whichever way the engine keeps it.
    pub fn digits_of_uuid(&self, column: &str) -> String {
        match self.backend() {
            DbBackend::Sqlite => format!("lower(hex({column}))"),
            _ => format!("replace(CAST({column} AS TEXT), '-', '')"),
        }
    }

    /// Every column: its table, its name, and whether it holds bytes.
    pub async fn columns(&self) -> Vec<(String, String, bool)> {
        let sql = match self.backend() {
            DbBackend::Sqlite => {
                "SELECT t.name, c.name, c.type LIKE '%blob%' FROM sqlite_schema t, \
                 pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
            }
            _ => {
                "SELECT table_name::text, column_name::text, data_type = 'bytea' \
                 FROM information_schema.columns WHERE table_schema = 'public'"
            }
        };
        let rows = self.0.query_all_raw(sea_orm::Statement::from_string(self.backend(), sql));
        let column = |row: &sea_orm::QueryResult| {
            let text = |n| row.try_get_by_index::<String>(n).unwrap();
            (text(0), text(1), row.try_get_by_index(2).unwrap())
        };
        rows.await.unwrap().iter().map(column).collect()
    }

    fn backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }
}
