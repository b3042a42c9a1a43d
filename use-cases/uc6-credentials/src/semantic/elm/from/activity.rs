//! Semantic: from an activity of a credential to one of a transcript.

use hei_elm::{Activity, ActivitySpecification, Period};
use hei_proto::hei::credentials::v1 as credentials;

use super::super::{Lost, concept};
use super::{by_language, day, organisation};

pub fn activity(it: &Activity, at: &str, lost: &mut Lost) -> credentials::Activity {
    lost.members(
        at,
        &[
            ("location", !it.locations.is_empty()),
            ("directedBy", !it.directed_by.is_empty()),
            ("learningOpportunity", it.opportunity.is_some()),
            ("supplementaryDocument", !it.documents.is_empty()),
            ("additionalNote", !it.notes.is_empty()),
        ],
    );
    organisation::process(it.awarded_by.as_ref(), at, lost);
    lost.but_first(at, "dcType", it.kinds.len());
    let mut found = credentials::Activity {
        identifiers: organisation::plain(&it.identifiers, at, lost),
        titles: by_language(&it.titles, &format!("{at}.title"), lost),
        r#type: it.kinds.first().map(concept::activity_of).unwrap_or_default(),
        descriptions: by_language(&it.descriptions, &format!("{at}.description"), lost),
        date: it.awarded_by.as_ref().and_then(|it| it.awarding_date.as_ref()).map(day),
        workload: it.workload.as_ref().map(|it| it.0.clone()).unwrap_or_default(),
        level_of_completion: it
            .level_of_completion
            .as_ref()
            .map(|it| it.0.clone())
            .unwrap_or_default(),
        ..credentials::Activity::default()
    };
    period(&it.temporal, &mut found, at, lost);
    if let Some(specified) = &it.specified_by {
        specification(specified, it, &mut found, &format!("{at}.specifiedBy"), lost);
    }
    for (index, part) in it.parts.iter().enumerate() {
        let whole_award = it.awarded_by.as_ref();
        let at = super::part(at, index, part.awarded_by.as_ref(), whole_award, lost);
        found.parts.push(activity(part, &at, lost));
    }
    found
}

fn period(list: &[Period], found: &mut credentials::Activity, at: &str, lost: &mut Lost) {
    lost.but_first(at, "temporal", list.len());
    let Some(period) = list.first() else { return };
    found.start = period.start.as_ref().map(day);
    found.end = period.end.as_ref().map(day);
    lost.members(&format!("{at}.temporal[0]"), &[("prefLabel", !period.pref_labels.0.is_empty())]);
}

/// The shapes require a title of the specification too: where it is that of the
/// activity, nothing is lost.
fn specification(
    it: &ActivitySpecification,
    of: &Activity,
    found: &mut credentials::Activity,
    at: &str,
    lost: &mut Lost,
) {
    lost.members(
        at,
        &[
            ("dcType", !it.kinds.is_empty()),
            ("title", it.titles != of.titles),
            ("altLabel", !it.alt_labels.0.is_empty()),
            ("category", !it.categories.0.is_empty()),
            ("description", !it.descriptions.0.is_empty()),
            ("contactHour", !it.contact_hours.is_empty()),
            ("volumeOfLearning", it.volume_of_learning.is_some()),
            ("mode", !it.modes.is_empty()),
            ("homepage", !it.homepages.is_empty()),
            ("supplementaryDocument", !it.documents.is_empty()),
            ("additionalNote", !it.notes.is_empty()),
            ("hasPart", !it.parts.is_empty()),
        ],
    );
    found.specification_identifiers = organisation::plain(&it.identifiers, at, lost);
    lost.but_first(at, "language", it.languages.len());
    found.language = concept::first_language(&it.languages, at, lost);
}
