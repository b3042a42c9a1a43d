//! A restriction: nothing that processes goes on, generated from the contract.

use std::collections::BTreeMap;

use hei_proto::Rpc;
use hei_proto::google::longrunning::Operation;
use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::credentials::v1::{
    ExportTranscriptRequest, FetchTranscriptRequest, Format, GetTranscriptRequest,
    ImportTranscriptRequest, ImportTranscriptsRequest, ListSentTranscriptsRequest,
    ListSentTranscriptsResponse, ListTranscriptChangesRequest, ListTranscriptsRequest,
    ListTranscriptsResponse, SendTranscriptRequest, WatchTranscriptChangesRequest,
    WithdrawTranscriptRequest, WithdrawalReason,
};
use hei_proto::hei::messaging::v1::MessageState;
use hei_proto::hei::node::v1::{
    DownloadBlobRequest, GetBlobRequest, NoticeKind, NoticeState, UploadBlobRequest,
};
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;
use prost::Message as _;
use prost_reflect::DescriptorPool;

use super::{FREE, erase, learner_at, lift, restrict, two_with, until_told};
use crate::alliance::{Place, import, imported, list, send, until, why};
use crate::partner;

/// A call that processes the learner's data.
struct Asked {
    request: Vec<u8>,
    /// Whether an answer leaves the learner out; else the call is refused.
    leaves_out: Option<fn(&[u8]) -> bool>,
}

/// A call of each method that processes personal data, by its path.
fn calls(record: &str, file: &str) -> BTreeMap<&'static str, Asked> {
    let name = || record.to_owned();
    let mut all = BTreeMap::new();
    refused(
        &mut all,
        &ImportTranscriptRequest {
            document: Course::of("alpha.example", LEARNER, "Y").elmo().into(),
            purpose: why("administration"),
            ..Default::default()
        },
    );
    refused(&mut all, &GetTranscriptRequest { name: name(), purpose: why("recognition") });
    refused(
        &mut all,
        &ExportTranscriptRequest {
            name: name(),
            format: Format::Elmo.into(),
            purpose: why("recognition"),
        },
    );
    refused(
        &mut all,
        &SendTranscriptRequest {
            name: name(),
            peer: "peers/beta.example".to_owned(),
            purpose: why("recognition"),
            ..Default::default()
        },
    );
    refused(
        &mut all,
        &WithdrawTranscriptRequest {
            name: name(),
            reason: WithdrawalReason::Incorrect.into(),
            purpose: why("administration"),
            ..Default::default()
        },
    );
    refused(&mut all, &FetchTranscriptRequest { name: name(), purpose: why("recognition") });
    let learner = Identifier { scheme: "esi".to_owned(), value: LEARNER.to_owned() };
    let ask = ListTranscriptsRequest {
        purpose: why("recognition"),
        learner: Some(learner),
        ..Default::default()
    };
    let none =
        |bytes: &[u8]| ListTranscriptsResponse::decode(bytes).unwrap().transcripts.is_empty();
    left_out(&mut all, &ask, none);
    let ask = ListSentTranscriptsRequest { purpose: why("recognition"), ..Default::default() };
    let none =
        |bytes: &[u8]| ListSentTranscriptsResponse::decode(bytes).unwrap().transcripts.is_empty();
    left_out(&mut all, &ask, none);
    let (file, purpose) = (file.to_owned(), why("recognition"));
    refused(&mut all, &GetBlobRequest { name: file.clone(), purpose: purpose.clone() });
    refused(&mut all, &DownloadBlobRequest { name: file, purpose: purpose.clone() });
    refused(&mut all, &upload(b"more"));
    // A change names a record and shows nothing of anybody; whoever reads it is refused.
    let ask = ListTranscriptChangesRequest { purpose: purpose.clone(), ..Default::default() };
    left_out(&mut all, &ask, |_| true);
    left_out(&mut all, &WatchTranscriptChangesRequest { purpose, ..Default::default() }, |_| true);
    // Whose documents are in it, its job finds out entry by entry (tests/federation/bulk.rs).
    let ask = ImportTranscriptsRequest { purpose: why("administration"), ..Default::default() };
    left_out(&mut all, &ask, |bytes| !Operation::decode(bytes).unwrap().done);
    all
}

/// A file about the learner.
fn upload(content: &'static [u8]) -> UploadBlobRequest {
    UploadBlobRequest {
        learner: Some(Identifier { scheme: "esi".to_owned(), value: LEARNER.to_owned() }),
        purpose: why("administration"),
        chunk: content.into(),
        ..Default::default()
    }
}

fn refused<R: Rpc>(all: &mut BTreeMap<&'static str, Asked>, request: &R) {
    all.insert(R::PATH, Asked { request: request.encode_to_vec(), leaves_out: None });
}

fn left_out<R: Rpc>(all: &mut BTreeMap<&'static str, Asked>, request: &R, none: fn(&[u8]) -> bool) {
    all.insert(R::PATH, Asked { request: request.encode_to_vec(), leaves_out: Some(none) });
}

/// The methods of the contract that move personal data and serve nobody's own rights.
fn processing() -> Vec<String> {
    let pool = DescriptorPool::decode(hei_proto::DESCRIPTOR_SET).unwrap();
    let extension = pool.get_extension_by_name("hei.common.v1.access").unwrap();
    let mut paths = Vec::new();
    for method in pool.services().flat_map(|s| s.methods().collect::<Vec<_>>()) {
        let options = method.options();
        let access = options.get_extension(&extension);
        let Some(access) = access.as_message() else { continue };
        let data = access.get_field_by_name("data").unwrap().as_enum_number();
        let serves = access.get_field_by_name("serves_rights").unwrap().as_bool().unwrap();
        if data == Some(2) && !serves {
            paths.push(format!("/{}/{}", method.parent_service().full_name(), method.name()));
        }
    }
    paths
}

pub async fn a_restricted_learner_is_left_out_of_everything_that_processes(place: Place) {
    let (alpha, beta) = two_with(&place, FREE, FREE).await;
    let sis = alpha.campus("sis").await;
    let record = imported(&sis, "X").await;
    let file = sis.upload(futures_util::stream::once(async { upload(b"some") })).await;
    let file = file.unwrap().name;
    let message = send(&sis, &record, "beta.example").await.unwrap();
    until(&sis, &message, MessageState::Delivered).await;
    let somebody = LEARNER.replace(":1", ":2");
    import(&sis, Course::of("alpha.example", &somebody, "X").elmo()).await.unwrap();
    let registrar = alpha.campus("registrar").await;
    let name = learner_at(&registrar).await.unwrap().name;
    let restricted = restrict(&registrar, &name).await.unwrap();
    assert!(restricted.restriction.is_some());
    assert_eq!(restrict(&registrar, &name).await.unwrap_err().reason, "ILLEGAL_TRANSITION");

    let peer = partner::calling(&beta, &alpha);
    let (paths, mut calls) = (processing(), calls(&record, &file));
    for path in &paths {
        let asked = calls.remove(path.as_str());
        let asked = asked.unwrap_or_else(|| panic!("{path} processes, and is not tried here"));
        let client = if path.contains("PeerService/") { &peer } else { &sis };
        let answer = client.exchange(path, asked.request).await;
        match asked.leaves_out {
            None => assert_eq!(answer.unwrap_err().reason, "SUBJECT_RESTRICTED", "{path}"),
            Some(none) => assert!(answer.unwrap().iter().all(|one| none(one)), "{path}"),
        }
    }
    println!("{} methods process personal data, and all heed the restriction", paths.len());
    // The list goes on without the learner, who may still look at it.
    assert_eq!(list(&sis, 1).await.len(), 1);
    assert_eq!(list(&alpha.campus("learner").await, 50).await.len(), 1);

    // Who received it is told, and holds it back where nobody else's data is.
    until_told(&registrar, &name, NoticeKind::Restriction, NoticeState::Confirmed).await;
    let at_beta = beta.campus("registrar").await;
    assert_eq!(list(&at_beta, 50).await, []);
    let there = learner_at(&at_beta).await.unwrap();
    assert_eq!(there.restriction.unwrap().actor, "peers/alpha.example");
    lift(&registrar, &name).await.unwrap();
    until_told(&registrar, &name, NoticeKind::Lifting, NoticeState::Confirmed).await;
    assert_eq!((list(&sis, 50).await.len(), list(&at_beta, 50).await.len()), (2, 1));
}

pub async fn a_message_about_a_restricted_learner_waits_and_one_that_comes_is_kept(place: Place) {
    let (alpha, mut beta) = two_with(&place, FREE, FREE).await;
    let sis = alpha.campus("sis").await;
    let record = imported(&sis, "X").await;
    beta.kill();
    let message = send(&sis, &record, "beta.example").await.unwrap();
    let registrar = alpha.campus("registrar").await;
    let name = learner_at(&registrar).await.unwrap().name;
    restrict(&registrar, &name).await.unwrap();
    beta.start();
    let held = until(&sis, &message, MessageState::Held).await;
    assert_eq!(held.last_reason, "SUBJECT_RESTRICTED");
    assert_eq!(held.next_attempt_time, None);
    // Beta is told all the same, and has nothing of the learner yet.
    until_told(&registrar, &name, NoticeKind::Restriction, NoticeState::NotHeld).await;
    lift(&registrar, &name).await.unwrap();
    until(&sis, &message, MessageState::Delivered).await;

    // At beta the learner is restricted, and what comes is kept and answered as ever.
    let at_beta = beta.campus("registrar").await;
    let there = learner_at(&at_beta).await.unwrap().name;
    restrict(&at_beta, &there).await.unwrap();
    let again = imported(&sis, "Z").await;
    let message = send(&sis, &again, "beta.example").await.unwrap();
    until(&sis, &message, MessageState::Delivered).await;
    assert_eq!(list(&at_beta, 50).await, []);
    lift(&at_beta, &there).await.unwrap();
    assert_eq!(list(&at_beta, 50).await.len(), 2);
}

pub async fn an_erasure_reaches_a_partner_past_what_a_restriction_held_back(place: Place) {
    let (alpha, mut beta) = two_with(&place, FREE, FREE).await;
    let sis = alpha.campus("sis").await;
    let mut course = Course::of("alpha.example", LEARNER, "X");
    let first = import(&sis, course.elmo()).await.unwrap().transcripts[0].name.clone();
    let message = send(&sis, &first, "beta.example").await.unwrap();
    until(&sis, &message, MessageState::Delivered).await;
    // Its new revision is on its way when the processing is restricted.
    beta.kill();
    course.grade = "A".to_owned();
    let second = import(&sis, course.elmo()).await.unwrap().transcripts[0].name.clone();
    assert_eq!(second, first);
    let message = send(&sis, &second, "beta.example").await.unwrap();
    let registrar = alpha.campus("registrar").await;
    let name = learner_at(&registrar).await.unwrap().name;
    restrict(&registrar, &name).await.unwrap();
    beta.start();
    until(&sis, &message, MessageState::Held).await;
    erase(&registrar, &name).await.unwrap();
    until_told(&registrar, &name, NoticeKind::Erasure, NoticeState::Confirmed).await;
    assert_eq!(list(&beta.campus("registrar").await, 50).await, []);
    let gone = until(&sis, &message, MessageState::Dead).await;
    assert_eq!(gone.last_reason, "SUBJECT_ERASED");
}

pub async fn a_partner_takes_no_file_away_that_the_campus_has_brought_itself(place: Place) {
    let (alpha, beta) = two_with(&place, FREE, FREE).await;
    let sis = alpha.campus("sis").await;
    let document = Course::of("alpha.example", LEARNER, "X").elmo();
    let record = import(&sis, document.clone()).await.unwrap().transcripts[0].name.clone();
    let message = send(&sis, &record, "beta.example").await.unwrap();
    until(&sis, &message, MessageState::Delivered).await;
    // The campus of beta has the very same document from elsewhere.
    let at_beta = beta.campus("sis").await;
    let same = UploadBlobRequest { chunk: document.into(), ..upload(b"") };
    let kept = at_beta.upload(futures_util::stream::iter([same])).await.unwrap();
    let registrar = alpha.campus("registrar").await;
    let name = learner_at(&registrar).await.unwrap().name;
    restrict(&registrar, &name).await.unwrap();
    until_told(&registrar, &name, NoticeKind::Restriction, NoticeState::Noted).await;
    erase(&registrar, &name).await.unwrap();
    until_told(&registrar, &name, NoticeKind::Erasure, NoticeState::Confirmed).await;
    assert_eq!(list(&beta.campus("registrar").await, 50).await, []);
    let ask = GetBlobRequest { name: kept.name.clone(), purpose: why("administration") };
    assert_eq!(at_beta.call(ask).await.unwrap(), kept);
}
