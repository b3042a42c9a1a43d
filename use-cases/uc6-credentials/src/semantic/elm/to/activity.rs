//! Semantic: from an activity of a transcript to one of a credential.

use hei_elm::{
    Activity, ActivitySpecification, AwardingProcess, Duration, Organisation, Period, Whole,
};
use hei_proto::hei::credentials::v1 as credentials;

use super::super::{Lost, concept};
use super::{identifiers, moment, required, texts};

pub fn activity(
    it: &credentials::Activity,
    body: &Organisation,
    at: &str,
    lost: &mut Lost,
) -> Activity {
    let titles = required(texts(&it.titles), at, lost);
    let language = concept::language(&it.language);
    if language.is_none() && !it.language.is_empty() {
        let at = format!("{at}.specifiedBy.language");
        lost.tell(at, "LANGUAGE_UNKNOWN", "the language is not in the EU's table");
    }
    let specified = language.is_some() || !it.specification_identifiers.is_empty();
    let specification = ActivitySpecification {
        identifiers: identifiers(&it.specification_identifiers),
        titles: titles.clone(),
        languages: language.into_iter().collect(),
        ..ActivitySpecification::default()
    };
    let part = |(index, part)| activity(part, body, &format!("{at}.hasPart[{index}]"), lost);
    Activity {
        parts: it.parts.iter().enumerate().map(part).collect(),
        identifiers: identifiers(&it.identifiers),
        kinds: (!it.r#type.is_empty()).then(|| concept::activity(&it.r#type)).into_iter().collect(),
        descriptions: texts(&it.descriptions),
        awarded_by: Some(AwardingProcess {
            awarding_bodies: vec![body.clone()],
            awarding_date: moment(it.date.as_ref()),
            ..AwardingProcess::default()
        }),
        temporal: period(it).into_iter().collect(),
        workload: filled(&it.workload).map(Duration),
        level_of_completion: filled(&it.level_of_completion).map(Whole),
        specified_by: specified.then(|| Box::new(specification)),
        titles,
        ..Activity::default()
    }
}

fn period(it: &credentials::Activity) -> Option<Period> {
    let (start, end) = (moment(it.start.as_ref()), moment(it.end.as_ref()));
    (start.is_some() || end.is_some()).then(|| Period { start, end, ..Period::default() })
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
