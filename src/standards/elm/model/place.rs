//! hei-elm: places and how to reach somebody.

use crate::class::class;
use crate::model::{Concept, Identifier, Note, WebResource};
use crate::texts::Texts;

class! {
    /// A place.
    Location = ["Location"] "location" {
        identifiers: Vec<Identifier> = "identifier" Any,
        names: Texts = "geographicName" Any,
        descriptions: Texts = "description" Any,
        spatial_codes: Vec<Concept> = "spatialCode" Any,
        addresses: Vec<Address> = "address" Many,
    }
}

class! {
    /// A postal address.
    Address = ["Address"] "address" {
        identifiers: Vec<Identifier> = "identifier" Any,
        full_address: Option<Note> = "fullAddress" Optional,
        country: Option<Concept> = "countryCode" One,
    }
}

class! {
    /// A way to reach somebody.
    ContactPoint = ["ContactPoint"] "contactPoint" {
        descriptions: Texts = "description" Any,
        addresses: Vec<Address> = "address" Any,
        phones: Vec<Phone> = "phone" Any,
        mailboxes: Vec<Mailbox> = "emailAddress" Any,
        forms: Vec<WebResource> = "contactForm" Any,
        notes: Vec<Note> = "additionalNote" Any,
    }
}

class! {
    /// An address of electronic mail: its id, "mailto:…".
    Mailbox = ["Mailbox"] "mailbox" {}
}

class! {
    /// A telephone number.
    Phone = ["Phone"] "phone" {
        country_dialing: Option<String> = "countryDialing" Optional,
        area_dialing: Option<String> = "areaDialingCode" Optional,
        dial_number: Option<String> = "dialNumber" Optional,
        number: Option<String> = "phoneNumber" Optional,
    }
}
