//! Files that go into a node and out of it, larger than what it may hold in memory.

use std::path::{Path, PathBuf};
use std::time::Instant;

use aws_lc_rs::digest::{Context, SHA256, digest};
use futures_util::{Stream, StreamExt as _, stream};
use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::credentials::v1::{ExportTranscriptRequest, Format, GetTranscriptRequest};
use hei_proto::hei::node::v1::{Blob, DownloadBlobRequest, GetBlobRequest, UploadBlobRequest};
use hei_testkit::client::{Client, Refusal};
use hei_testkit::documents::Course;
use hei_testkit::nodes::{LEARNER, Node};
use hei_testkit::tables::Tables;
use tonic::Code;

use crate::alliance::{Place, eventually, import, imported, on_each_engine, one, why};

const MIB: usize = 1024 * 1024;
/// What the contract allows.
const CAP: usize = 256 * MIB;
const KEY: &str = "0198c0de-0000-7000-8000-00000000000b";

/// Bytes that no two places of a file have alike; `at` is a multiple of eight.
fn part(at: usize, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    for (word, place) in bytes.chunks_mut(8).zip(at / 8..) {
        let number = (place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
        word.copy_from_slice(&number[..word.len()]);
    }
    bytes
}

fn first(about: Option<&str>, size_bytes: usize) -> UploadBlobRequest {
    let learner =
        about.map(|value| Identifier { scheme: "esi".to_owned(), value: value.to_owned() });
    UploadBlobRequest {
        learner,
        media_type: "application/pdf".to_owned(),
        size_bytes: size_bytes as i64,
        purpose: why("administration"),
        ..Default::default()
    }
}

/// The first message alone, then chunks of a length, each made when it is asked for.
fn messages(
    first: UploadBlobRequest,
    size: usize,
    length: usize,
) -> impl Stream<Item = UploadBlobRequest> + Send + 'static {
    let chunks = (0..size).step_by(length).map(move |at| UploadBlobRequest {
        chunk: part(at, length.min(size - at)).into(),
        ..Default::default()
    });
    stream::once(async { first }).chain(stream::iter(chunks))
}

async fn upload(sis: &Client, about: Option<&str>, size: usize) -> Result<Blob, Refusal> {
    sis.upload(messages(first(about, size), size, MIB / 2)).await
}

async fn download(client: &Client, name: &str) -> Result<(Blob, usize, Vec<u8>), Refusal> {
    let request = DownloadBlobRequest { name: name.to_owned(), purpose: why("administration") };
    let mut answers = client.feed(request).await?;
    let (mut blob, mut size, mut digest) = (None, 0, Context::new(&SHA256));
    while let Some(answer) = answers.next().await? {
        blob = blob.or(answer.blob);
        size += answer.chunk.len();
        digest.update(&answer.chunk);
    }
    Ok((blob.unwrap(), size, digest.finish().as_ref().to_vec()))
}

/// A figure of the process, in bytes.
fn memory(node: &Node, figure: &str) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with(figure)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

async fn two_hundred_mebibytes_go_in_and_out_while_memory_stays_flat(place: Place) {
    let node = one(&place).await;
    let sis = node.campus("sis").await;
    imported(&sis, "X").await;
    let small = upload(&sis, Some(LEARNER), MIB).await.unwrap();
    download(&sis, &small.name).await.unwrap();
    let idle = memory(&node, "VmRSS");
    // The peak is counted from here on.
    std::fs::write(format!("/proc/{}/clear_refs", node.pid()), "5").unwrap();
    let began = Instant::now();
    let blob = upload(&sis, Some(LEARNER), 200 * MIB).await.unwrap();
    let (took_in, peak_in) = (began.elapsed(), memory(&node, "VmHWM"));
    let began = Instant::now();
    let (told, size, sha256) = download(&sis, &blob.name).await.unwrap();
    let (took_out, peak) = (began.elapsed(), memory(&node, "VmHWM"));
    let over = |peak: usize| peak.saturating_sub(idle) / MIB;
    println!(
        "200 MiB in {took_in:.1?} in, {took_out:.1?} out; idle {} MiB, at most {} MiB more while \
         it came in and {} MiB in all",
        idle / MIB,
        over(peak_in),
        over(peak)
    );
    assert_eq!((told, size), (blob.clone(), 200 * MIB));
    assert_eq!((blob.size_bytes, blob.personal), (200 * MIB as i64, true));
    assert_eq!(blob.sha256, sha256);
    assert!(over(peak) < 64);
}

async fn a_file_over_the_cap_is_refused_before_it_is_read(place: Place) {
    let node = one(&place).await;
    let sis = node.campus("sis").await;
    // It says so, and then nothing: who waited for the rest would wait for ever.
    let silent = stream::once(async { first(None, CAP + 1) }).chain(stream::pending());
    let refusal = sis.upload(silent).await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::ResourceExhausted, "TOO_LARGE"));
    assert_eq!(refusal.metadata["limit_bytes"], CAP.to_string());
    // It does not say so, and never ends.
    let chunk = UploadBlobRequest { chunk: part(0, MIB - 64).into(), ..Default::default() };
    let endless = stream::once(async { first(None, 0) }).chain(stream::repeat(chunk));
    let refusal = sis.upload(endless).await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::ResourceExhausted, "TOO_LARGE"));
    let rows = Tables::open(&node.database_to_read()).await;
    assert_eq!(rows.number("SELECT COUNT(*) FROM blob_chunks").await, 0);
    assert_eq!(spools(&node), (0, 0));
}

/// The files of uploads that the process holds, and those that have a name.
fn spools(node: &Node) -> (usize, usize) {
    let spool = node.folder.canonicalize().unwrap().join("spool");
    let held = links(Path::new(&format!("/proc/{}/fd", node.pid())));
    let held = held.iter().filter(|link| link.starts_with(&spool)).count();
    (held, std::fs::read_dir(spool).unwrap().count())
}

fn links(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.filter_map(|entry| std::fs::read_link(entry.path()).ok()).collect()
}

async fn an_upload_that_is_cancelled_or_cut_off_leaves_nothing(place: Place) {
    let node = one(&place).await;
    let sis = node.campus("sis").await;
    let stalled = messages(first(None, 0), 3 * MIB, MIB / 2).chain(stream::pending());
    let mut calls = tokio::task::JoinSet::new();
    calls.spawn(async move { sis.upload(stalled).await });
    eventually("the upload lies in a file", async || spools(&node) == (1, 0)).await;
    calls.shutdown().await;
    eventually("the file is gone", async || spools(&node) == (0, 0)).await;
    let sis = node.campus("sis").await;
    let short = messages(first(None, 3 * MIB), 2 * MIB, MIB / 2);
    let refusal = sis.upload(short).await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::InvalidArgument, "SIZE_MISMATCH"));
    let rows = Tables::open(&node.database_to_read()).await;
    assert_eq!(rows.number("SELECT COUNT(*) FROM blobs").await, 0);
    assert_eq!(spools(&node), (0, 0));
}

async fn an_upload_that_comes_again_gets_the_same_answer(place: Place) {
    let node = one(&place).await;
    let sis = node.campus("sis").await;
    let keyed = || UploadBlobRequest { request_id: KEY.to_owned(), ..first(None, 0) };
    let blob = sis.upload(messages(keyed(), MIB, MIB / 2)).await.unwrap();
    // However it is cut into chunks.
    assert_eq!(sis.upload(messages(keyed(), MIB, 40 * 1024)).await.unwrap(), blob);
    let refusal = sis.upload(messages(keyed(), MIB - 1, MIB / 2)).await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::AlreadyExists, "ID_CONFLICT"));
    // The same file is the same blob, whoever brings it.
    let registrar = node.campus("registrar").await;
    assert_eq!(upload(&registrar, None, MIB).await.unwrap(), blob);
    let rows = Tables::open(&node.database_to_read()).await;
    assert_eq!(rows.number("SELECT COUNT(*) FROM blobs").await, 1);
}

async fn a_learner_sees_the_own_files_and_nobody_elses(place: Place) {
    let node = one(&place).await;
    let (sis, learner) = (node.campus("sis").await, node.campus("learner").await);
    let refusal = upload(&sis, Some(LEARNER), MIB).await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::NotFound, "NOT_FOUND"));
    imported(&sis, "X").await;
    let own = upload(&sis, Some(LEARNER), MIB).await.unwrap();
    let nobodys = upload(&sis, None, MIB).await.unwrap();
    assert_eq!(own.sha256, nobodys.sha256);
    assert_ne!(own.name, nobodys.name);
    assert!(own.personal && !nobodys.personal);
    assert_eq!(download(&learner, &own.name).await.unwrap().1, MIB);
    let get = |name: &str| GetBlobRequest { name: name.to_owned(), purpose: why("administration") };
    assert_eq!(learner.call(get(&own.name)).await.unwrap(), own);
    for refusal in [
        learner.call(get(&nobodys.name)).await.map(drop),
        download(&learner, &nobodys.name).await.map(drop),
        upload(&learner, None, 1).await.map(drop),
    ] {
        let code = refusal.unwrap_err().code;
        assert!([Code::NotFound, Code::PermissionDenied].contains(&code), "{code:?}");
    }
}

/// A document of two awarding bodies with one diploma.
fn joint() -> Vec<u8> {
    let one = String::from_utf8(Course::of("alpha.example", LEARNER, "X").elmo()).unwrap();
    let diploma = "<attachment><title xml:lang=\"en\">Diploma</title><type>Diploma</type>\
         <content>data:application/pdf;base64,JVBERi0xLjc=</content></attachment>";
    let one = one.replace("</issueDate>", &format!("</issueDate>{diploma}"));
    let (begin, end) = (one.find("<report>").unwrap(), one.find("</elmo>").unwrap());
    let other = one[begin..end].replace("alpha.example", "beta.example").replace("loi-X", "loi-Y");
    format!("{}{other}</elmo>\n", &one[..end]).into_bytes()
}

async fn documents_and_attachments_are_files_and_equal_ones_of_a_learner_are_one(place: Place) {
    let node = one(&place).await;
    let sis = node.campus("sis").await;
    let records = import(&sis, joint()).await.unwrap().transcripts;
    assert_eq!(records.len(), 2);
    let mut names = Vec::new();
    for record in &records {
        let get = GetTranscriptRequest { name: record.name.clone(), purpose: why("credential") };
        let content = sis.call(get).await.unwrap().attachments[0].contents[0].clone();
        assert_eq!((content.data_uri.as_str(), content.size_bytes), ("", 40));
        names.push(content.blob);
        let source = ExportTranscriptRequest {
            name: record.name.clone(),
            format: Format::Source.into(),
            purpose: why("credential"),
        };
        assert!(sis.call(source).await.unwrap().document == joint());
    }
    assert_eq!(names[0], names[1]);
    let learner = node.campus("learner").await;
    let (blob, size, _) = download(&learner, &names[0]).await.unwrap();
    assert_eq!((blob.media_type.as_str(), size), ("application/pdf", b"%PDF-1.7".len()));
    assert_eq!(blob.sha256, digest(&SHA256, b"%PDF-1.7").as_ref());
    // The document and the diploma, once each.
    let rows = Tables::open(&node.database_to_read()).await;
    assert_eq!(rows.number("SELECT COUNT(*) FROM blobs WHERE whole_ms IS NOT NULL").await, 2);
    assert_eq!(rows.number("SELECT COUNT(*) FROM blob_chunks").await, 2);
}

on_each_engine!(
    documents_and_attachments_are_files_and_equal_ones_of_a_learner_are_one,
    two_hundred_mebibytes_go_in_and_out_while_memory_stays_flat,
    a_file_over_the_cap_is_refused_before_it_is_read,
    an_upload_that_is_cancelled_or_cut_off_leaves_nothing,
    an_upload_that_comes_again_gets_the_same_answer,
    a_learner_sees_the_own_files_and_nobody_elses,
);
