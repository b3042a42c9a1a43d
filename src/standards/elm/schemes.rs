//! hei-elm: the concept schemes that the shapes of edc-generic-full 3.2 require
//! a concept to be in.

/// (class, term, scheme).
const REQUIRED: &[(&str, &str, &str)] = &[
    ("Address", "countryCode", COUNTRY),
    ("DisplayParameter", "primaryLanguage", LANGUAGE),
    ("DisplayParameter", "language", LANGUAGE),
    ("VerifiableCredential", "credentialProfiles", "http://data.europa.eu/snb/credential/25831c2"),
    ("Evidence", "dcType", "http://data.europa.eu/snb/evidence-type/25831c2"),
    ("LearningAchievementSpecification", "thematicArea", ISCED_F),
    ("LearningAchievementSpecification", "language", LANGUAGE),
    (
        "LearningAchievementSpecification",
        "learningSetting",
        "http://data.europa.eu/snb/learning-setting/25831c2",
    ),
    ("LearningAchievementSpecification", "eqfLevel", "http://data.europa.eu/snb/eqf/25831c2"),
    ("LearningAchievementSpecification", "nqfLevel", "http://data.europa.eu/snb/qdr/25831c2"),
    ("LearningActivitySpecification", "language", LANGUAGE),
    ("LearningAssessmentSpecification", "language", LANGUAGE),
    (
        "LearningEntitlementSpecification",
        "entitlementStatus",
        "http://data.europa.eu/snb/entitlement-status/25831c2",
    ),
    ("LearningOutcome", "dcType", "http://data.europa.eu/snb/skill-type/25831c2"),
    ("LearningOutcome", "reusabilityLevel", "http://data.europa.eu/snb/skill-reuse-level/25831c2"),
    ("LearningOutcome", "relatedESCOSkill", "http://data.europa.eu/esco/concept-scheme/skills"),
    ("LegalIdentifier", "spatial", COUNTRY),
    ("Person", "citizenshipCountry", COUNTRY),
    ("WebResource", "language", LANGUAGE),
];

const COUNTRY: &str = "http://publications.europa.eu/resource/authority/country";
const LANGUAGE: &str = "http://publications.europa.eu/resource/authority/language";
const ISCED_F: &str = "http://data.europa.eu/snb/isced-f/25831c2";

/// The scheme for the concepts of that member; a qualification is asked like
/// every other specification of an achievement.
pub(crate) fn required(class: &str, term: &str) -> Option<&'static str> {
    let same = |(known, name, _): &&(&str, &str, &str)| *known == class && *name == term;
    REQUIRED.iter().find(same).map(|(_, _, scheme)| *scheme)
}
