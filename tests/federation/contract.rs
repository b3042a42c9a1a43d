//! What the contract promises of every method, on one node.

use hei_proto::hei::credentials::v1::{
    GetTranscriptRequest, ImportTranscriptRequest, ListTranscriptsRequest, SendTranscriptRequest,
};
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;
use tonic::Code;

use crate::alliance::{Place, import, imported, list, on_each_engine, one, send, two, why};

const KEY: &str = "0198c0de-0000-7000-8000-000000000001";

async fn the_same_key_gives_the_same_answer_once_and_other_content_is_a_conflict(place: Place) {
    let (alpha, _beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let name = imported(&sis, "X").await;
    let request = SendTranscriptRequest {
        name: name.clone(),
        peer: "peers/beta.example".to_owned(),
        purpose: why("recognition"),
        request_id: KEY.to_owned(),
        ..Default::default()
    };
    let first = sis.call(request.clone()).await.unwrap();
    assert_eq!(sis.call(request.clone()).await.unwrap(), first);
    let other = SendTranscriptRequest { purpose: why("mobility"), ..request.clone() };
    let refusal = sis.call(other).await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::AlreadyExists, "ID_CONFLICT"));
    // Another client has keys of its own.
    let registrar = alpha.campus("registrar").await;
    assert_ne!(registrar.call(request).await.unwrap(), first);
}

async fn a_stale_etag_is_a_revision_conflict_and_changes_nothing(place: Place) {
    let (alpha, _beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let mut course = Course::of("alpha.example", LEARNER, "X");
    let stale = import(&sis, course.elmo()).await.unwrap().transcripts[0].clone();
    course.grade = "A".to_owned();
    let fresh = import(&sis, course.elmo()).await.unwrap().transcripts[0].clone();
    let with = |etag: &str| SendTranscriptRequest {
        name: stale.name.clone(),
        peer: "peers/beta.example".to_owned(),
        purpose: why("recognition"),
        etag: etag.to_owned(),
        ..Default::default()
    };
    let refusal = sis.call(with(&stale.etag)).await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::Aborted, "REVISION_CONFLICT"));
    assert!(sis.call(with(&fresh.etag)).await.is_ok());
}

async fn the_union_of_pages_is_the_set_and_a_foreign_token_is_refused(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let mut names = Vec::new();
    for n in 0..7 {
        names.push(imported(&sis, &format!("C{n}")).await);
    }
    for size in [1, 2, 3, 7, 200, 1000] {
        let listed: Vec<String> = list(&sis, size).await.into_iter().map(|t| t.name).collect();
        assert_eq!(listed, names, "pages of {size}");
    }
    let page = |page_size, page_token: &str| ListTranscriptsRequest {
        page_size,
        page_token: page_token.to_owned(),
        purpose: why("administration"),
        learner: None,
    };
    let token = sis.call(page(2, "")).await.unwrap().next_page_token;
    // Another caller's, an altered one, one of another question.
    let registrar = alpha.campus("registrar").await;
    let foreign = registrar.call(page(2, &token)).await.unwrap_err();
    let altered = sis.call(page(2, &format!("{token}x"))).await.unwrap_err();
    let learner = hei_proto::hei::common::v1::Identifier {
        scheme: "esi".to_owned(),
        value: LEARNER.to_owned(),
    };
    let other = ListTranscriptsRequest { learner: Some(learner), ..page(2, &token) };
    let other = sis.call(other).await.unwrap_err();
    for refusal in [foreign, altered, other] {
        assert_eq!(refusal.reason, "BAD_PAGE_TOKEN");
        assert_eq!(refusal.code, Code::InvalidArgument);
    }
    assert_eq!(sis.call(page(-1, "")).await.unwrap_err().code, Code::InvalidArgument);
}

async fn a_call_about_a_person_without_a_purpose_is_refused_with_every_other_fault(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let refusal = sis.call(GetTranscriptRequest::default()).await.unwrap_err();
    let fields: Vec<&str> = refusal.violations.iter().map(|(f, _)| f.as_str()).collect();
    assert_eq!((refusal.reason.as_str(), fields), ("FIELD_MISSING", vec!["purpose", "name"]));
    let unknown =
        GetTranscriptRequest { name: "transcripts/x".to_owned(), purpose: why("curiosity") };
    assert_eq!(sis.call(unknown).await.unwrap_err().reason, "CODE_UNKNOWN");
}

async fn a_purpose_without_a_legal_basis_sends_nothing(place: Place) {
    let (alpha, _beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let request = SendTranscriptRequest {
        name: imported(&sis, "X").await,
        peer: "peers/beta.example".to_owned(),
        purpose: why("administration"),
        ..Default::default()
    };
    let refusal = sis.call(request).await.unwrap_err();
    assert_eq!(refusal.reason, "PURPOSE_NOT_AGREED");
    assert_eq!(refusal.code, Code::PermissionDenied);
}

async fn a_request_over_its_size_is_too_large_and_says_the_limit(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let request = GetTranscriptRequest { name: "x".repeat(2 << 20), purpose: why("credential") };
    let refusal = sis.call(request).await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::ResourceExhausted, "TOO_LARGE"));
    assert!(refusal.message.contains("1048576"), "{}", refusal.message);
    let mut document = Course::of("alpha.example", LEARNER, "X").elmo();
    document.extend_from_slice(format!("<!-- {} -->", "x".repeat(3 << 20)).as_bytes());
    let request = ImportTranscriptRequest {
        document: document.into(),
        purpose: why("administration"),
        ..Default::default()
    };
    let refusal = sis.call(request).await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::ResourceExhausted, "TOO_LARGE"));
    assert!(refusal.message.contains("structure_bytes_max"), "{}", refusal.message);
}

async fn only_the_issuer_sends_a_transcript_and_only_to_a_known_peer(place: Place) {
    let (alpha, beta) = two(&place).await;
    let sis = beta.campus("sis").await;
    let copy = imported(&sis, "X").await;
    let refusal = send(&sis, &copy, "alpha.example").await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::PermissionDenied, "NOT_DATA_OWNER"));
    let sis = alpha.campus("sis").await;
    let own = imported(&sis, "X").await;
    let refusal = send(&sis, &own, "gamma.example").await.unwrap_err();
    assert_eq!((refusal.code, refusal.reason.as_str()), (Code::PermissionDenied, "PEER_UNTRUSTED"));
}

on_each_engine!(
    the_same_key_gives_the_same_answer_once_and_other_content_is_a_conflict,
    a_stale_etag_is_a_revision_conflict_and_changes_nothing,
    the_union_of_pages_is_the_set_and_a_foreign_token_is_refused,
    a_call_about_a_person_without_a_purpose_is_refused_with_every_other_fault,
    a_purpose_without_a_legal_basis_sends_nothing,
    a_request_over_its_size_is_too_large_and_says_the_limit,
    only_the_issuer_sends_a_transcript_and_only_to_a_known_peer,
);
