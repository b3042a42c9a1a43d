//! hei-elmo: the type `Issuer`, an institution.

use hei_xml::Element;

use crate::model::Issuer;
use crate::notes::Notes;
use crate::table::Occurs::{Any, Many, One, Optional};
use crate::table::Table;

// `identifier` is `Any` here: for the issuer of a report its absence is a fault.
const ISSUER: Table = &[("country", Optional), ("identifier", Any), ("title", Many), ("url", One)];

pub(super) fn read(element: Element<'_>, notes: &mut Notes) -> Issuer {
    let parts = notes.examine(element, ISSUER, &[]);
    Issuer {
        country: notes.country(parts.first("country")),
        identifiers: parts.all("identifier").filter_map(|it| notes.identifier(it)).collect(),
        titles: parts.all("title").map(|it| notes.title(it)).collect(),
        url: notes.token(parts.first("url")),
    }
}
