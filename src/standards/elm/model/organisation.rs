//! hei-elm: organisations: those that award, that teach, that issue.

use crate::class::class;
use crate::model::{
    Concept, ContactPoint, Identifier, LegalIdentifier, Location, MediaObject, Note, WebResource,
};
use crate::texts::Texts;

class! {
    /// An organisation, or any agent in its place.
    Organisation = ["Organisation", "Agent", "Person"] "org" {
        identifiers: Vec<Identifier> = "identifier" Any,
        kinds: Vec<Concept> = "dcType" Any,
        legal_names: Texts = "legalName" Many,
        alt_labels: Texts = "altLabel" Any,
        pref_labels: Texts = "prefLabel" Any,
        eidas_identifier: Option<LegalIdentifier> = "eIDASIdentifier" Optional,
        registration: Option<LegalIdentifier> = "registration" Optional,
        tax_identifiers: Vec<LegalIdentifier> = "taxIdentifier" Any,
        vat_identifiers: Vec<LegalIdentifier> = "vatIdentifier" Any,
        homepages: Vec<WebResource> = "homepage" Any,
        locations: Vec<Location> = "location" Many,
        contact_points: Vec<ContactPoint> = "contactPoint" Any,
        logo: Option<MediaObject> = "logo" Optional,
        groups: Vec<Group> = "groupMemberOf" Any,
        part_of: Option<Box<Organisation>> = "subOrganizationOf" Optional,
        parts: Vec<Organisation> = "hasSubOrganization" Any,
        notes: Vec<Note> = "additionalNote" Any,
    }
}

class! {
    /// A group of agents: an alliance.
    Group = ["Group"] "group" {
        pref_labels: Texts = "prefLabel" Many,
        alt_labels: Texts = "altLabel" Any,
        kinds: Vec<Concept> = "dcType" Any,
        locations: Vec<Location> = "location" Any,
        contact_points: Vec<ContactPoint> = "contactPoint" Any,
        notes: Vec<Note> = "additionalNote" Any,
    }
}
