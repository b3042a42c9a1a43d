//! The job of an imported archive: some entries a step, each by itself. The archive lies in
//! the database; of it a step reads the index and its entries.

mod lying;

use futures_util::future::BoxFuture;
use hei_proto::hei::credentials::v1::{
    ImportRow, ImportTranscriptResponse, ImportTranscriptsResponse,
};
use hei_store::blobs;
use hei_use_case::{Call, Failed, Handle, Job, OPERATIONS, Running, Step, job};
use hei_values::{Code, Id, Refused, Violations, name};
use prost::Message as _;
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

use super::archive::{self, Archive, Entry};
use super::campus::transcripts::import::{self, Checked};
use super::tables::import_rows;
use crate::limits;
use crate::semantic::document::Limits;
use lying::{Lying, Reader};

/// Its name.
pub const JOB: &str = "uc6.import";

/// The job, under the configured limits of a document.
pub fn imports(limits: Limits) -> Job {
    job(JOB, Importing(limits)).answers("hei.credentials.v1.ImportTranscriptsResponse")
}

#[derive(Clone)]
struct Importing(Limits);

impl<'a> Handle<&'a mut Call, &'a Running, Step> for Importing {
    type Answer = BoxFuture<'a, Result<Step, Failed>>;

    fn call(&self, call: &'a mut Call, it: &'a Running) -> Self::Answer {
        Box::pin(step(call, it, self.0))
    }
}

/// What it is begun with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Argument {
    blob: [u8; 16],
    size_bytes: u64,
    validate_only: bool,
}

/// How far it is.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// The place of the next entry in the index.
    next: usize,
    refused: i64,
}

impl Argument {
    /// For an archive that lies in the database.
    pub fn new(place: &blobs::Place, size_bytes: u64, validate_only: bool) -> Self {
        Self { blob: place.id.into_bytes(), size_bytes, validate_only }
    }

    /// As the job keeps it.
    ///
    /// # Errors
    /// INTERNAL.
    pub fn encoded(&self) -> Result<Vec<u8>, Refused> {
        encoded(self)
    }
}

fn encoded(value: &impl Serialize) -> Result<Vec<u8>, Refused> {
    serde_json::to_vec(value).map_err(|e| Refused::internal(format!("an import: {e}")))
}

fn read<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(bytes).map_err(|e| Refused::internal(format!("an import: {e}")))
}

/// What the entries of one step are imported with.
struct Work<'a> {
    operation: Id,
    limits: &'a Limits,
    validate_only: bool,
}

/// Imports some entries; gives the archive up after the last.
async fn step(call: &mut Call, it: &Running, limits: Limits) -> Result<Step, Failed> {
    let argument: Argument = read(&it.argument)?;
    let mut cursor: Cursor = match it.cursor.is_empty() {
        true => Cursor::default(),
        false => read(&it.cursor)?,
    };
    let (institution, subject) = (call.institution().id, None);
    let blob = Uuid::from_bytes(argument.blob);
    let place = blobs::Place { institution, subject, id: blob };
    if !blobs::hold(call.conn(), &place, call.now()).await? {
        return Err(gone().into());
    }
    let work = Work {
        operation: name::id("name", OPERATIONS, &it.name)?,
        limits: &limits,
        validate_only: argument.validate_only,
    };
    let mut lying = Lying::new(place, argument.size_bytes);
    let mut archive = lying.open(call.conn()).await?;
    let (mut done, mut total) = (it.done, it.total);
    if cursor.next == 0 {
        total = archive.count().0 as u64;
        if archive.is_ambiguous() {
            done += 1;
            cursor.refused += work.note(call, 0, Err(archive::ambiguous())).await?;
        }
    }
    done += work.some(call, &mut lying, &mut archive, &mut cursor).await?;
    if cursor.next < archive.entries() {
        let cursor = encoded(&cursor)?.into();
        return Ok(Step::Again { cursor, done, total, at: None });
    }
    blobs::abandon_some(call.conn(), institution, [blob]).await?;
    let row_count = i64::try_from(done).unwrap_or(i64::MAX);
    let answer = ImportTranscriptsResponse { row_count, refused_count: cursor.refused };
    Ok(Step::Done(answer.encode_to_vec().into()))
}

impl Work<'_> {
    /// Imports entries from the cursor on, as many as a step may; gives how many rows that made.
    async fn some(
        &self,
        call: &mut Call,
        lying: &mut Lying,
        archive: &mut Archive<Reader>,
        cursor: &mut Cursor,
    ) -> Result<u64, Failed> {
        let (mut rows, mut bytes) = (0, 0);
        while cursor.next < archive.entries()
            && rows < limits::STEP_ROWS_MAX
            && bytes < limits::STEP_BYTES_ENOUGH
        {
            let at = cursor.next;
            cursor.next += 1;
            let Entry::Document(_) = archive.entry(at) else { continue };
            let content = lying.document(call.conn(), archive, at).await?;
            bytes += content.as_ref().map_or(0, Vec::len);
            rows += 1;
            let answer = match content {
                Ok(content) => self.import(call, content).await?,
                Err(refused) => Err(refused),
            };
            cursor.refused += self.note(call, at + 1, answer).await?;
        }
        Ok(rows)
    }

    /// As ImportTranscript does, and nothing stays of what is refused.
    async fn import(
        &self,
        call: &mut Call,
        content: Vec<u8>,
    ) -> Result<Result<ImportTranscriptResponse, Refused>, Failed> {
        match Checked::of(content.into(), self.validate_only, self.limits) {
            Ok(checked) => call.apart(&checked, &import::handle).await,
            Err(faults) => Ok(Err(Violations::into(faults))),
        }
    }

    /// Keeps what became of an entry; gives how many were refused.
    async fn note(
        &self,
        call: &Call,
        entry: usize,
        answer: Result<ImportTranscriptResponse, Refused>,
    ) -> Result<i64, Failed> {
        let refused = i64::from(answer.is_err());
        let row = match answer {
            Ok(answer) => imported(answer),
            Err(refused) => unimported(refused),
        };
        let entry = i64::try_from(entry).unwrap_or(i64::MAX);
        import_rows::add(call, self.operation, &ImportRow { entry, ..row }).await?;
        Ok(refused)
    }
}

fn imported(answer: ImportTranscriptResponse) -> ImportRow {
    let count = |all: usize| u32::try_from(all).unwrap_or(u32::MAX);
    ImportRow {
        transcripts: answer.transcripts,
        standard: answer.standard,
        deviation_count: count(answer.deviations.len()),
        loss_count: count(answer.losses.len()),
        ..ImportRow::default()
    }
}

/// A fault may repeat what the document says; its place and reason do not.
fn unimported(refused: Refused) -> ImportRow {
    let message = match (refused.violations.len(), refused.code) {
        (_, Code::Internal) => {
            tracing::error!(error = refused.message, "an entry of an archive failed");
            "the node failed at it, and its log says why".to_owned()
        }
        (0, _) => refused.message,
        (faults, _) => format!("{faults} faults: an import of it alone says what they are"),
    };
    let fields = refused.violations.into_iter().map(|fault| fault.field);
    ImportRow {
        reason: refused.reason.to_owned(),
        message,
        fields: fields.take(limits::ROW_FIELDS_MAX).collect(),
        ..ImportRow::default()
    }
}

fn gone() -> Refused {
    let told = "the node was down for more than a day and the archive is swept: upload it again, \
                nothing is imported twice";
    Refused::new(Code::FailedPrecondition, "ARCHIVE_GONE", told)
}
