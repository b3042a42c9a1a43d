//! hei-elm: the person that a credential is about.

use hei_elmo::Written;

use crate::class::class;
use crate::model::{
    Claim, Concept, ContactPoint, Group, Identifier, LegalIdentifier, Location, Note, Organisation,
};
use crate::texts::Texts;

class! {
    /// The subject of a credential.
    Person = ["Person", "Agent", "Organisation"] "person" {
        identifiers: Vec<Identifier> = "identifier" Any,
        national_id: Option<LegalIdentifier> = "nationalID" Optional,
        full_names: Texts = "fullName" Optional,
        alt_labels: Texts = "altLabel" Any,
        given_names: Texts = "givenName" Optional,
        family_names: Texts = "familyName" Optional,
        birth_names: Texts = "birthName" Any,
        patronymic_names: Texts = "patronymicName" Any,
        date_of_birth: Option<Written> = "dateOfBirth" Optional,
        place_of_birth: Option<Location> = "placeOfBirth" Optional,
        gender: Option<Concept> = "gender" Optional,
        citizenships: Vec<Concept> = "citizenshipCountry" Any,
        location: Option<Location> = "location" Optional,
        contact_points: Vec<ContactPoint> = "contactPoint" Any,
        groups: Vec<Group> = "groupMemberOf" Any,
        members_of: Vec<Organisation> = "memberOf" Any,
        notes: Vec<Note> = "additionalNote" Any,
        claims: Vec<Claim> = "hasClaim" Many,
    }
}
