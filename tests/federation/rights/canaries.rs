//! Words that stand nowhere but in one learner's data, and where they are found.

use std::path::Path;

use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;
use hei_testkit::postgres::Database;
use hei_testkit::tables::Tables;

use crate::alliance::Place;

/// In names, identifiers, courses, grades, titles and an attachment.
pub const CANARIES: [&str; 8] = [
    "CANARYGIVEN",
    "CANARYFAMILY",
    "CANARYOTHERNAME",
    "CANARYLOCALID",
    "CANARYCOURSE",
    "CANARYTITLE",
    "CANARYGRADE",
    "Q0FOQVJZQVRUQUNITUVOVA",
];

/// A document of alpha about its learner with a canary wherever one fits.
pub fn document(course: &str) -> Vec<u8> {
    let mut it = Course::of("alpha.example", LEARNER, course);
    it.title = "CANARYTITLE".to_owned();
    it.grade = "CANARYGRADE".to_owned();
    let identifier = "<identifier type=\"local\">CANARYLOCALID</identifier>\n    <givenNames>";
    let attachment = "<attachment><title xml:lang=\"en\">Scan</title><type>Other</type>\
                      <content xml:lang=\"en\">data:text/plain;base64,Q0FOQVJZQVRUQUNITUVOVA==\
                      </content></attachment></report>";
    let text = String::from_utf8(it.elmo()).unwrap();
    let text = text
        .replace("<givenNames>Given", &format!("{identifier}CANARYGIVEN"))
        .replace("<familyName>Example", "<familyName>CANARYFAMILY")
        .replace("Παράδειγμα", "CANARYOTHERNAME")
        .replace("</report>", attachment);
    assert!(CANARIES.iter().all(|canary| text.contains(canary)), "{text}");
    text.into_bytes()
}

/// Which canaries stand in bytes.
pub fn in_bytes(bytes: &[u8]) -> Vec<&'static str> {
    let stands =
        |canary: &&&str| bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
    CANARIES.iter().filter(stands).copied().collect()
}

/// Which canaries stand in the files of a folder, each with its file.
pub fn in_folder(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(in_folder(&path));
            continue;
        }
        // A file may go while we look.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let canaries = in_bytes(&bytes);
        found.extend(canaries.iter().map(|canary| format!("{canary} in {}", path.display())));
    }
    found
}

/// How many canaries stand in the live rows of a database, whatever the column.
pub async fn in_rows(place: &Place, tables: &Tables) -> i64 {
    let mut found = 0;
    for (table, column, bytes) in tables.columns().await {
        for canary in CANARIES {
            let column = format!("\"{column}\"");
            let stands = match (place.is_postgres(), bytes) {
                (true, true) => format!("position(convert_to('{canary}', 'UTF8') IN {column}) > 0"),
                (true, false) => format!("position('{canary}' IN CAST({column} AS TEXT)) > 0"),
                (false, _) => format!(
                    "instr({column}, CAST('{canary}' AS BLOB)) > 0 OR instr({column}, '{canary}') > 0"
                ),
            };
            let sql = format!("SELECT count(*) FROM \"{table}\" WHERE {stands}");
            found += tables.number(&sql).await;
        }
    }
    found
}

/// What is found in the files of a node's database once its server has had its way.
pub async fn in_database_files(place: &Place, node: &hei_testkit::nodes::Node) -> Vec<String> {
    match place.is_postgres() {
        false => Vec::new(),
        true => {
            let database = Database::of(&node.database_to_read());
            database.vacuum_full().await;
            in_folder(&database.files().await)
        }
    }
}
