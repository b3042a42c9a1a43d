//! What `serve` leaves in the data folder for the commands of its operator.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hei_values::{Code, Refused};
use uuid::Uuid;

use crate::Config;
use crate::config::Environment;

/// The token of the operator's commands; only its owner may read it.
pub const OPERATOR_TOKEN_FILE: &str = "operator.token";
/// Where the ops listener is.
pub const OPS_ADDRESS_FILE: &str = "ops.address";
/// The token of the client that a development node makes itself.
const DEVELOPMENT_TOKEN_FILE: &str = "development.token";

/// The client that a development node makes itself.
pub struct DevelopmentClient {
    /// What it sends as "Authorization: Bearer …".
    pub token: String,
    /// The digest that the configuration would hold.
    pub token_sha256: String,
}

/// The data folder, which only its owner may enter.
///
/// # Errors
/// FILE_UNWRITABLE.
pub fn make_folder(folder: &Path) -> Result<(), Refused> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|e| unwritable(folder, &e))
}

/// The lock on the data folder: one node has its keys, its token and its address.
/// Held as long as the value lives.
///
/// # Errors
/// DATA_IN_USE in one sentence.
pub fn lock(folder: &Path) -> Result<File, Refused> {
    let path = folder.join("serve.lock");
    let open = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = open.map_err(|e| unwritable(&path, &e))?;
    file.try_lock().map_err(|_| {
        let told =
            format!("another node serves the data folder {}: end it first", folder.display());
        Refused::new(Code::FailedPrecondition, "DATA_IN_USE", told)
    })?;
    Ok(file)
}

/// A new token for the operator; the one before counts no more. Gives its digest.
///
/// # Errors
/// FILE_UNWRITABLE.
pub fn operator_token(folder: &Path) -> Result<[u8; 32], Refused> {
    let token = fresh_token()?;
    write_secret(&folder.join(OPERATOR_TOKEN_FILE), &token)?;
    Ok(sha256(token.as_bytes()))
}

/// By this the process knows what it was working on when it ended: the same at each
/// start on this data folder, and no other process has it.
///
/// # Errors
/// FILE_UNWRITABLE.
pub fn worker(folder: &Path) -> Result<Uuid, Refused> {
    let file = folder.join("worker.id");
    let kept = std::fs::read_to_string(&file).ok();
    if let Some(kept) = kept.and_then(|text| Uuid::try_parse(text.trim()).ok()) {
        return Ok(kept);
    }
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| Refused::internal("no randomness"))?;
    let fresh = uuid::Builder::from_random_bytes(bytes).into_uuid();
    write_secret(&file, &fresh.to_string())?;
    Ok(fresh)
}

/// Notes where the ops listener is.
///
/// # Errors
/// FILE_UNWRITABLE.
pub fn write_ops_address(folder: &Path, address: SocketAddr) -> Result<(), Refused> {
    write_secret(&folder.join(OPS_ADDRESS_FILE), &address.to_string())
}

/// A client for a development node that has none, the same at every start.
///
/// # Errors
/// FILE_UNWRITABLE.
pub fn development_client(config: &Config) -> Result<Option<DevelopmentClient>, Refused> {
    let wanted = config.environment == Environment::Development && config.campus.client.is_empty();
    if !wanted {
        return Ok(None);
    }
    let file = config.data_folder.join(DEVELOPMENT_TOKEN_FILE);
    let token = match std::fs::read_to_string(&file) {
        Ok(kept) => kept.trim().to_owned(),
        Err(_) => {
            let token = fresh_token()?;
            write_secret(&file, &token)?;
            token
        }
    };
    let token_sha256 = sha256(token.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    Ok(Some(DevelopmentClient { token, token_sha256 }))
}

fn fresh_token() -> Result<String, Refused> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| Refused::internal("no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The file never exists with a wider mode: it is written beside and moved.
fn write_secret(file: &Path, text: &str) -> Result<(), Refused> {
    let beside = file.with_extension("new");
    let _ = std::fs::remove_file(&beside);
    let write = || {
        let mut open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        writeln!(open, "{text}")?;
        std::fs::rename(&beside, file)
    };
    write().map_err(|e| unwritable(file, &e))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Refused {
    let told = format!("cannot write {}: {error}", path.display());
    Refused::new(Code::FailedPrecondition, "FILE_UNWRITABLE", told)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    hei_evidence::keys::sha256(bytes)
}
