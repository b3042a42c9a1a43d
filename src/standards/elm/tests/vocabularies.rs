//! The codes are those of the authority tables.

use super::*;
use crate::vocabulary::*;

#[test]
fn every_country_and_file_type_is_in_the_published_list() {
    let Some(bytes) = standard("cv/controlled-vocabularies.csv") else { return };
    let published = String::from_utf8(bytes).unwrap();
    let is_published = |list: &str, code: &str| published.contains(&format!(",{list}/{code},"));
    for alpha_2 in ["FI", "EL", "GR", "UK", "XK", "TF", "SS", "AX"] {
        assert!(is_published(COUNTRY, country(alpha_2).unwrap()), "{alpha_2}");
    }
    assert_eq!((country("EL"), country("fi"), country("ZZ")), (country("GR"), None, None));
    for media in ["application/pdf", "IMAGE/PNG", "text/plain", "application/msword"] {
        let kind = file_type(media).unwrap();
        assert!(is_published(FILE_TYPE, kind), "{media}");
        assert_eq!(media_type(kind), Some(media.to_lowercase()).as_deref());
    }
}

#[test]
fn a_language_is_told_by_its_primary_subtag() {
    for (tag, code, short) in [
        ("en", "ENG", "en"),
        ("EN", "ENG", "en"),
        ("sr-Latn", "SRP", "sr"),
        ("el", "ELL", "el"),
        ("smj", "SMJ", "smj"),
    ] {
        assert_eq!(language(tag).as_deref(), Some(code));
        assert_eq!(vocabulary::tag(code), short);
    }
    assert_eq!((language("x-mine"), language("zz")), (None, None));
}
