//! hei-elm: what a person has achieved, and what it entitles to.

use hei_elmo::{Decimal, Written};

use crate::class::class;
use crate::model::{
    Activity, Assessment, AwardingProcess, Concept, Identifier, LearningOpportunity, Note,
    Specification, WebResource,
};
use crate::texts::Texts;

class! {
    /// An achievement of a person.
    Achievement = ["LearningAchievement"] "learningAchievement" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kinds: Vec<Concept> = "dcType" Any,
        titles: Texts = "title" Many,
        descriptions: Texts = "description" Any,
        awarded_by: Option<AwardingProcess> = "awardedBy" One,
        credits_received: Vec<CreditPoint> = "creditReceived" Any,
        proven_by: Vec<Assessment> = "provenBy" Any,
        influenced_by: Vec<Activity> = "influencedBy" Any,
        entitles_to: Vec<Entitlement> = "entitlesTo" Any,
        specified_by: Option<Box<Specification>> = "specifiedBy" Optional,
        opportunity: Option<Box<LearningOpportunity>> = "learningOpportunity" Optional,
        documents: Vec<WebResource> = "supplementaryDocument" Any,
        notes: Vec<Note> = "additionalNote" Any,
        parts: Vec<Achievement> = "hasPart" Any,
    }
}

class! {
    /// Credit points of one framework.
    CreditPoint = ["CreditPoint"] "creditPoint" {
        framework: Option<Concept> = "framework" One,
        point: Option<Decimal> = "point" One,
    }
}

class! {
    /// A right that a person has from an achievement.
    Entitlement = ["LearningEntitlement"] "entitlement" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kind: Option<Concept> = "dcType" Optional,
        titles: Texts = "title" Many,
        descriptions: Texts = "description" Any,
        awarded_by: Option<AwardingProcess> = "awardedBy" One,
        issued: Option<Written> = "dateIssued" Optional,
        expires: Option<Written> = "expiryDate" Optional,
        specified_by: Option<Box<EntitlementSpecification>> = "specifiedBy" Optional,
        documents: Vec<WebResource> = "supplementaryDocument" Any,
        notes: Vec<Note> = "additionalNote" Any,
        parts: Vec<Entitlement> = "hasPart" Any,
    }
}

class! {
    /// A right that anybody could have.
    EntitlementSpecification = ["LearningEntitlementSpecification"] "learningEntitlementSpec" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kind: Option<Concept> = "dcType" One,
        titles: Texts = "title" Many,
        descriptions: Texts = "description" Any,
        status: Option<Concept> = "entitlementStatus" One,
        homepages: Vec<WebResource> = "homepage" Any,
        notes: Vec<Note> = "additionalNote" Any,
    }
}
