//! hei-elm: how an achievement was proven, and the grade.

use hei_elmo::Written;

use crate::class::class;
use crate::model::{
    AwardingProcess, Concept, Identifier, Location, Note, Organisation, WebResource,
};
use crate::texts::Texts;
use crate::value::Whole;

class! {
    /// An assessment of a person.
    Assessment = ["LearningAssessment"] "learningAssessment" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kinds: Vec<Concept> = "dcType" Any,
        titles: Texts = "title" Many,
        descriptions: Texts = "description" Any,
        awarded_by: Option<AwardingProcess> = "awardedBy" One,
        grade: Option<Note> = "grade" One,
        grade_status: Option<Concept> = "gradeStatus" Optional,
        issued: Option<Written> = "dateIssued" Optional,
        identity_verification: Option<Concept> = "idVerification" Optional,
        result_distribution: Option<ResultDistribution> = "resultDistribution" Optional,
        shortened_grading: Option<ShortenedGrading> = "shortenedGrading" Optional,
        assessed_by: Vec<Organisation> = "assessedBy" Any,
        location: Option<Location> = "location" Optional,
        specified_by: Option<Box<AssessmentSpecification>> = "specifiedBy" Optional,
        documents: Vec<WebResource> = "supplementaryDocument" Any,
        notes: Vec<Note> = "additionalNote" Any,
        parts: Vec<Assessment> = "hasPart" Any,
    }
}

class! {
    /// An assessment that anybody could take.
    AssessmentSpecification = ["LearningAssessmentSpecification"] "learningAssessmentSpec" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kind: Option<Concept> = "dcType" Optional,
        titles: Texts = "title" Many,
        alt_labels: Texts = "altLabel" Any,
        categories: Texts = "category" Any,
        descriptions: Texts = "description" Any,
        grading_scheme: Option<GradingScheme> = "gradingScheme" Optional,
        modes: Vec<Concept> = "mode" Any,
        languages: Vec<Concept> = "language" Any,
        homepages: Vec<WebResource> = "homepage" Any,
        documents: Vec<WebResource> = "supplementaryDocument" Any,
        notes: Vec<Note> = "additionalNote" Any,
        parts: Vec<AssessmentSpecification> = "hasPart" Any,
    }
}

class! {
    /// How grades are given.
    GradingScheme = ["GradingScheme"] "gradingScheme" {
        identifiers: Vec<Identifier> = "identifier" Any,
        titles: Texts = "title" Many,
        descriptions: Texts = "description" Any,
        documents: Vec<WebResource> = "supplementaryDocument" Any,
    }
}

class! {
    /// How many had which result.
    ResultDistribution = ["ResultDistribution"] "resultDistribution" {
        descriptions: Texts = "description" Any,
        categories: Vec<ResultCategory> = "resultCategory" Any,
    }
}

class! {
    /// One result and how many had it.
    ResultCategory = ["ResultCategory"] "resultCategory" {
        label: Option<String> = "label" One,
        score: Option<String> = "score" Optional,
        minimum_score: Option<String> = "minimumScore" Optional,
        maximum_score: Option<String> = "maximumScore" Optional,
        count: Option<Whole> = "count" One,
    }
}

class! {
    /// Where the grade stands among the grades of the others, in percent.
    ShortenedGrading = ["ShortenedGrading"] "shortenedGrading" {
        lower: Option<Whole> = "percentageLower" One,
        equal: Option<Whole> = "percentageEqual" One,
        higher: Option<Whole> = "percentageHigher" One,
    }
}
