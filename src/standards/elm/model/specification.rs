//! hei-elm: what anybody could achieve, with its learning outcomes.

use crate::class::class;
use crate::model::{
    ActivitySpecification, AssessmentSpecification, Concept, CreditPoint, EntitlementSpecification,
    Identifier, Note, WebResource,
};
use crate::texts::Texts;
use crate::value::Duration;

class! {
    /// A specification of an achievement; a qualification is one of that type,
    /// and only it has the members after `parts`.
    Specification = ["LearningAchievementSpecification", "Qualification"] "learningAchievementSpec" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kinds: Vec<Concept> = "dcType" Any,
        titles: Texts = "title" Many,
        alt_labels: Texts = "altLabel" Any,
        categories: Texts = "category" Any,
        descriptions: Texts = "description" Any,
        homepages: Vec<WebResource> = "homepage" Any,
        documents: Vec<WebResource> = "supplementaryDocument" Any,
        notes: Vec<Note> = "additionalNote" Any,
        status: Option<String> = "status" Optional,
        learning_outcomes: Vec<LearningOutcome> = "learningOutcome" Any,
        learning_outcome_summary: Option<Note> = "learningOutcomeSummary" Optional,
        credit_points: Vec<CreditPoint> = "creditPoint" Any,
        thematic_areas: Vec<Concept> = "thematicArea" Any,
        education_levels: Vec<Concept> = "educationLevel" Any,
        education_subjects: Vec<Concept> = "educationSubject" Any,
        languages: Vec<Concept> = "language" Any,
        modes: Vec<Concept> = "mode" Any,
        learning_setting: Option<Concept> = "learningSetting" Optional,
        volume_of_learning: Option<Duration> = "volumeOfLearning" Optional,
        maximum_duration: Option<Duration> = "maximumDuration" Optional,
        target_groups: Vec<Concept> = "targetGroup" Any,
        entry_requirement: Option<Note> = "entryRequirement" Optional,
        proven_by: Vec<AssessmentSpecification> = "provenBy" Any,
        influenced_by: Vec<ActivitySpecification> = "influencedBy" Any,
        entitles_to: Vec<EntitlementSpecification> = "entitlesTo" Any,
        parts: Vec<Specification> = "hasPart" Any,
        eqf_level: Option<Concept> = "eqfLevel" Optional,
        nqf_levels: Vec<Concept> = "nqfLevel" Any,
        is_partial: Option<bool> = "isPartialQualification" Optional,
        codes: Vec<Concept> = "qualificationCode" Any,
    }
}

class! {
    /// What a learner can do afterwards.
    LearningOutcome = ["LearningOutcome"] "learningOutcome" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kind: Option<Concept> = "dcType" Optional,
        titles: Texts = "title" Many,
        esco_skills: Vec<Concept> = "relatedESCOSkill" Any,
        skills: Vec<Concept> = "relatedSkill" Any,
        reusability_level: Option<Concept> = "reusabilityLevel" Optional,
        notes: Vec<Note> = "additionalNote" Any,
    }
}
