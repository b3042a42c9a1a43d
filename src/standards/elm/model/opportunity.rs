//! hei-elm: the offer that a person took, and when.

use hei_elmo::Written;

use crate::class::class;
use crate::model::{Concept, Identifier, Location, Note, Organisation, WebResource};
use crate::texts::Texts;
use crate::value::Duration;

class! {
    /// An opportunity to learn.
    LearningOpportunity = ["LearningOpportunity"] "learningOpportunity" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kinds: Vec<Concept> = "dcType" Any,
        titles: Texts = "title" Many,
        descriptions: Texts = "description" Any,
        homepages: Vec<WebResource> = "homepage" Any,
        documents: Vec<WebResource> = "supplementaryDocument" Any,
        notes: Vec<Note> = "additionalNote" Any,
        temporal: Option<Period> = "temporal" Optional,
        duration: Option<Duration> = "duration" Optional,
        modes: Vec<Concept> = "mode" Any,
        schedule: Option<Concept> = "learningSchedule" Optional,
        locations: Vec<Location> = "location" Any,
        provided_by: Vec<Organisation> = "providedBy" Many,
    }
}

class! {
    /// A time.
    Period = ["PeriodOfTime"] "period" {
        pref_labels: Texts = "prefLabel" Any,
        start: Option<Written> = "startDate" Optional,
        end: Option<Written> = "endDate" Optional,
    }
}
