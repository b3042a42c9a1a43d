//! hei-elmo: the enumerations of the schemas and the code lists that a
//! document is compared with.

/// `learningOpportunitySpecification/type`.
pub const SPECIFICATION_KINDS: &[&str] = &["Degree Programme", "Module", "Course", "Class"];
/// `learningOpportunitySpecification/documentType`.
pub const DOCUMENT_KINDS: &[&str] = &["Diploma", "Certificate", "Enrolment", "Admission"];
/// `learningOpportunityInstance/status`.
pub const STATUSES: &[&str] = &["passed", "failed", "in-progress"];
/// `credit/level` of 1.x.
pub const CREDIT_LEVELS: &[&str] = &["Bachelor", "Master", "PhD"];
/// `gender` (ISO 5218).
pub const GENDERS: &[&str] = &["0", "1", "2", "9"];
/// `report/status/code`.
pub const REPORT_STATUSES: &[&str] = &[
    "FULL",
    "SELECTION",
    "PARTIAL_TEMPORARY",
    "PARTIAL_PERMANENT",
    "ERROR_TEMPORARY",
    "ERROR_PERMANENT",
];
/// `attachment/type`.
pub const ATTACHMENT_KINDS: &[&str] = &[
    "Diploma",
    "Diploma Supplement",
    "Transcript of Records",
    "EMREX transcript",
    "Micro Credential",
    "Letter of Nomination",
    "Certificate of Training",
    "Learning Agreement",
    "Certificate of Enrolment",
    "Other",
];

/// The namespace of address lines.
pub const ADDRESS_NAMESPACE: &str =
    "https://github.com/erasmus-without-paper/ewp-specs-types-address/tree/stable-v1";
/// The lines of an address, in the order of the schema.
pub const ADDRESS_PARTS: &[&str] = &[
    "recipientName",
    "addressLine",
    "buildingNumber",
    "buildingName",
    "streetName",
    "unit",
    "floor",
    "postOfficeBox",
    "deliveryPointCode",
    "postalCode",
    "locality",
    "region",
    "country",
];

/// ISO 3166-1 alpha-2, with EL, UK and XK as European lists use them.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ \
BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH EL ER ES \
ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ \
IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM \
MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
TR TT TV TW TZ UA UG UK UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// Where the authority codes of countries live.
const COUNTRY_AUTHORITY: &str = "publications.europa.eu/resource/authority/country/";

/// Whether it is a two-letter country code in force.
#[must_use]
pub fn is_iso_country(code: &str) -> bool {
    code.len() == 2 && COUNTRIES.split_ascii_whitespace().any(|known| known == code)
}

/// Whether it is the URI of a country in the EU's authority list.
#[must_use]
pub fn is_country_uri(code: &str) -> bool {
    let rest = code.strip_prefix("https://").or_else(|| code.strip_prefix("http://"));
    rest.and_then(|rest| rest.strip_prefix(COUNTRY_AUTHORITY)).is_some_and(|country| {
        country.len() == 3 && country.bytes().all(|letter| letter.is_ascii_uppercase())
    })
}

/// Whether it has the form of one language tag (BCP 47 §2.1, without asking
/// the registry).
#[must_use]
pub fn is_language_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let first = subtags.next().unwrap_or_default();
    let primary = (2..=8).contains(&first.len()) || matches!(first, "x" | "X" | "i" | "I");
    primary
        && first.bytes().all(|letter| letter.is_ascii_alphabetic())
        && subtags.all(|subtag| {
            (1..=8).contains(&subtag.len())
                && subtag.bytes().all(|letter| letter.is_ascii_alphanumeric())
        })
}

/// Whether somebody wrote this because a field had to be filled.
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "-",
        "--",
        "?",
        ".",
        "n/a",
        "na",
        "nil",
        "none",
        "null",
        "unknown",
        "undefined",
        "todo",
        "tbd",
        "x",
        "xx",
        "xxx",
    ];
    let text = text.trim().to_ascii_lowercase();
    WORDS.contains(&text.as_str()) || text.starts_with("todo")
}

/// `xs:duration` (XML Schema 2 §3.2.6).
#[must_use]
pub fn is_duration(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    let (days, clock) = match rest.split_once('T') {
        Some((_, "")) => return false,
        Some((days, clock)) => (days, clock),
        None => (rest, ""),
    };
    !rest.is_empty() && fields(days, "YMD", false) && fields(clock, "HMS", true)
}

/// Numbers followed by letters of `units`, each at most once and in order.
fn fields(text: &str, units: &str, fraction: bool) -> bool {
    let mut rest = text;
    let mut left = units;
    while !rest.is_empty() {
        let Some(at) = rest.find(|letter: char| letter.is_ascii_uppercase()) else {
            return false;
        };
        let (number, tail) = rest.split_at(at);
        let (unit, tail) = tail.split_at(1);
        let Some(place) = left.find(unit) else {
            return false;
        };
        left = left.get(place + 1..).unwrap_or_default();
        let seconds = fraction && unit == "S";
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let whole = match number.split_once('.') {
            Some((whole, part)) if seconds => digits(whole) && digits(part),
            Some(_) => false,
            None => digits(number),
        };
        if !whole {
            return false;
        }
        rest = tail;
    }
    true
}
