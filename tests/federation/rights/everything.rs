//! One learner with canaries in everything that is held: seen, taken along, erased.

use hei_messaging::descriptor;
use hei_messaging::receipt::{self, About};
use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::credentials::v1::{
    FetchTranscriptRequest, ImportTranscriptRequest, SendTranscriptRequest, TranscriptSent,
};
use hei_proto::hei::messaging::v1::{
    DeliverRequest, EnvelopeHeader, Message, MessageState, Receipt,
};
use hei_proto::hei::node::v1::{
    FindSubjectRequest, GetNodeRequest, ListDisclosuresRequest, NoticeKind, NoticeState,
};
use hei_testkit::client::Client;
use hei_testkit::documents::Course;
use hei_testkit::nodes::{LEARNER, Node};
use hei_testkit::tables::Tables;
use hei_values::Millis;
use prost::Message as _;

use super::{FREE, canaries, erase, export, learner_at, overview, subject, two_with, until_told};
use crate::alliance::{Place, import, list, message, until, why};
use crate::partner;

const KEYS: [&str; 2] =
    ["0198c0de-0000-7000-8000-000000000011", "0198c0de-0000-7000-8000-000000000012"];

/// Imports the document with canaries at alpha, so that answers are kept too.
async fn imported(sis: &Client) -> String {
    let request = ImportTranscriptRequest {
        document: canaries::document("CANARYCOURSE").into(),
        purpose: why("administration"),
        request_id: KEYS[0].to_owned(),
        ..Default::default()
    };
    sis.call(request).await.unwrap().transcripts[0].name.clone()
}

/// Sends it to beta and waits for the receipt.
async fn sent(sis: &Client, record: &str) -> Message {
    let request = SendTranscriptRequest {
        name: record.to_owned(),
        peer: "peers/beta.example".to_owned(),
        purpose: why("recognition"),
        request_id: KEYS[1].to_owned(),
        ..Default::default()
    };
    let name = sis.call(request).await.unwrap().message;
    until(sis, &name, MessageState::Delivered).await
}

/// Beta reads the record at alpha.
async fn fetched(alpha: &Node, beta: &Node, record: &str) {
    let purpose = why("recognition");
    let request = FetchTranscriptRequest { name: record.to_owned(), purpose };
    partner::calling(beta, alpha).call(request).await.unwrap();
}

pub async fn a_learner_sees_and_takes_along_what_is_held_of_it_and_nobody_else_exists(
    place: Place,
) {
    let (alpha, beta) = two_with(&place, FREE, FREE).await;
    let sis = alpha.campus("sis").await;
    let record = imported(&sis).await;
    sent(&sis, &record).await;
    fetched(&alpha, &beta, &record).await;
    let somebody = LEARNER.replace(":1", ":2");
    import(&sis, Course::of("alpha.example", &somebody, "X").elmo()).await.unwrap();

    let learner = alpha.campus("learner").await;
    let own = learner_at(&learner).await.unwrap();
    let seen = overview(&learner, &own.name).await;
    let held: Vec<_> = seen.holdings.iter().map(|h| (h.class.as_str(), h.count)).collect();
    assert!(held.contains(&("transcripts.issued", 1)), "{held:?}");
    let request = ListDisclosuresRequest { purpose: why("learner_access"), ..Default::default() };
    let made = learner.call(request).await.unwrap().disclosures;
    let counted: u32 = seen.recipients.iter().map(|r| r.count).sum();
    assert_eq!((made.len(), counted, seen.recipients.len()), (2, 2, 1));
    assert_eq!(seen.recipients[0].recipient, "peers/beta.example");
    assert_eq!(seen.recipients[0].purpose.as_ref().unwrap().code, "recognition");
    assert_eq!(seen.recipients[0].legal_basis, "GDPR Art. 6(1)(e)");

    let pieces = export(&learner, &own.name).await;
    let all: Vec<u8> = pieces.iter().flat_map(|p| p.content.to_vec()).collect();
    assert_eq!(canaries::in_bytes(&all), canaries::CANARIES);
    let document = pieces.iter().find(|p| p.media_type == "application/xml").unwrap();
    assert_eq!(document.content, canaries::document("CANARYCOURSE"), "as it came");
    for piece in pieces.iter().filter(|p| p.media_type == "application/json") {
        serde_json::from_slice::<serde_json::Value>(&piece.content).unwrap();
    }

    // Somebody else is not found, whatever is asked, and a name that exists is absent.
    let other = Identifier { scheme: "esi".to_owned(), value: somebody };
    let purpose = why("data_subject_rights");
    let asked = FindSubjectRequest { identifier: Some(other), purpose };
    assert_eq!(learner.call(asked.clone()).await.unwrap().name, own.name);
    let other = alpha.campus("registrar").await.call(asked).await.unwrap().name;
    let get = |name: &str| hei_proto::hei::node::v1::GetSubjectRequest {
        name: name.to_owned(),
        purpose: why("data_subject_rights"),
    };
    let absent = "subjects/0198c0de-0000-7000-8000-000000000001";
    let words = [other.as_str(), absent].map(|name| (name.to_owned(), get(name)));
    let mut told = Vec::new();
    for (name, request) in words {
        let refusal = learner.call(request).await.unwrap_err();
        told.push((refusal.code, refusal.reason, refusal.message.replace(&name, "")));
    }
    assert_eq!(told[0], told[1]);
}

pub async fn an_erased_learner_leaves_no_word_in_any_file_of_either_node_and_receipts_verify(
    place: Place,
) {
    let (mut alpha, beta) = two_with(&place, FREE, FREE).await;
    let sis = alpha.campus("sis").await;
    let record = imported(&sis).await;
    let delivered = sent(&sis, &record).await;
    fetched(&alpha, &beta, &record).await;
    if !place.is_postgres() {
        // As an update would leave it.
        alpha.terminate();
        let copy = alpha.folder.join("node.db.before-uc6_0004_rights");
        std::fs::copy(alpha.folder.join("node.db"), copy).unwrap();
        alpha.start();
    }
    let (at_alpha, at_beta) = tables(&alpha, &beta).await;
    assert!(canaries::in_rows(&place, &at_alpha).await > 8, "they can be found");
    assert!(canaries::in_rows(&place, &at_beta).await > 8, "they can be found");

    let registrar = alpha.campus("registrar").await;
    let name = learner_at(&registrar).await.unwrap().name;
    let answer = erase(&registrar, &name).await.unwrap();
    assert!(answer.subject.unwrap().erase_time.is_some());
    assert_eq!(answer.notices.len(), 1, "{:?}", answer.notices);
    until_told(&registrar, &name, NoticeKind::Erasure, NoticeState::Confirmed).await;

    for (node, tables) in [(&alpha, &at_alpha), (&beta, &at_beta)] {
        assert_eq!(canaries::in_rows(&place, tables).await, 0, "rows of {}", node.domain);
        assert_eq!(canaries::in_folder(&node.folder), [""; 0]);
        assert_eq!(canaries::in_database_files(&place, node).await, [""; 0]);
        let client = node.campus("registrar").await;
        assert_eq!(list(&client, 50).await, []);
        assert_eq!(learner_at(&client).await.unwrap_err().reason, "NOT_FOUND");
        let metrics = node.metrics();
        assert_eq!(canaries::in_bytes(metrics.as_bytes()), [""; 0]);
    }
    assert!(subject(&registrar, &name).await.erase_time.is_some());
    assert!(export(&registrar, &name).await.is_empty());
    proofs_remain(&alpha, &beta, &sis, &record, &delivered).await;
}

async fn tables(alpha: &Node, beta: &Node) -> (Tables, Tables) {
    (Tables::open(&alpha.database_to_read()).await, Tables::open(&beta.database_to_read()).await)
}

/// The receipt of what was erased verifies, and a repeat of the message gets it again,
/// without an answer.
async fn proofs_remain(alpha: &Node, beta: &Node, sis: &Client, record: &str, delivered: &Message) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Millis(now.as_millis().try_into().unwrap());
    let kept = message(sis, &delivered.name).await;
    assert_eq!((&kept.receipt, &kept.header), (&delivered.receipt, &delivered.header));
    let described = beta.operator().await.call(GetNodeRequest {}).await.unwrap();
    let pinned =
        descriptor::first(&described.descriptor.unwrap(), &described.fingerprint, now).unwrap();
    let header = EnvelopeHeader::decode(kept.header.clone()).unwrap();
    let about = About { header: &header, header_bytes: &kept.header, answer: &[] };
    let signed = kept.receipt.clone().unwrap();
    let receipt: Receipt = receipt::verify(&signed, about, &pinned).unwrap();
    assert_eq!(receipt.sender, "alpha.example");

    let payload = TranscriptSent {
        name: record.to_owned(),
        document: canaries::document("CANARYCOURSE").into(),
        media_type: "application/xml".to_owned(),
    };
    let again = DeliverRequest {
        header: kept.header.clone(),
        payload: payload.encode_to_vec().into(),
        signature: kept.signature.clone(),
        send_time: Some(now.to_timestamp()),
    };
    let repeated = partner::calling(alpha, beta).call(again).await.unwrap();
    assert_eq!(repeated.receipt.as_ref(), Some(&signed));
    assert!(repeated.answer.is_empty());
    assert_eq!(list(&beta.campus("registrar").await, 50).await, []);
}
