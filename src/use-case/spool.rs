//! Where an upload lies until it is whole: a file that has no name any more, so that
//! it goes with whoever holds it, also when the process is killed.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::Arc;

use hei_values::{Code, Id, Refused};
use prost::bytes::Bytes;

/// The folder of uploads that are under way.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
}

/// The bytes of an upload.
#[derive(Debug, Clone)]
pub(crate) struct Spooled(Arc<File>);

impl Spool {
    /// Makes the folder, and removes what a process left that died between making a file
    /// and taking its name.
    ///
    /// # Errors
    /// FILE_UNWRITABLE.
    pub fn open(folder: PathBuf) -> Result<Self, Refused> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        let cleared = made.and_then(|()| {
            std::fs::read_dir(&folder)?.try_for_each(|left| std::fs::remove_file(left?.path()))
        });
        cleared.map_err(|error| {
            let told = format!("{} cannot be used: {error}", folder.display());
            Refused::new(Code::FailedPrecondition, "FILE_UNWRITABLE", told)
        })?;
        Ok(Self { folder })
    }

    pub(crate) async fn file(&self, id: Id) -> Result<Spooled, Refused> {
        let path = self.folder.join(id.to_string());
        let make = move || {
            let mut new = OpenOptions::new();
            let file = new.create_new(true).read(true).write(true).mode(0o600).open(&path)?;
            std::fs::remove_file(&path)?;
            Ok(Spooled(Arc::new(file)))
        };
        off_the_loop(make).await
    }
}

impl Spooled {
    pub(crate) async fn append(&self, bytes: Bytes) -> Result<(), Refused> {
        let file = Arc::clone(&self.0);
        off_the_loop(move || (&*file).write_all(&bytes)).await
    }

    pub(crate) async fn read(&self, at: u64, length: usize) -> Result<Vec<u8>, Refused> {
        let file = Arc::clone(&self.0);
        let read = move || {
            let mut bytes = vec![0; length];
            file.read_exact_at(&mut bytes, at)?;
            Ok(bytes)
        };
        off_the_loop(read).await
    }
}

/// Files block: other callers do not wait for them.
async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Refused> {
    let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other).flatten();
    done.map_err(|error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            tracing::error!(%error, "no room left for an upload");
            let told = "the data folder has no room left: free some space";
            Refused::new(Code::ResourceExhausted, "STORAGE_FULL", told)
        }
        _ => Refused::internal(format!("an upload's file: {error}")),
    })
}
