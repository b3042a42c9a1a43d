//! Semantic: coded values and the concepts that stand for them. A country or a
//! language keeps the code as it was sent as a label, so that the way back gives
//! the same spelling: in the graph the concept is one, has one notation, and
//! may have been sent as "en" and as "EN".

use hei_elm::{Concept, ConceptScheme, Texts, UNDETERMINED, vocabulary};
use hei_elmo::vocabulary::{is_iso_country, is_language_tag};
use hei_proto::hei::common::v1::CodedValue;

use super::{ECTS, ECTS_FRAMEWORK, EU_COUNTRY, FIELD, GENDER, ISO_COUNTRY, Lost};

const ISCED_F: &str = "http://data.europa.eu/snb/isced-f";
const EQF: &str = "http://data.europa.eu/snb/eqf";
const ACTIVITY: &str = "http://data.europa.eu/snb/learning-activity";
const OPPORTUNITY: &str = "http://data.europa.eu/snb/learning-opportunity";
/// The EU's authority table, as the Commission's samples use it.
const SEX: &str = "http://publications.europa.eu/resource/authority/human-sex";
/// ISO 5218 and the table where both have a code.
const SEXES: &[(&str, &str)] = &[("1", "MALE"), ("2", "FEMALE")];
/// Each list of `data.europa.eu/snb` is a concept of this name.
const LIST: &str = "25831c2";
/// Where the concepts of no list are.
const OWN_LIST: &str = "urn:epass:conceptScheme:";

/// ELMO's types and the kinds of learning opportunities.
const TYPES: &[(&str, &str)] = &[
    ("Degree Programme", "79343569f3"),
    ("Module", "0f7dac46ca"),
    ("Course", "05053c1cbe"),
    ("Class", "7e1ac538db"),
];

/// A concept of a list, with the code as sent.
pub fn listed(id: String, list: &str, notation: Option<&str>) -> Concept {
    let scheme = ConceptScheme { id: Some(list.to_owned()), ..ConceptScheme::default() };
    Concept {
        id: Some(id),
        in_schemes: vec![scheme],
        notation: notation.map(str::to_owned),
        ..Concept::default()
    }
}

/// A concept of no list of the EU.
pub fn own(list: &str, notation: &str) -> Concept {
    let id = format!("{OWN_LIST}{}", encoded(list));
    let scheme = ConceptScheme { id: Some(id), ..ConceptScheme::default() };
    let notation = (!notation.is_empty()).then(|| notation.to_owned());
    Concept { in_schemes: vec![scheme], notation, ..Concept::default() }
}

/// Its notation, if it is in that list.
pub fn own_code<'c>(it: &'c Concept, list: &str) -> Option<&'c str> {
    let notation = it.notation.as_deref().unwrap_or_default();
    (own_list(it).as_deref() == Some(list)).then_some(notation)
}

/// The name of the list, if it is none of the EU.
fn own_list(it: &Concept) -> Option<String> {
    schemes(it).find_map(|id| id.strip_prefix(OWN_LIST)).map(decoded)
}

/// A name as part of an identifier (RFC 8141 §2.2).
fn encoded(name: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b':' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    name.bytes().map(one).collect()
}

/// Back; what was not written so stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%');
        let byte = hex.and_then(|it| std::str::from_utf8(it).ok());
        match byte.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn schemes(it: &Concept) -> impl Iterator<Item = &str> {
    it.in_schemes.iter().filter_map(|it| it.id.as_deref())
}

/// What a concept says to people: its English label or any, else its notation, else its id.
pub fn label(it: &Concept) -> String {
    let labels = &it.pref_labels.0;
    let english = labels.iter().find(|it| it.language == "en").or_else(|| labels.first());
    let other = it.notation.clone().or_else(|| it.id.clone()).unwrap_or_default();
    english.map_or(other, |it| it.text.clone())
}

/// The last part of an id in a list.
fn code<'c>(it: &'c Concept, list: &str) -> Option<&'c str> {
    it.id.as_deref()?.strip_prefix(list)?.strip_prefix('/')
}

fn snb(list: &str, code: &str, notation: Option<&str>) -> Concept {
    listed(format!("{list}/{code}"), &format!("{list}/{LIST}"), notation)
}

/// The country of a coded value, if the authority table has it.
pub fn country(it: &CodedValue) -> Option<Concept> {
    let list = vocabulary::COUNTRY;
    match it.scheme.as_str() {
        ISO_COUNTRY => {
            let code = vocabulary::country(&it.code)?;
            Some(spelt(listed(format!("{list}/{code}"), list, None), &it.code))
        }
        EU_COUNTRY => {
            let code = it.code.strip_prefix(list)?.strip_prefix('/')?;
            is_code(code).then(|| listed(it.code.clone(), list, None))
        }
        _ => None,
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

/// A concept with the code as it was sent.
fn spelt(mut it: Concept, code: &str) -> Concept {
    it.alt_labels = Texts::one(UNDETERMINED, code);
    it
}

/// The code as it was sent, if somebody kept it.
fn spellings(it: &Concept) -> impl Iterator<Item = &str> {
    let labels = it.alt_labels.0.iter().filter(|it| it.language == UNDETERMINED);
    labels.map(|it| it.text.as_str())
}

/// Back.
pub fn country_of(it: &Concept) -> CodedValue {
    let id = it.id.clone().unwrap_or_default();
    let mut sent = spellings(it).filter(|code| is_iso_country(code));
    let same = |alpha_2: &&str| vocabulary::country(alpha_2) == code(it, vocabulary::COUNTRY);
    match sent.find(same) {
        Some(alpha_2) => CodedValue { scheme: ISO_COUNTRY.to_owned(), code: alpha_2.to_owned() },
        None => CodedValue { scheme: EU_COUNTRY.to_owned(), code: id },
    }
}

/// A country by the three letters of the authority table.
pub fn country_by(letters: &str) -> Concept {
    let list = vocabulary::COUNTRY;
    listed(format!("{list}/{letters}"), list, None)
}

/// The three letters of a country.
pub fn country_code(it: &Concept) -> Option<&str> {
    code(it, vocabulary::COUNTRY)
}

/// The language of a tag, if the authority table can have it.
pub fn language(tag: &str) -> Option<Concept> {
    let list = vocabulary::LANGUAGE;
    let code = vocabulary::language(tag)?;
    let found = listed(format!("{list}/{code}"), list, None);
    Some(if vocabulary::tag(&code) == tag { found } else { spelt(found, tag) })
}

/// Back: the tag as sent, else the shortest.
pub fn language_of(it: &Concept) -> Option<String> {
    let code = code(it, vocabulary::LANGUAGE)?;
    let mut sent = spellings(it).filter(|tag| is_language_tag(tag));
    let same = |tag: &&str| vocabulary::language(tag).as_deref() == Some(code);
    Some(sent.find(same).map_or_else(|| vocabulary::tag(code), str::to_owned))
}

/// The language of a specification: the first of the list that the table knows by a tag.
pub fn first_language(list: &[Concept], at: &str, lost: &mut Lost) -> String {
    let Some(first) = list.first() else { return String::new() };
    let tag = language_of(first);
    if tag.is_none() {
        let told = "the language is not in the EU's table";
        lost.tell(format!("{at}.language"), "LANGUAGE_UNKNOWN", told);
    }
    tag.unwrap_or_default()
}

/// The kind of an activity: an address in the EU's list, or a word of the source's own.
pub fn activity(kind: &str) -> Concept {
    match kind.strip_prefix(ACTIVITY).and_then(|rest| rest.strip_prefix('/')) {
        Some(code) => snb(ACTIVITY, code, None),
        None => own("activity", kind),
    }
}

/// Back.
pub fn activity_of(it: &Concept) -> String {
    let listed = it.id.clone().filter(|_| code(it, ACTIVITY).is_some());
    let word = || own_code(it, "activity").map(str::to_owned);
    listed.or_else(word).unwrap_or_else(|| label(it))
}

/// The field of education, if it is a code of ISCED-F.
pub fn field(it: &CodedValue) -> Option<Concept> {
    let digits = (2..=4).contains(&it.code.len()) && it.code.bytes().all(|it| it.is_ascii_digit());
    (it.scheme == FIELD && digits).then(|| snb(ISCED_F, &it.code, None))
}

/// Back.
pub fn field_of(it: &Concept) -> Option<CodedValue> {
    let code = code(it, ISCED_F)?.to_owned();
    Some(CodedValue { scheme: FIELD.to_owned(), code })
}

/// The type of a specification: a kind of learning opportunity, or a word of
/// the source's own.
pub fn kind(word: &str) -> Concept {
    match TYPES.iter().find(|(known, _)| *known == word) {
        Some((_, code)) => snb(OPPORTUNITY, code, Some(word)),
        None => own("type", word),
    }
}

/// Back.
pub fn kind_of(it: &Concept) -> String {
    let known = TYPES.iter().find(|(_, known)| code(it, OPPORTUNITY) == Some(known));
    let known = known.map(|(word, _)| (*word).to_owned());
    known.or_else(|| own_code(it, "type").map(str::to_owned)).unwrap_or_else(|| label(it))
}

/// A level of a framework. Only whole levels of the EQF are in a list.
pub fn level(framework: &str, value: &str) -> Concept {
    let eqf = matches!(value.as_bytes(), [b'1'..=b'8']) && framework == "EQF";
    if eqf { snb(EQF, value, Some(value)) } else { own(&format!("level:{framework}"), value) }
}

/// Back: framework and value.
pub fn level_of(it: &Concept, fallback: &str) -> (String, String) {
    if let Some(value) = code(it, EQF) {
        return ("EQF".to_owned(), value.to_owned());
    }
    match own_list(it).as_deref().and_then(|list| list.strip_prefix("level:")) {
        Some(framework) => (framework.to_owned(), it.notation.clone().unwrap_or_default()),
        None => {
            let value = it.notation.clone().or_else(|| it.id.clone()).unwrap_or_default();
            (fallback.to_owned(), value)
        }
    }
}

/// A gender by ISO 5218: in the EU's table where that has it.
pub fn gender(it: &CodedValue) -> Concept {
    let known = SEXES.iter().find(|(code, _)| it.scheme == GENDER && *code == it.code);
    match known {
        Some((_, word)) => listed(format!("{SEX}/{word}"), SEX, None),
        None => own(&it.scheme, &it.code),
    }
}

/// Back.
pub fn gender_of(it: &Concept) -> CodedValue {
    let known = SEXES.iter().find(|(_, word)| code(it, SEX) == Some(word));
    if let Some((code, _)) = known {
        return CodedValue { scheme: GENDER.to_owned(), code: (*code).to_owned() };
    }
    match own_list(it) {
        Some(list) => {
            let code = it.notation.clone().unwrap_or_default();
            CodedValue { scheme: list, code }
        }
        None => {
            let scheme = schemes(it).next().unwrap_or(GENDER).to_owned();
            CodedValue { scheme, code: it.id.clone().unwrap_or_else(|| label(it)) }
        }
    }
}

/// The framework of credit points.
pub fn framework(scheme: &str) -> Concept {
    if scheme == ECTS {
        let list = "http://data.europa.eu/snb/education-credit/25831c2";
        return listed(ECTS_FRAMEWORK.to_owned(), list, None);
    }
    own("credit", scheme)
}

/// Back.
pub fn framework_of(it: &Concept) -> String {
    if it.id.as_deref() == Some(ECTS_FRAMEWORK) {
        return ECTS.to_owned();
    }
    own_code(it, "credit").map_or_else(|| label(it), str::to_owned)
}

/// A concept with what is said about it. The table puts the description of a
/// level into `prefLabel`; but there a concept of the EU has its own name, one a
/// language.
pub fn described(mut it: Concept, descriptions: Texts) -> Concept {
    it.definitions = descriptions;
    it
}
