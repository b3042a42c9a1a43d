//! hei-elmo: writes `learner`. `dateOfBirth` and `bday` are both written, for
//! readers of either.

use hei_xml::Writer;

use super::{country, date, identifiers, option, text};
use crate::model::Learner;
use crate::{address, fits};

pub(super) fn write(it: &Learner, out: &mut Writer) {
    out.start("learner", &[]);
    country(out, "citizenship", it.citizenship.as_ref());
    identifiers(out, &it.identifiers);
    out.leaf("givenNames", &[], it.given_names.as_deref().unwrap_or_default());
    out.leaf("familyName", &[], it.family_name.as_deref().unwrap_or_default());
    text(out, "alternativeName", &fits::alternative_name(it));
    date(out, "dateOfBirth", it.birth_date.as_ref());
    date(out, "bday", it.birth_date.as_ref());
    option(out, "placeOfBirth", it.birth_place.as_deref());
    country(out, "countryOfBirth", it.birth_country.as_ref());
    option(out, "birthName", it.birth_name.as_deref());
    if let Some(lines) = &it.address {
        address::write(lines, out);
    }
    option(out, "gender", fits::gender(it));
    out.end();
}
