//! The tables of requirements, as RFC 4180 writes tables.

use crate::tree::File;

pub const COLUMNS: [&str; 9] =
    ["id", "layer", "level", "text", "basis", "roles", "kind", "test", "not_tested_reason"];

/// One requirement.
#[derive(Debug, Clone)]
pub struct Row {
    pub folder: String,
    pub id: String,
    pub layer: String,
    pub level: String,
    pub text: String,
    pub basis: String,
    pub roles: String,
    pub kind: String,
    pub test: String,
    pub reason: String,
}

impl Row {
    /// Those of a file, without its header.
    pub fn all_of(file: &File) -> Vec<Row> {
        let folder = file.path.split('/').nth(1).unwrap_or_default();
        records(&file.text).into_iter().skip(1).filter_map(|r| Row::of(folder, r)).collect()
    }

    fn of(folder: &str, record: Vec<String>) -> Option<Row> {
        let [id, layer, level, text, basis, roles, kind, test, reason] =
            <[String; 9]>::try_from(record).ok()?;
        let folder = folder.to_owned();
        Some(Row { folder, id, layer, level, text, basis, roles, kind, test, reason })
    }
}

/// The records of a table; a field in quotes may hold commas, line ends and doubled quotes.
pub fn records(text: &str) -> Vec<Vec<String>> {
    let (mut all, mut record, mut field, mut quoted) =
        (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                all.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            other => field.push(other),
        }
    }
    if !field.is_empty() || !record.is_empty() {
        record.push(field);
        all.push(record);
    }
    all
}

#[test]
fn quoted_fields_are_read_as_they_were_meant() {
    let read = records("a,\"b, \"\"c\"\"\"\n\"d\ne\",\nf,g");
    assert_eq!(read, [["a", "b, \"c\""], ["d\ne", ""], ["f", "g"]]);
}
