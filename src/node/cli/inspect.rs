//! `inspect FILE`: a document, read as an import would read it, without a node.

mod table;
mod value;

use std::io::Read as _;
use std::path::Path;

use hei_uc6_credentials::inspect;
use hei_values::{Code, Refused};

use super::Ended;
use super::said::Said;
use crate::Config;

/// More than any document may have; what is read of an endless pipe.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Says what there is to say of a file.
///
/// # Errors
/// FILE_UNREADABLE.
pub fn run(config: &Config, file: &Path, said: &Said) -> Result<Ended, Refused> {
    let bytes = read(file)?;
    let found = inspect(&bytes, &config.credentials.document_limits(), &config.issuer());
    let name = file.display().to_string();
    said.result(&table::of(&name, &found), &value::of(&name, &found));
    Ok(if found.faults.is_empty() { Ended::Well } else { Ended::NotSo })
}

fn read(file: &Path) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    let read = match file.as_os_str() == "-" {
        true => std::io::stdin().take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes),
        false => std::fs::File::open(file)
            .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)),
    };
    let unreadable = |told: String| {
        let told = format!("cannot read {}: {told}", file.display());
        Refused::new(Code::FailedPrecondition, "FILE_UNREADABLE", told)
    };
    read.map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(unreadable(format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    Ok(bytes)
}
