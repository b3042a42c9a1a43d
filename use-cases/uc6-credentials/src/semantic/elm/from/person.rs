//! Semantic: the subject of a credential as the learner.

use hei_elm::Person;
use hei_proto::hei::common::v1::CodedValue;
use hei_proto::hei::credentials::v1 as credentials;

use super::super::{Lost, NATIONAL, concept};
use super::{day, every, organisation, plain};

const AT: &str = "$.credentialSubject";

/// The learner, with every name and identifier that the credential gives.
pub fn learner(it: &Person, lost: &mut Lost) -> credentials::Person {
    lost.members(
        AT,
        &[
            // "urn:epass:person:1" is another person in every document.
            ("id", it.id.as_deref().is_some_and(|id| !id.starts_with("urn:epass:"))),
            ("patronymicName", !it.patronymic_names.0.is_empty()),
            ("location", it.location.is_some()),
            ("contactPoint", !it.contact_points.is_empty()),
            ("groupMemberOf", !it.groups.is_empty()),
            ("memberOf", !it.members_of.is_empty()),
            ("additionalNote", !it.notes.is_empty()),
        ],
    );
    let mut identifiers = organisation::plain(&it.identifiers, AT, lost);
    identifiers.extend(it.national_id.as_ref().and_then(|it| organisation::legal(it, NATIONAL)));
    let mut names = every(&it.full_names, &format!("{AT}.fullName"), lost);
    names.extend(every(&it.alt_labels, &format!("{AT}.altLabel"), lost));
    let (place_of_birth, country_of_birth) = birth(it, lost);
    credentials::Person {
        identifiers,
        given_names: plain(&it.given_names, &format!("{AT}.givenName"), lost),
        family_name: plain(&it.family_names, &format!("{AT}.familyName"), lost),
        alternative_names: names,
        date_of_birth: it.date_of_birth.as_ref().map(day),
        citizenships: it.citizenships.iter().map(concept::country_of).collect(),
        place_of_birth,
        country_of_birth,
        birth_name: plain(&it.birth_names, &format!("{AT}.birthName"), lost),
        gender: it.gender.as_ref().map(concept::gender_of),
    }
}

/// Place and country of birth.
fn birth(it: &Person, lost: &mut Lost) -> (String, Option<CodedValue>) {
    let Some(place) = &it.place_of_birth else { return (String::new(), None) };
    let at = format!("{AT}.placeOfBirth");
    lost.members(
        &at,
        &[
            ("identifier", !place.identifiers.is_empty()),
            ("geographicName", !place.names.0.is_empty()),
            ("description", !place.descriptions.0.is_empty()),
            ("spatialCode", !place.spatial_codes.is_empty()),
        ],
    );
    lost.but_first(&at, "address", place.addresses.len());
    let Some(address) = place.addresses.first() else { return (String::new(), None) };
    let full = address
        .full_address
        .as_ref()
        .map(|it| plain(&it.literals, &format!("{at}.address[0].fullAddress.noteLiteral"), lost));
    (full.unwrap_or_default(), address.country.as_ref().map(concept::country_of))
}
