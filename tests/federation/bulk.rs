//! An archive of documents becomes records by a job of the node: each entry by itself, once,
//! whatever becomes of the process.

use std::collections::BTreeSet;
use std::io::{Cursor, Write as _};

use hei_proto::google::longrunning::operation::Result::{Error, Response};
use hei_proto::google::longrunning::{DeleteOperationRequest, Operation};
use hei_proto::hei::credentials::v1::{
    ImportRow, ImportTranscriptsRequest, ImportTranscriptsResponse, ListImportRowsRequest, Outcome,
};
use hei_testkit::client::Client;
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;
use hei_testkit::tables::Tables;
use prost::Message as _;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::alliance::{Place, eventually, import, list, on_each_engine, one, why};
use crate::operations::{get, wait};
use crate::rights::{learner_at, restrict};

/// Bytes of a message of the upload: entries lie across them.
const CHUNK_BYTES: usize = 1000;

fn learner(n: usize) -> String {
    LEARNER.replace(":1", &format!(":{n}"))
}

fn document(n: usize) -> String {
    String::from_utf8(Course::of("alpha.example", &learner(n), "X").elmo()).unwrap()
}

/// Identifiers of the first two learners in one document, after a record of its own.
fn of_two_learners() -> String {
    let second = format!("<identifier type=\"esi\">{}</identifier><givenNames>", learner(2));
    document(1).replace("loi-X", "loi-Z").replace("<givenNames>", &second)
}

fn archive(entries: &[(&str, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

async fn begun(client: &Client, archive: &[u8], validate_only: bool) -> String {
    let first = ImportTranscriptsRequest {
        size_bytes: archive.len() as i64,
        purpose: why("administration"),
        validate_only,
        ..Default::default()
    };
    let chunk = |bytes: &[u8]| ImportTranscriptsRequest {
        chunk: bytes.to_vec().into(),
        ..Default::default()
    };
    let messages: Vec<_> =
        std::iter::once(first).chain(archive.chunks(CHUNK_BYTES).map(chunk)).collect();
    client.upload(futures_util::stream::iter(messages)).await.unwrap().name
}

fn answer(operation: &Operation) -> ImportTranscriptsResponse {
    let Some(Response(answer)) = &operation.result else { panic!("{operation:?}") };
    assert_eq!(answer.type_url, "type.googleapis.com/hei.credentials.v1.ImportTranscriptsResponse");
    ImportTranscriptsResponse::decode(answer.value.as_slice()).unwrap()
}

/// All rows, by pages of three.
async fn rows(client: &Client, operation: &str) -> Vec<ImportRow> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let parent = operation.to_owned();
        let asked = ListImportRowsRequest { parent, page_size: 3, page_token };
        let page = client.call(asked).await.unwrap();
        all.extend(page.rows);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return all;
        }
    }
}

/// What became of an entry: its reason, or what was done with its only transcript.
fn told(row: &ImportRow) -> (i64, &str) {
    match row.transcripts.first() {
        Some(one) if row.reason.is_empty() => (row.entry, one.outcome().as_str_name()),
        _ => (row.entry, &row.reason),
    }
}

const CREATED: &str = "OUTCOME_CREATED";

async fn an_entry_that_is_refused_leaves_nothing_and_stops_none_of_the_others(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    for n in [1, 2] {
        import(&sis, document(n).into_bytes()).await.unwrap();
    }
    let registrar = alpha.campus("registrar").await;
    restrict(&registrar, &learner_at(&registrar).await.unwrap().name).await.unwrap();
    let archive = archive(&[
        ("all/3.xml", document(3)),
        ("all/broken.xml", document(4).replace("7.5", "7,5")),
        ("all/.hidden", document(5)),
        ("all/2.xml", document(2)),
        ("all/of-two.xml", of_two_learners()),
        ("all/restricted.xml", document(1)),
        ("all/6.xml", document(6)),
    ]);
    let expected = [
        (1, CREATED),
        (2, "DOCUMENT_INVALID"),
        (4, "OUTCOME_UNCHANGED"),
        (5, "AMBIGUOUS_MATCH"),
        (6, "SUBJECT_RESTRICTED"),
        (7, CREATED),
    ];
    let rehearsed = begun(&sis, &archive, true).await;
    let counts = answer(&wait(&sis, &rehearsed).await);
    let all = rows(&sis, &rehearsed).await;
    assert_eq!(all.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(list(&sis, 50).await.len(), 1, "a dry run changed something");

    let name = begun(&sis, &archive, false).await;
    assert_eq!(answer(&wait(&sis, &name).await), counts);
    assert_eq!((counts.row_count, counts.refused_count), (6, 3));
    let all = rows(&sis, &name).await;
    assert_eq!(all.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(list(&sis, 50).await.len(), 3, "two more, and the restricted one is left out");
    let invalid = &all[1];
    assert!(invalid.fields[0].starts_with("/elmo/report"), "{invalid:?}");
    assert!(!invalid.message.contains("7,5"), "a row repeats the document: {invalid:?}");

    let tables = Tables::open(&alpha.database_to_read()).await;
    let kept = "SELECT count(*) FROM blobs WHERE media_type = 'application/zip' AND begin_ms > 0";
    assert_eq!(tables.number(kept).await, 0, "archives whose import is done");
    let parent = name.clone();
    let others = registrar.call(ListImportRowsRequest { parent, ..Default::default() }).await;
    assert_eq!(others.unwrap_err().reason, "NOT_FOUND");
    for name in [rehearsed, name] {
        sis.call(DeleteOperationRequest { name }).await.unwrap();
    }
    assert_eq!(tables.number("SELECT count(*) FROM uc6_import_rows").await, 0);
}

async fn what_is_no_archive_ends_the_operation_with_its_reason(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let whole = archive(&[("1.xml", document(1))]);
    for bytes in [&[][..], b"<elmo/>", &whole[..whole.len() - 30]] {
        let name = begun(&sis, bytes, false).await;
        let ended = wait(&sis, &name).await;
        let Some(Error(status)) = &ended.result else { panic!("{ended:?}") };
        assert!(status.message.contains("no ZIP archive"), "{status:?}");
        assert_eq!(rows(&sis, &name).await, []);
    }
    assert_eq!(list(&sis, 50).await, []);
}

async fn an_import_goes_on_after_sigkill_and_every_entry_is_in_once(place: Place) {
    const ENTRIES: usize = 300;
    let mut alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let names: Vec<_> = (1..=ENTRIES).map(|n| format!("{n}.xml")).collect();
    let entries: Vec<_> =
        names.iter().zip(1..).map(|(name, n)| (name.as_str(), document(n))).collect();
    let tables = Tables::open(&alpha.database_to_read()).await;
    let done = async || tables.number("SELECT count(*) FROM uc6_import_rows").await;
    let name = begun(&sis, &archive(&entries), false).await;
    let mut killed_at = Vec::new();
    for _ in 0..3 {
        let before = done().await;
        eventually("it goes on", async || done().await > before).await;
        alpha.kill();
        killed_at.push(done().await);
        alpha.start();
    }
    println!("killed at {killed_at:?} of {ENTRIES}");
    assert!(killed_at[2] < ENTRIES as i64, "it was done before the last kill: {killed_at:?}");
    let sis = alpha.campus("sis").await;
    let ended = wait(&sis, &name).await;
    assert_eq!(answer(&ended).row_count, ENTRIES as i64, "{:?}", get(&sis, &name).await);
    let all = rows(&sis, &name).await;
    let imported = all.iter().flat_map(|row| &row.transcripts);
    let created = imported.filter(|one| one.outcome() == Outcome::Created);
    let created: BTreeSet<_> = created.map(|one| &one.name).collect();
    assert_eq!((all.len(), created.len()), (ENTRIES, ENTRIES));
    assert_eq!(tables.number("SELECT count(*) FROM uc6_transcripts").await, ENTRIES as i64);
    assert_eq!(tables.number("SELECT count(*) FROM subjects").await, ENTRIES as i64);
}

on_each_engine!(
    an_entry_that_is_refused_leaves_nothing_and_stops_none_of_the_others,
    what_is_no_archive_ends_the_operation_with_its_reason,
    an_import_goes_on_after_sigkill_and_every_entry_is_in_once,
);
