//! Semantic: from an achievement of a credential to one of a transcript.

mod assessment;
mod specification;

use hei_elm::{Achievement, Activity, CreditPoint, Decimal, LearningOpportunity};
use hei_proto::hei::credentials::v1::{self as credentials, CreditPoints, GradingScheme};

use super::super::{Lost, concept};
use super::{by_language, day, organisation, same_award};

/// An achievement, with the grading schemes that it and its parts name.
pub struct Mapped {
    pub achievement: credentials::Achievement,
    pub schemes: Vec<GradingScheme>,
}

pub fn achievement(it: &Achievement, at: &str, lost: &mut Lost) -> Mapped {
    let mut schemes = Vec::new();
    let achievement = whole(it, at, &mut schemes, lost);
    Mapped { achievement, schemes }
}

fn whole(
    it: &Achievement,
    at: &str,
    schemes: &mut Vec<GradingScheme>,
    lost: &mut Lost,
) -> credentials::Achievement {
    lost.members(
        at,
        &[
            ("dcType", !it.kinds.is_empty()),
            ("entitlesTo", !it.entitles_to.is_empty()),
            ("supplementaryDocument", !it.documents.is_empty()),
            ("additionalNote", !it.notes.is_empty()),
        ],
    );
    organisation::process(it.awarded_by.as_ref(), at, lost);
    let mut found = credentials::Achievement {
        instance_identifiers: organisation::plain(&it.identifiers, at, lost),
        titles: by_language(&it.titles, &format!("{at}.title"), lost),
        date: it.awarded_by.as_ref().and_then(|it| it.awarding_date.as_ref()).map(day),
        credits: credits(&it.credits_received),
        ..credentials::Achievement::default()
    };
    specification::take(it, &mut found, &format!("{at}.specifiedBy"), lost);
    descriptions(it, &mut found, at, lost);
    activity(it, &mut found, at, lost);
    if let Some(opportunity) = &it.opportunity {
        self::opportunity(opportunity, it, &mut found, &format!("{at}.learningOpportunity"), lost);
    }
    assessment::take(it, &mut found, at, schemes, lost);
    for (index, part) in it.parts.iter().enumerate() {
        let whole_award = it.awarded_by.as_ref();
        let at = super::part(at, index, part.awarded_by.as_ref(), whole_award, lost);
        found.parts.push(whole(part, &at, schemes, lost));
    }
    found
}

/// Credits as they stand: exact, and of their own framework.
pub fn credits(list: &[CreditPoint]) -> Vec<CreditPoints> {
    let one = |it: &CreditPoint| CreditPoints {
        scheme: it.framework.as_ref().map(concept::framework_of).unwrap_or_default(),
        value: it.point.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default(),
        level: String::new(),
    };
    list.iter().map(one).collect()
}

/// The description of the specification; that of the achievement where there is none.
fn descriptions(it: &Achievement, found: &mut credentials::Achievement, at: &str, lost: &mut Lost) {
    let own = by_language(&it.descriptions, &format!("{at}.description"), lost);
    if own.is_empty() || own == found.descriptions {
        return;
    }
    let told = if found.descriptions.is_empty() {
        found.descriptions = own;
        "it is kept as the description of the specification"
    } else {
        "a transcript has the description of the specification only"
    };
    lost.tell(format!("{at}.description"), "DESCRIPTION", told);
}

fn activity(it: &Achievement, found: &mut credentials::Achievement, at: &str, lost: &mut Lost) {
    lost.but_first(at, "influencedBy", it.influenced_by.len());
    let Some(activity) = it.influenced_by.first() else { return };
    let at = format!("{at}.influencedBy[0]");
    lost.members(
        &at,
        &[
            ("identifier", !activity.identifiers.is_empty()),
            ("dcType", !activity.kinds.is_empty()),
            ("title", activity.titles != it.titles),
            ("description", !activity.descriptions.0.is_empty()),
            ("awardedBy", !same_award(activity.awarded_by.as_ref(), it.awarded_by.as_ref())),
            ("workload", activity.workload.is_some()),
            ("levelOfCompletion", activity.level_of_completion.is_some()),
            ("location", !activity.locations.is_empty()),
            ("directedBy", !activity.directed_by.is_empty()),
            ("learningOpportunity", activity.opportunity.is_some()),
            ("supplementaryDocument", !activity.documents.is_empty()),
            ("additionalNote", !activity.notes.is_empty()),
            ("hasPart", !activity.parts.is_empty()),
        ],
    );
    lost.but_first(&at, "temporal", activity.temporal.len());
    if let Some(period) = activity.temporal.first() {
        found.start = period.start.as_ref().map(day);
        let rest =
            [("endDate", period.end.is_some()), ("prefLabel", !period.pref_labels.0.is_empty())];
        lost.members(&format!("{at}.temporal[0]"), &rest);
    }
    specified(activity, it, found, &format!("{at}.specifiedBy"), lost);
}

/// Hours and language of the specification of an activity.
fn specified(
    activity: &Activity,
    of: &Achievement,
    found: &mut credentials::Achievement,
    at: &str,
    lost: &mut Lost,
) {
    let Some(it) = &activity.specified_by else { return };
    lost.members(
        at,
        &[
            ("identifier", !it.identifiers.is_empty()),
            ("dcType", !it.kinds.is_empty()),
            ("title", it.titles != of.titles),
            ("altLabel", !it.alt_labels.0.is_empty()),
            ("category", !it.categories.0.is_empty()),
            ("description", !it.descriptions.0.is_empty()),
            ("volumeOfLearning", it.volume_of_learning.is_some()),
            ("mode", !it.modes.is_empty()),
            ("homepage", !it.homepages.is_empty()),
            ("supplementaryDocument", !it.documents.is_empty()),
            ("additionalNote", !it.notes.is_empty()),
            ("hasPart", !it.parts.is_empty()),
        ],
    );
    lost.but_first(at, "contactHour", it.contact_hours.len());
    lost.but_first(at, "language", it.languages.len());
    if let Some(hours) = it.contact_hours.first() {
        match Decimal::parse(hours) {
            Some(number) => found.engagement_hours = number.as_str().to_owned(),
            None => lost.tell(format!("{at}.contactHour"), "NUMBER", "this is no decimal number"),
        }
    }
    found.language_of_instruction = concept::first_language(&it.languages, at, lost);
}

fn opportunity(
    it: &LearningOpportunity,
    of: &Achievement,
    found: &mut credentials::Achievement,
    at: &str,
    lost: &mut Lost,
) {
    let bodies = of.awarded_by.as_ref().map(|it| it.awarding_bodies.as_slice()).unwrap_or_default();
    lost.members(
        at,
        &[
            ("identifier", !it.identifiers.is_empty()),
            ("dcType", !it.kinds.is_empty()),
            ("title", it.titles != of.titles),
            ("description", !it.descriptions.0.is_empty()),
            ("homepage", !it.homepages.is_empty()),
            ("supplementaryDocument", !it.documents.is_empty()),
            ("additionalNote", !it.notes.is_empty()),
            ("mode", !it.modes.is_empty()),
            ("learningSchedule", it.schedule.is_some()),
            ("location", !it.locations.is_empty()),
            ("providedBy", it.provided_by != bodies),
        ],
    );
    found.duration = it.duration.as_ref().map(|it| it.0.clone()).unwrap_or_default();
    found.term = it.temporal.as_ref().map(|it| credentials::AcademicTerm {
        titles: by_language(&it.pref_labels, &format!("{at}.temporal.prefLabel"), lost),
        start: it.start.as_ref().map(day),
        end: it.end.as_ref().map(day),
    });
}
