//! hei-elm: what a person did to learn.

use crate::class::class;
use crate::model::{
    AwardingProcess, Concept, Identifier, LearningOpportunity, Location, Note, Organisation,
    Period, WebResource,
};
use crate::texts::Texts;
use crate::value::{Duration, Whole};

class! {
    /// An activity of a person.
    Activity = ["LearningActivity"] "activity" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kinds: Vec<Concept> = "dcType" Any,
        titles: Texts = "title" Many,
        descriptions: Texts = "description" Any,
        awarded_by: Option<AwardingProcess> = "awardedBy" One,
        temporal: Vec<Period> = "temporal" Any,
        workload: Option<Duration> = "workload" Optional,
        level_of_completion: Option<Whole> = "levelOfCompletion" Optional,
        locations: Vec<Location> = "location" Any,
        directed_by: Vec<Organisation> = "directedBy" Any,
        specified_by: Option<Box<ActivitySpecification>> = "specifiedBy" Optional,
        opportunity: Option<Box<LearningOpportunity>> = "learningOpportunity" Optional,
        documents: Vec<WebResource> = "supplementaryDocument" Any,
        notes: Vec<Note> = "additionalNote" Any,
        parts: Vec<Activity> = "hasPart" Any,
    }
}

class! {
    /// An activity that anybody could do.
    ActivitySpecification = ["LearningActivitySpecification"] "learningActivitySpec" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kinds: Vec<Concept> = "dcType" Any,
        titles: Texts = "title" Many,
        alt_labels: Texts = "altLabel" Any,
        categories: Texts = "category" Any,
        descriptions: Texts = "description" Any,
        contact_hours: Vec<String> = "contactHour" Any,
        volume_of_learning: Option<Duration> = "volumeOfLearning" Optional,
        modes: Vec<Concept> = "mode" Any,
        languages: Vec<Concept> = "language" Any,
        homepages: Vec<WebResource> = "homepage" Any,
        documents: Vec<WebResource> = "supplementaryDocument" Any,
        notes: Vec<Note> = "additionalNote" Any,
        parts: Vec<ActivitySpecification> = "hasPart" Any,
    }
}
