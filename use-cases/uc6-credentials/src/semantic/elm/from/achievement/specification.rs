//! Semantic: the specification of an achievement.

use hei_elm::{Achievement, Concept, Specification};
use hei_proto::hei::common::v1::LocalizedText;
use hei_proto::hei::credentials::v1 as credentials;

use super::super::super::{Lost, concept};
use super::super::{by_language, organisation};
use super::credits;

pub fn take(of: &Achievement, found: &mut credentials::Achievement, at: &str, lost: &mut Lost) {
    let Some(it) = of.specified_by.as_deref() else { return };
    left_out(it, of, at, lost);
    found.identifiers = organisation::plain(&it.identifiers, at, lost);
    found.descriptions = by_language(&it.descriptions, &format!("{at}.description"), lost);
    lost.but_first(at, "dcType", it.kinds.len());
    found.r#type = it.kinds.first().map(concept::kind_of).unwrap_or_default();
    lost.but_first(at, "homepage", it.homepages.len());
    found.url = it.homepages.first().and_then(|it| it.content_url.clone()).unwrap_or_default();
    lost.but_first(at, "thematicArea", it.thematic_areas.len());
    found.field = it.thematic_areas.first().and_then(concept::field_of);
    if found.field.is_none() && !it.thematic_areas.is_empty() {
        lost.tell(format!("{at}.thematicArea"), "CODE_LIST", "the area is no code of ISCED-F");
    }
    subject_area(it, found, at, lost);
    levels(it, found, at, lost);
    language(it, found, at, lost);
    specified_credits(it, found, at, lost);
}

fn left_out(it: &Specification, of: &Achievement, at: &str, lost: &mut Lost) {
    lost.members(
        at,
        &[
            ("type", !it.types.is_empty()),
            ("title", it.titles != of.titles),
            ("altLabel", !it.alt_labels.0.is_empty()),
            ("category", !it.categories.0.is_empty()),
            ("supplementaryDocument", !it.documents.is_empty()),
            ("additionalNote", !it.notes.is_empty()),
            ("status", it.status.is_some()),
            ("learningOutcome", !it.learning_outcomes.is_empty()),
            ("learningOutcomeSummary", it.learning_outcome_summary.is_some()),
            ("mode", !it.modes.is_empty()),
            ("learningSetting", it.learning_setting.is_some()),
            ("volumeOfLearning", it.volume_of_learning.is_some()),
            ("maximumDuration", it.maximum_duration.is_some()),
            ("targetGroup", !it.target_groups.is_empty()),
            ("entryRequirement", it.entry_requirement.is_some()),
            ("provenBy", !it.proven_by.is_empty()),
            ("influencedBy", !it.influenced_by.is_empty()),
            ("entitlesTo", !it.entitles_to.is_empty()),
            ("hasPart", !it.parts.is_empty()),
            ("isPartialQualification", it.is_partial.is_some()),
            ("qualificationCode", !it.codes.is_empty()),
        ],
    );
}

fn subject_area(
    it: &Specification,
    found: &mut credentials::Achievement,
    at: &str,
    lost: &mut Lost,
) {
    lost.but_first(at, "educationSubject", it.education_subjects.len());
    let Some(subject) = it.education_subjects.first() else { return };
    match concept::own_code(subject, "subject-area") {
        Some(code) => found.subject_area = code.to_owned(),
        None => {
            found.subject_area = concept::label(subject);
            let told = "only the name of the concept is kept";
            lost.tell(format!("{at}.educationSubject[0]"), "CONCEPT", told);
        }
    }
}

/// Levels of education, of the EQF and of national frameworks, in one list.
fn levels(it: &Specification, found: &mut credentials::Achievement, at: &str, lost: &mut Lost) {
    let groups: [(&str, &str, Vec<&Concept>); 3] = [
        ("educationLevel", "", it.education_levels.iter().collect()),
        ("eqfLevel", "EQF", it.eqf_level.iter().collect()),
        ("nqfLevel", "NQF", it.nqf_levels.iter().collect()),
    ];
    for (name, framework, levels) in groups {
        for (index, level) in levels.into_iter().enumerate() {
            let at = format!("{at}.{name}[{index}]");
            if !framework.is_empty() {
                let told = "it is kept as a level of education";
                lost.tell(at.clone(), "LEVEL", told);
            }
            let (r#type, value) = concept::level_of(level, framework);
            let descriptions = described(level, &at, lost);
            found.levels.push(credentials::Level { r#type, value, descriptions });
        }
    }
}

/// What is said about a level: its definition, else the name of the concept.
fn described(it: &Concept, at: &str, lost: &mut Lost) -> Vec<LocalizedText> {
    if it.definitions.0.is_empty() {
        return by_language(&it.pref_labels, &format!("{at}.prefLabel"), lost);
    }
    by_language(&it.definitions, &format!("{at}.definition"), lost)
}

/// The language of a specification, until an activity says another.
fn language(it: &Specification, found: &mut credentials::Achievement, at: &str, lost: &mut Lost) {
    lost.but_first(at, "language", it.languages.len());
    let Some(language) = it.languages.first() else { return };
    let told = "it is kept as the language of instruction";
    lost.tell(format!("{at}.language[0]"), "LANGUAGE_OF_INSTRUCTION", told);
    found.language_of_instruction = concept::language_of(language).unwrap_or_default();
}

/// Many credentials have their credits at the specification only; whoever has
/// the achievement has received them.
fn specified_credits(
    it: &Specification,
    found: &mut credentials::Achievement,
    at: &str,
    lost: &mut Lost,
) {
    let specified = credits(&it.credit_points);
    if specified.is_empty() || specified == found.credits {
        return;
    }
    let told = if found.credits.is_empty() {
        found.credits = specified;
        "the credits of the specification are kept as credits received"
    } else {
        "the credits received are kept, not those of the specification"
    };
    lost.tell(format!("{at}.creditPoint"), "CREDITS_OF_SPECIFICATION", told);
}
