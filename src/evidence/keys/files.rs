//! Private keys as files: PKCS #8 in PEM, mode 0600, all made at once at the first
//! start. A node never starts with a key that others can read, nor makes a new one
//! in the place of one that was lost: partners have pinned it.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hei_values::{Code, Refused};

use super::{KeyUse, tls};

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";
/// The name of the file with what signs page tokens.
const PAGE: &str = "page.key";

/// The signing keys of a folder, made there if it holds none yet.
pub(super) fn open_or_create(folder: &Path) -> Result<BTreeMap<KeyUse, Ed25519KeyPair>, Refused> {
    if is_empty(folder)? {
        create(folder)?;
    }
    KeyUse::DOCUMENTS.into_iter().map(|use_| Ok((use_, read_key(&path(folder, use_))?))).collect()
}

/// The key of the peer channel.
pub(super) fn tls_key(folder: &Path) -> Result<tls::Key, Refused> {
    let path = path(folder, KeyUse::Tls);
    let key = read_der(&path)?.and_then(|der| tls::Key::read(&der));
    key.ok_or_else(|| {
        unusable(&path, "holds no P-256 key as PKCS #8 in PEM: restore it from the backup")
    })
}

/// What signs page tokens.
pub(super) fn page_key(folder: &Path) -> Result<[u8; 32], Refused> {
    let path = folder.join(PAGE);
    let text = read(&path)?;
    let bytes = STANDARD.decode(text.trim()).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
    bytes.ok_or_else(|| {
        unusable(&path, "does not hold 32 bytes in base64: restore it from the backup")
    })
}

fn path(folder: &Path, use_: KeyUse) -> PathBuf {
    folder.join(format!("{}.key", use_.name()))
}

fn is_empty(folder: &Path) -> Result<bool, Refused> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(e) => Err(unusable(folder, &format!("cannot be read: {e}"))),
    }
}

/// Makes all keys beside the folder and moves them there in one step, so that a
/// power cut leaves either no key or every key.
fn create(folder: &Path) -> Result<(), Refused> {
    let mut name = folder.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let staged = folder.with_file_name(name);
    let made = stage(&staged).and_then(|()| {
        fs::rename(&staged, folder)?;
        folder.parent().map_or(Ok(()), |above| File::open(above)?.sync_all())
    });
    made.map_err(|e| unusable(folder, &format!("cannot be made: {e}")))
}

fn stage(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => DirBuilder::new().recursive(true).mode(0o700).create(folder)?,
    }
    for use_ in KeyUse::DOCUMENTS {
        let pair = Ed25519KeyPair::generate().map_err(io::Error::other)?;
        let der = pair.to_pkcs8v1().map_err(io::Error::other)?;
        write(&path(folder, use_), &pem(der.as_ref()))?;
    }
    let der = tls::Key::fresh_pkcs8().map_err(io::Error::other)?;
    write(&path(folder, KeyUse::Tls), &pem(&der))?;
    let mut page = [0; 32];
    rand::fill(&mut page).map_err(|_| io::Error::other("no randomness"))?;
    write(&folder.join(PAGE), &format!("{}\n", STANDARD.encode(page)))?;
    File::open(folder)?.sync_all()
}

fn pem(der: &[u8]) -> String {
    format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", STANDARD.encode(der))
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn read_key(path: &Path) -> Result<Ed25519KeyPair, Refused> {
    let pair = read_der(path)?.and_then(|der| Ed25519KeyPair::from_pkcs8(&der).ok());
    pair.ok_or_else(|| {
        unusable(path, "holds no Ed25519 key as PKCS #8 in PEM: restore it from the backup")
    })
}

/// What stands in a PEM file; `None` if it is none.
fn read_der(path: &Path) -> Result<Option<Vec<u8>>, Refused> {
    let text = read(path)?;
    let body: String = text.lines().filter(|l| !l.starts_with("-----")).collect();
    Ok(STANDARD.decode(body.trim()).ok().filter(|_| text.contains(PEM_BEGIN)))
}

fn read(path: &Path) -> Result<String, Refused> {
    let missing = "is missing beside the node's other keys: restore it from the backup, or \
                   empty the folder to begin as a new node, which partners must add again";
    let refused = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => unusable(path, missing),
        _ => unusable(path, &format!("cannot be read: {e}")),
    };
    let mode = fs::metadata(path).map_err(refused)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let told = format!(
            "is open to others (mode {mode:o}): run `chmod 600 {}`, and think of who may have read it",
            path.display()
        );
        return Err(unusable(path, &told));
    }
    fs::read_to_string(path).map_err(refused)
}

fn unusable(path: &Path, what: &str) -> Refused {
    let told = format!("{} {what}", path.display());
    Refused::new(Code::FailedPrecondition, "KEY_FILE", told)
}
