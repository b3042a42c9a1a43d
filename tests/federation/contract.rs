//! What the contract promises of every method, as far as no scenario of tests/conformance shows it.

use hei_proto::hei::credentials::v1::{
    GetTranscriptRequest, ImportTranscriptRequest, SendTranscriptRequest,
};
use hei_proto::hei::messaging::v1::NodeDescriptor;
use hei_proto::hei::node::v1::GetNodeRequest;
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;
use prost::Message as _;
use tonic::Code;

use crate::alliance::{Place, imported, on_each_engine, one, send, two, why};

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

/// X-03; that listed operations are there is a scenario.
async fn what_a_node_does_not_claim_it_neither_lists_nor_does(place: Place) {
    let mut alpha =
        place.node("alpha.example").await.with("[credentials]\nclaims = [\"receiver\"]");
    let beta = place.node("beta.example").await;
    alpha.write_config(&[&alpha, &beta]);
    alpha.start();
    let told = alpha.operator().await.call(GetNodeRequest {}).await.unwrap();
    let descriptor = told.descriptor.unwrap().descriptor;
    let descriptor = NodeDescriptor::decode(descriptor).unwrap();
    assert_eq!(descriptor.claims, ["uc6/receiver@1"]);
    assert!(!descriptor.operations.iter().any(|one| one.contains("Transcript")));
    let sis = alpha.campus("sis").await;
    let own = imported(&sis, "X").await;
    let refusal = send(&sis, &own, "beta.example").await.unwrap_err();
    let found = (refusal.code, refusal.reason.as_str());
    assert_eq!(found, (Code::Unimplemented, "ROLE_NOT_SUPPORTED"));
}

on_each_engine!(
    what_a_node_does_not_claim_it_neither_lists_nor_does,
    a_call_about_a_person_without_a_purpose_is_refused_with_every_other_fault,
    a_purpose_without_a_legal_basis_sends_nothing,
    a_request_over_its_size_is_too_large_and_says_the_limit,
    only_the_issuer_sends_a_transcript_and_only_to_a_known_peer,
);
