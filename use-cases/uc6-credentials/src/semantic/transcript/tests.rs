//! Semantic: what a transcript must have, whichever door it came through.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use hei_proto::google::r#type::Date;
use hei_proto::hei::common::v1::LocalizedText;
use hei_proto::hei::credentials::v1::{CreditPoints, Grade, Person};

use super::*;

fn day(year: i32, month: i32, day: i32) -> WrittenDate {
    WrittenDate { date: Some(Date { year, month, day }), ..WrittenDate::default() }
}

fn whole() -> Transcript {
    let id = Identifier { scheme: "schac".into(), value: "alpha.example".into() };
    Transcript {
        learner: Some(Person::default()),
        issuer: Some(Organisation { identifiers: vec![id], ..Organisation::default() }),
        issue_date: Some(day(2026, 2, 3)),
        achievements: vec![Achievement {
            credits: vec![CreditPoints {
                scheme: "ects".into(),
                value: "7.5".into(),
                ..CreditPoints::default()
            }],
            ..Achievement::default()
        }],
        ..Transcript::default()
    }
}

fn fields(transcript: Transcript) -> Vec<(String, &'static str)> {
    check(transcript).unwrap_err().0.into_iter().map(|it| (it.field, it.reason)).collect()
}

#[test]
fn a_whole_transcript_is_taken_and_an_empty_one_names_what_is_missing() {
    assert!(check(whole()).is_ok());
    let missing =
        ["learner", "issuer.identifiers", "issue_date"].map(|it| (it.to_owned(), "FIELD_MISSING"));
    assert_eq!(fields(Transcript::default()), missing);
}

#[test]
fn days_credits_and_characters_are_told_all_at_once_with_their_fields() {
    let mut it = whole();
    it.issue_date = Some(day(2025, 2, 29));
    it.generated_date = Some(WrittenDate { offset: "+2".into(), ..day(2025, 2, 28) });
    it.achievements[0].date = Some(day(2025, 300, 1));
    it.achievements[0].grade = Some(Grade { label: "A\u{0}".into() });
    it.achievements[0].engagement_hours = "30,5".into();
    for value in ["-5", "7,5", "10.0", "+1"] {
        it.achievements[0]
            .credits
            .push(CreditPoints { value: value.into(), ..CreditPoints::default() });
    }
    let title = LocalizedText { language: "en".into(), text: "\u{b}".into() };
    it.achievements[0].parts = vec![Achievement { titles: vec![title], ..Achievement::default() }];
    let found: Vec<String> = fields(it).into_iter().map(|(field, _)| field).collect();
    assert_eq!(
        found,
        [
            "issue_date",
            "generated_date",
            "achievements[0].date",
            "achievements[0].credits[1].value",
            "achievements[0].credits[2].value",
            "achievements[0].credits[3].value",
            "achievements[0].credits[4].value",
            "achievements[0].engagement_hours",
            "achievements[0].grade.label",
            "achievements[0].parts[0].titles[0].text",
        ]
    );
}

#[test]
fn parts_stand_as_deep_as_a_document_can_carry() {
    let deep = |depth: usize| {
        let mut it = whole();
        it.achievements = vec![(0..depth).fold(Achievement::default(), |part, _| Achievement {
            parts: vec![part],
            ..Achievement::default()
        })];
        it
    };
    let deepest = check(deep(PART_DEPTH_MAX)).unwrap();
    let document = hei_elmo::write(&crate::semantic::elmo::to_elmo(&deepest).value);
    assert!(hei_elmo::read(&document, &hei_elmo::Limits::default()).is_ok());
    assert_eq!(fields(deep(PART_DEPTH_MAX + 1)).len(), 1);
}
