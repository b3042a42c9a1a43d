//! UploadBlob, GetBlob, DownloadBlob: files that the node keeps for the campus.

use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::node::v1::{
    Blob, DownloadBlobRequest, DownloadBlobResponse, GetBlobRequest, UploadBlobRequest,
};
use hei_store::blobs::{self, Column, Entity, Model};
use hei_use_case::{Call, Deposited, Described, Failed, Feed, Read};
use hei_values::{Id, Millis, Refused, Violation, Violations, name};
use sea_orm::{ColumnTrait as _, QueryFilter as _, Select};

const COLLECTION: &str = "blobs";
/// Longer than any that is registered (RFC 6838 §4.2: 127 on either side).
const MEDIA_TYPE_BYTES_MAX: usize = 255;
/// Chunks that one statement of a download reads, 1 MiB.
const CHUNKS_READ: u64 = 4;

/// What comes.
pub struct Upload {
    learner: Option<Identifier>,
    media_type: String,
}

/// Reads what the first message says.
pub fn upload_check(request: UploadBlobRequest) -> Result<Upload, Violations> {
    let UploadBlobRequest { learner, media_type, .. } = request;
    let mut faults = Violations::default();
    if learner.as_ref().is_some_and(|l| l.scheme.is_empty() || l.value.is_empty()) {
        faults.0.push(Violation::missing("learner"));
    }
    let plain = media_type.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if media_type.len() > MEDIA_TYPE_BYTES_MAX || !plain {
        let told = "is a media type, as \"application/pdf\"";
        faults.0.push(Violation::new("media_type", "MALFORMED", told));
    }
    faults.or(Some(Upload { learner, media_type }))
}

/// Whose it is: only a learner who is known here has a key to seal it with.
pub async fn upload_describe(read: &Read, it: &Upload) -> Result<Described, Failed> {
    let media_type = it.media_type.clone();
    let Some(learner) = &it.learner else {
        return Ok(Described { subject: None, media_type, is_alone: false });
    };
    let subject = read.subject(learner).await?;
    let subject = subject.ok_or_else(|| Refused::not_found("the learner"))?;
    Ok(Described { subject: Some(subject), media_type, is_alone: false })
}

/// Keeps it.
pub async fn upload(call: &mut Call, it: &Deposited<Upload>) -> Result<Blob, Failed> {
    Ok(shown(&it.keep(call).await?))
}

/// Reads the name.
pub fn get_check(request: GetBlobRequest) -> Result<Id, Violations> {
    Ok(name::id("name", COLLECTION, &request.name)?)
}

/// Finds it.
pub async fn get(read: &Read, id: &Id) -> Result<Blob, Failed> {
    Ok(shown(&find(read, *id).await?))
}

/// Reads the name.
pub fn download_check(request: DownloadBlobRequest) -> Result<Id, Violations> {
    Ok(name::id("name", COLLECTION, &request.name)?)
}

/// Sends what is known, then chunk after chunk.
pub async fn download(feed: &mut Feed<DownloadBlobResponse>, id: &Id) -> Result<(), Failed> {
    let row = find(feed, *id).await?;
    let mut left = row.size_bytes;
    let (mut first, place) = (0, row.place());
    feed.send(DownloadBlobResponse { blob: Some(shown(&row)), ..Default::default() }).await?;
    while left > 0 {
        // It may be restricted or erased since; each send looks at what was read for it.
        find(feed, *id).await?;
        let chunks = blobs::chunks(feed.conn(), &place, first, CHUNKS_READ).await?;
        if chunks.is_empty() {
            return Err(Refused::not_found(&name::of(COLLECTION, *id)).into());
        }
        for chunk in chunks {
            left = left.saturating_sub_unsigned(chunk.len() as u64);
            first += 1;
            feed.send(DownloadBlobResponse { chunk: chunk.into(), ..Default::default() }).await?;
        }
    }
    Ok(())
}

/// The blobs that the caller may see: a learner the own ones.
async fn visible(read: &Read) -> Result<Select<Entity>, Failed> {
    let whole = read.own::<Entity>().filter(Column::WholeMs.is_not_null());
    if !read.caller().only_learner() {
        return Ok(whole);
    }
    let own = match &read.caller().learner {
        Some(learner) => read.subject(learner).await?,
        None => None,
    };
    Ok(whole.filter(Column::SubjectId.eq(own.unwrap_or_default())))
}

async fn find(read: &Read, id: Id) -> Result<Model, Failed> {
    let found = read.one(visible(read).await?.filter(Column::Id.eq(id.0))).await?;
    found.ok_or_else(|| Refused::not_found(&name::of(COLLECTION, id)).into())
}

fn shown(row: &Model) -> Blob {
    Blob {
        name: name::of(COLLECTION, Id(row.id)),
        media_type: row.media_type.clone(),
        size_bytes: row.size_bytes,
        sha256: row.sha256.clone().into(),
        personal: row.subject_id.is_some(),
        create_time: row.whole_ms.map(|at| Millis(at).to_timestamp()),
    }
}
