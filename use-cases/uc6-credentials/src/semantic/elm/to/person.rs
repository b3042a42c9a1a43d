//! Semantic: the learner as the subject of a credential.

use hei_elm::{Address, LegalIdentifier, Location, Note, Person, Texts};
use hei_proto::hei::credentials::v1 as credentials;

use super::super::{Lost, NATIONAL, concept};
use super::{identifier, moment, plain};

const SUBJECT: &str = "$.credentialSubject";

/// The learner, without the claims.
pub fn learner(it: &credentials::Person, lost: &mut Lost) -> Person {
    let (full_names, alt_labels) = names(it);
    let mut person = Person {
        full_names,
        alt_labels,
        given_names: plain(&it.given_names),
        family_names: plain(&it.family_name),
        birth_names: plain(&it.birth_name),
        date_of_birth: moment(it.date_of_birth.as_ref()),
        place_of_birth: place_of_birth(it, lost),
        gender: it.gender.as_ref().map(concept::gender),
        ..Person::default()
    };
    for (index, one) in it.citizenships.iter().enumerate() {
        match concept::country(one) {
            Some(country) => person.citizenships.push(country),
            None => {
                let told = "the country is not in the EU's table";
                let at = format!("{SUBJECT}.citizenshipCountry[{index}]");
                lost.tell(at, "COUNTRY_UNKNOWN", told);
            }
        }
    }
    it.identifiers.iter().for_each(|it| identify(&mut person, &it.scheme, &it.value));
    person
}

/// ELM has one full name in one language; the others are labels.
fn names(it: &credentials::Person) -> (Texts, Texts) {
    let (mut full, mut others) = (Texts::default(), Texts::default());
    for name in &it.alternative_names {
        let place = if full.0.is_empty() { &mut full } else { &mut others };
        place.push(&name.language, name.text.clone());
    }
    (full, others)
}

fn identify(to: &mut Person, scheme: &str, value: &str) {
    match scheme.split_once(':') {
        Some((NATIONAL, country)) if country.len() == 3 && to.national_id.is_none() => {
            to.national_id = Some(LegalIdentifier {
                notation: Some(value.to_owned()),
                spatial: Some(concept::country_by(country)),
                ..LegalIdentifier::default()
            });
        }
        _ => to.identifiers.push(identifier(scheme, value)),
    }
}

/// The shapes require a country for every address, so that a place without one
/// cannot be written.
fn place_of_birth(it: &credentials::Person, lost: &mut Lost) -> Option<Location> {
    let at = format!("{SUBJECT}.placeOfBirth");
    let country = it.country_of_birth.as_ref().and_then(concept::country);
    if country.is_none() {
        if it.country_of_birth.is_some() {
            lost.tell(at.clone(), "COUNTRY_UNKNOWN", "the country is not in the EU's table");
        }
        if !it.place_of_birth.is_empty() {
            let told = "the shapes allow no place without its country";
            lost.tell(at, "COUNTRY_MISSING", told);
        }
        return None;
    }
    let named = !it.place_of_birth.is_empty();
    let full_address =
        named.then(|| Note { literals: plain(&it.place_of_birth), ..Note::default() });
    let address = Address { country, full_address, ..Address::default() };
    Some(Location { addresses: vec![address], ..Location::default() })
}
