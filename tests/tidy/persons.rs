//! Whatever is kept about a person can be given to it and erased: each table with a column for the
//! person belongs to somebody's `SubjectData`. Asked of the schema that the migrations make.

use std::collections::BTreeSet;

use hei_node::{Config, Surroundings};
use sea_orm::{ConnectionTrait as _, Statement};
use sea_orm_migration::MigrationTrait;

use crate::assert_none;

#[tokio::test]
async fn each_table_about_persons_has_somebody_who_exports_and_erases_it() {
    let made = hei_testkit::suite::sqlite(migrations).await;
    let reader = made.store.reader();
    let sql = "SELECT t.name AS tab, c.name AS col FROM sqlite_schema t, pragma_table_info(t.name) c \
               WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'";
    let rows =
        reader.query_all_raw(Statement::from_string(reader.get_database_backend(), sql)).await;
    let text = |row: &sea_orm::QueryResult, name: &str| row.try_get::<String>("", name).unwrap();
    let columns: Vec<_> =
        rows.unwrap().iter().map(|row| (text(row, "tab"), text(row, "col"))).collect();
    let covered = covered();
    println!("{} tables about persons", about_persons(&columns).len());
    assert_none(breaches(&columns, &covered));
}

fn config() -> Config {
    Config::from_parts("", std::iter::empty()).unwrap()
}

fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    hei_node::migrations(&config(), &Surroundings::real())
}

fn covered() -> Vec<&'static str> {
    let use_cases = hei_node::use_cases(&config());
    use_cases.iter().flat_map(|u| &u.subject_data).flat_map(|data| data.tables).copied().collect()
}

/// The tables with a column for a person, and that of persons.
fn about_persons(columns: &[(String, String)]) -> BTreeSet<&str> {
    let of_a_person =
        |(table, column): &&(String, String)| column.contains("subject") || table == "subjects";
    columns.iter().filter(of_a_person).map(|(table, _)| table.as_str()).collect()
}

fn breaches(columns: &[(String, String)], covered: &[&str]) -> Vec<String> {
    let tables = about_persons(columns);
    let missing = tables.iter().filter(|table| !covered.contains(table));
    let mut breaches: Vec<_> = missing
        .map(|table| format!("{table} is about persons, and no SubjectData names it"))
        .collect();
    let absent = covered.iter().filter(|table| !tables.contains(*table));
    breaches.extend(
        absent.map(|table| format!("a SubjectData names {table}, which is no table about persons")),
    );
    let mut twice = covered.to_vec();
    twice.sort_unstable();
    breaches.extend(
        twice.windows(2).filter(|w| w[0] == w[1]).map(|w| format!("{} belongs to two", w[0])),
    );
    breaches
}

#[test]
fn a_table_about_persons_that_nobody_covers_is_found() {
    let column = |table: &str, column: &str| (table.to_owned(), column.to_owned());
    let columns =
        [column("grades", "subject_id"), column("courses", "title"), column("subjects", "id")];
    assert_none(breaches(&columns, &["grades", "subjects"]));
    assert_eq!(breaches(&columns, &["subjects"]).len(), 1);
    assert_eq!(breaches(&columns, &["grades", "subjects", "courses"]).len(), 1);
    assert_eq!(breaches(&columns, &["grades", "grades", "subjects"]).len(), 1);
}
