//! What an import does to what is there already, and that bad input changes nothing.

use hei_proto::hei::credentials::v1::{
    ExportTranscriptRequest, Format, ImportTranscriptRequest, Outcome,
};
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;
use tonic::Code;

use crate::alliance::{Place, import, imported, list, on_each_engine, one, why};

async fn the_same_file_adds_nothing_a_changed_grade_is_a_revision_another_instance_a_record(
    place: Place,
) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let mut course = Course::of("alpha.example", LEARNER, "X");
    let first = import(&sis, course.elmo()).await.unwrap().transcripts[0].clone();
    assert_eq!(first.outcome(), Outcome::Created);
    let again = import(&sis, course.elmo()).await.unwrap().transcripts[0].clone();
    assert_eq!(
        (again.outcome(), &again.name, &again.etag),
        (Outcome::Unchanged, &first.name, &first.etag)
    );
    course.grade = "A".to_owned();
    let revised = import(&sis, course.elmo()).await.unwrap().transcripts[0].clone();
    assert_eq!((revised.outcome(), &revised.name), (Outcome::Revised, &first.name));
    assert_ne!(revised.etag, first.etag);
    // The same course code taken again is another instance.
    let again = String::from_utf8(course.elmo()).unwrap().replace("loi-X", "loi-X-again");
    let other = import(&sis, again.into_bytes()).await.unwrap().transcripts[0].clone();
    assert_eq!(other.outcome(), Outcome::Created);
    assert_eq!(list(&sis, 50).await.len(), 2);
}

async fn names_and_birth_dates_never_join_two_learners(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    imported(&sis, "X").await;
    // The same name and course instance, another identifier: another person.
    let somebody = Course::of("alpha.example", &LEARNER.replace(":1", ":2"), "X");
    let other = import(&sis, somebody.elmo()).await.unwrap().transcripts[0].clone();
    assert_eq!(other.outcome(), Outcome::Created);
    // Identifiers of two persons in one document: nobody is joined.
    let both = String::from_utf8(Course::of("alpha.example", LEARNER, "Y").elmo()).unwrap();
    let second = format!(
        "<identifier type=\"esi\">{}</identifier><givenNames>",
        LEARNER.replace(":1", ":2")
    );
    let refusal =
        import(&sis, both.replace("<givenNames>", &second).into_bytes()).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.reason.as_str()),
        (Code::FailedPrecondition, "AMBIGUOUS_MATCH")
    );
    assert_eq!(list(&sis, 50).await.len(), 2);
}

async fn a_dry_run_says_what_an_import_would_do_and_changes_nothing(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let request = ImportTranscriptRequest {
        document: Course::of("alpha.example", LEARNER, "X").elmo().into(),
        purpose: why("administration"),
        validate_only: true,
        ..Default::default()
    };
    let told = sis.call(request).await.unwrap();
    assert_eq!(told.transcripts[0].outcome(), Outcome::Created);
    assert_eq!((told.transcripts[0].name.as_str(), told.transcripts[0].etag.as_str()), ("", ""));
    assert_eq!(list(&sis, 50).await, []);
}

async fn bad_documents_are_refused_with_every_fault_and_nothing_is_stored(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let good = String::from_utf8(Course::of("alpha.example", LEARNER, "X").elmo()).unwrap();
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let laughs = "<!DOCTYPE elmo [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    let cases: [(&str, String, &[&str]); 6] = [
        ("DTD", good.replace(head, &format!("{head}<!DOCTYPE elmo>")), &["DOCTYPE"]),
        ("billion laughs", good.replace(head, &format!("{head}{laughs}")), &["DOCTYPE"]),
        ("ill-formed", good.replace("</report>", ""), &["report"]),
        (
            "unknown namespace",
            good.replace("tree/v2", "tree/v9"),
            &["tree/v9", "tree/v1", "tree/v2"],
        ),
        (
            "no institution id",
            good.replace("<identifier type=\"schac\">alpha.example</identifier>", ""),
            &["/elmo/report"],
        ),
        (
            "two faults at once",
            good.replace("7.5", "7,5").replace("2026-01-17", "2025-02-29"),
            &["7,5", "2025-02-29"],
        ),
    ];
    for (what, document, told) in cases {
        assert_ne!(document, good, "{what}");
        let refusal = import(&sis, document.into_bytes()).await.unwrap_err();
        assert_eq!(refusal.code, Code::InvalidArgument, "{what}: {refusal:?}");
        let text = format!("{} {:?}", refusal.message, refusal.violations);
        for word in told {
            assert!(text.contains(word), "{what}: {word:?} is not in {text}");
        }
        assert!(!refusal.violations.is_empty(), "{what}: {refusal:?}");
    }
    assert_eq!(list(&sis, 50).await, []);
}

async fn the_bytes_that_came_in_come_out_unchanged(place: Place) {
    let alpha = one(&place).await;
    let sis = alpha.campus("sis").await;
    let mut document = Course::of("alpha.example", LEARNER, "X").elmo();
    document.extend_from_slice(b"<!-- kept -->\n");
    let name = import(&sis, document.clone()).await.unwrap().transcripts[0].name.clone();
    let request =
        ExportTranscriptRequest { name, format: Format::Source.into(), purpose: why("credential") };
    assert_eq!(sis.call(request).await.unwrap().document, document);
}

on_each_engine!(
    the_same_file_adds_nothing_a_changed_grade_is_a_revision_another_instance_a_record,
    names_and_birth_dates_never_join_two_learners,
    a_dry_run_says_what_an_import_would_do_and_changes_nothing,
    bad_documents_are_refused_with_every_fault_and_nothing_is_stored,
    the_bytes_that_came_in_come_out_unchanged,
);
