//! hei-elmo: the element `learner`.

use hei_xml::Element;

use crate::address;
use crate::date::Written;
use crate::model::Learner;
use crate::notes::Notes;
use crate::table::Occurs::{Any, One, OneFrom2, Optional};
use crate::table::{Parts, Table};
use crate::vocabulary::GENDERS;

const LEARNER: Table = &[
    ("citizenship", Optional),
    ("identifier", Any),
    ("givenNames", One),
    ("familyName", One),
    ("alternativeName", OneFrom2),
    ("dateOfBirth", Optional),
    ("bday", Optional),
    ("placeOfBirth", Optional),
    ("countryOfBirth", Optional),
    ("birthName", Optional),
    ("currentAddress", Optional),
    ("gender", Optional),
];

pub(super) fn read(element: Element<'_>, notes: &mut Notes) -> Learner {
    let parts = notes.examine(element, LEARNER, &[]);
    Learner {
        citizenship: notes.country(parts.first("citizenship")),
        identifiers: parts.all("identifier").filter_map(|it| notes.identifier(it)).collect(),
        given_names: notes.token(parts.first("givenNames")),
        family_name: notes.token(parts.first("familyName")),
        alternative_names: parts.all("alternativeName").map(|it| notes.prose(it)).collect(),
        birth_date: birth_date(&parts, notes),
        birth_place: notes.token(parts.first("placeOfBirth")),
        birth_country: notes.country(parts.first("countryOfBirth")),
        birth_name: notes.token(parts.first("birthName")),
        address: parts.first("currentAddress").and_then(|it| address::read(it, notes)),
        gender: notes.listed(parts.first("gender"), GENDERS),
    }
}

/// 1.x has `bday`, 2.x has `dateOfBirth` and for a while both; where they
/// differ, `dateOfBirth` wins.
fn birth_date(parts: &Parts<'_>, notes: &mut Notes) -> Option<Written> {
    let date_of_birth = notes.date(parts.first("dateOfBirth"));
    let bday = notes.date(parts.first("bday"));
    if let (Some(first), Some(second), Some(element)) = (&date_of_birth, &bday, parts.first("bday"))
        && first != second
    {
        let text = "bday differs from dateOfBirth, which was taken";
        notes.dropped(element.path(), "BIRTH_DATES_DIFFER", text);
    }
    date_of_birth.or(bday)
}
