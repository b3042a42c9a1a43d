//! What this use case holds about persons: records, each with the documents that it came
//! in and with those whom it was sent to. What goes, goes together.

use std::collections::BTreeSet;

use futures_util::future::BoxFuture;
use hei_store::blobs;
use hei_use_case::rights::{Exported, Next, Piece, Record};
use hei_use_case::{Call, Failed, Read, Table};
use hei_values::{Decision, HeiId, Id, Millis, Refused, Step, name};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use serde_json::json;

use super::{documents, recipients, transcripts};
use crate::organisational::transcript::{self as rules, Facts, State};

/// Records that this institution has issued: its duty to keep.
const ISSUED: &str = "transcripts.issued";
/// Records of others.
const COPIES: &str = "transcripts.copies";

impl Record for transcripts::Entity {
    const TABLES: &'static [&'static str] = &["uc6_transcripts", "uc6_documents", "uc6_recipients"];
    const PERSON: transcripts::Column = transcripts::Column::SubjectId;
    const CHANGED: transcripts::Column = transcripts::Column::UpdateMs;
    const CLASSES: &'static [&'static str] = &[ISSUED, COPIES];
    const EXPORT: &'static [Next] = &[record, document, recipient];

    fn of_class(class: &str, own: &HeiId) -> Condition {
        let issued = Condition::all()
            .add(transcripts::Column::Issuer.eq(own.as_str()))
            .add(transcripts::Column::State.eq(State::Imported.name()));
        match class == ISSUED {
            true => issued,
            false => issued.not(),
        }
    }

    fn sent_by(peer: &HeiId, sent_as: Option<&str>) -> Condition {
        let named = sent_as.map(|named| transcripts::Column::SentAs.eq(named));
        let sender = transcripts::Column::Sender.eq(name::of("peers", peer));
        Condition::all().add(sender).add_option(named)
    }

    fn erase(call: &mut Call, rows: Vec<transcripts::Model>) -> BoxFuture<'_, Result<(), Failed>> {
        Box::pin(async move {
            let Some(person) = rows.first().map(|row| row.subject_id) else { return Ok(()) };
            let mut files = BTreeSet::new();
            for row in rows {
                files.extend(erase_one(call, row).await?);
            }
            abandon(call, person, files).await
        })
    }
}

/// Removes a record; gives the files that it had.
async fn erase_one(call: &mut Call, row: transcripts::Model) -> Result<BTreeSet<Uuid>, Failed> {
    let mut files = files_of(&row)?;
    let of = documents::Column::TranscriptId.eq(row.id);
    let documents = call.own::<documents::Entity>().filter(of);
    for document in documents.all(call.conn()).await? {
        files.insert(document.blob_id);
        let follows = Decision::follows(());
        call.delete::<documents::Entity, _>(&document, follows).await?;
    }
    let of = recipients::Column::TranscriptId.eq(row.id);
    let recipients = call.own::<recipients::Entity>().filter(of);
    for recipient in recipients.all(call.conn()).await? {
        let follows = Decision::follows(());
        call.delete::<recipients::Entity, _>(&recipient, follows).await?;
    }
    let named = row.name();
    let facts = Facts { name: &named, state: Some(row.current()?), issuer: &row.issuer };
    let decision = rules::erase(&facts).map_err(Refused::from)?;
    call.delete::<transcripts::Entity, _>(&row, decision).await?;
    Ok(files)
}

/// The files that a record names as contents of its attachments.
///
/// # Errors
/// INTERNAL if the record does not read.
pub fn files_of(row: &transcripts::Model) -> Result<BTreeSet<Uuid>, Refused> {
    let record = row.shown()?;
    let contents = record.attachments.iter().flat_map(|attachment| &attachment.contents);
    let ids = contents.filter_map(|it| name::id("blob", blobs::Entity::COLLECTION, &it.blob).ok());
    Ok(ids.map(|id| id.0).collect())
}

/// Gives up files of a person that none of its records has any more.
///
/// # Errors
/// What the database says.
pub async fn abandon(call: &Call, subject: Uuid, mut files: BTreeSet<Uuid>) -> Result<(), Failed> {
    if files.is_empty() {
        return Ok(());
    }
    let own = call.own::<documents::Entity>();
    let kept: Vec<Uuid> = own
        .filter(documents::Column::SubjectId.eq(subject))
        .select_only()
        .column(documents::Column::BlobId)
        .into_tuple()
        .all(call.conn())
        .await?;
    files.retain(|id| !kept.contains(id));
    let person = transcripts::Column::SubjectId.eq(subject);
    for other in call.own::<transcripts::Entity>().filter(person).all(call.conn()).await? {
        let named = files_of(&other)?;
        files.retain(|id| !named.contains(id));
    }
    blobs::abandon_some(call.conn(), call.institution().id, files).await
}

type Row<'a> = BoxFuture<'a, Result<Option<Exported>, Failed>>;

/// The row about a person that comes after an identifier.
async fn next<T: Table>(
    read: &Read,
    person: T::Column,
    subject: Uuid,
    after: Option<Uuid>,
) -> Result<Option<T::Row>, Failed> {
    let mut query = read.own::<T>().filter(person.eq(subject)).order_by_asc(T::ID).limit(1);
    if let Some(after) = after {
        query = query.filter(T::ID.gt(after));
    }
    Ok(query.one(read.conn()).await?)
}

fn record(read: &Read, subject: Uuid, after: Option<Uuid>) -> Row<'_> {
    Box::pin(async move {
        let person = transcripts::Column::SubjectId;
        let found = next::<transcripts::Entity>(read, person, subject, after).await?;
        let Some(row) = found else { return Ok(None) };
        let shown = row.shown()?;
        let piece = Piece::message(row.name(), "hei.credentials.v1.Transcript", &shown)?;
        Ok(Some(Exported { id: row.id, pieces: vec![piece] }))
    })
}

fn document(read: &Read, subject: Uuid, after: Option<Uuid>) -> Row<'_> {
    Box::pin(async move {
        let person = documents::Column::SubjectId;
        let found = next::<documents::Entity>(read, person, subject, after).await?;
        let Some(row) = found else { return Ok(None) };
        let (id, named) = (row.id, documents::Entity::name(&row));
        let facts = json!({
            "name": named,
            "transcript": name::of("transcripts", Id(row.transcript_id)),
            "transcriptRevision": row.transcript_revision,
            "receiveTime": Millis(row.receive_ms).to_rfc3339(),
            "mediaType": row.media_type_or_bytes(),
            "blob": name::of(blobs::Entity::COLLECTION, Id(row.blob_id)),
        });
        Ok(Some(Exported { id, pieces: vec![Piece::facts(named, &facts)] }))
    })
}

fn recipient(read: &Read, subject: Uuid, after: Option<Uuid>) -> Row<'_> {
    Box::pin(async move {
        let person = recipients::Column::SubjectId;
        let found = next::<recipients::Entity>(read, person, subject, after).await?;
        let Some(row) = found else { return Ok(None) };
        let facts = json!({
            "name": row.name(),
            "transcript": name::of("transcripts", Id(row.transcript_id)),
            "transcriptRevision": row.transcript_revision,
            "peer": name::of("peers", &row.peer),
            "message": name::of("messages", Id(row.message_id)),
            "state": row.state,
            "takenAs": row.taken_as,
            "sendTime": Millis(row.send_ms).to_rfc3339(),
            "takeTime": row.take_ms.map(|ms| Millis(ms).to_rfc3339()),
        });
        let piece = Piece::facts(row.name(), &facts);
        Ok(Some(Exported { id: row.id, pieces: vec![piece] }))
    })
}
