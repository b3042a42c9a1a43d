//! Decimals, dates, durations and tags by themselves.

use super::*;

#[test]
fn decimals_are_canonical_and_compare_by_value() {
    for (sent, canonical) in [
        ("10.000", "10"),
        ("10", "10"),
        ("+7.5", "7.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0", "0"),
        ("-0.0", "0"),
        ("00.10", "0.1"),
        ("-5", "-5"),
        ("999999999999999999999999999999", "999999999999999999999999999999"),
    ] {
        assert_eq!(Decimal::parse(sent).unwrap().as_str(), canonical, "{sent}");
    }
    for sent in [
        "",
        ".",
        "+",
        "-",
        "1,5",
        "1e3",
        " 1",
        "1 ",
        "1..2",
        "1.2.3",
        "+-1",
        "٣",
        "1".repeat(31).as_str(),
    ] {
        assert_eq!(Decimal::parse(sent), None, "{sent:?}");
    }
    let sum = |a: &str, b: &str| {
        Decimal::parse(a).unwrap().plus(&Decimal::parse(b).unwrap()).map(|it| it.to_string())
    };
    assert_eq!(sum("0.1", "0.2").as_deref(), Some("0.3"));
    assert_eq!(sum("7.5", "2.5").as_deref(), Some("10"));
    assert_eq!(sum("-0.05", "0.04").as_deref(), Some("-0.01"));
    assert_eq!(sum("999999999999999999999999999999", "1"), None);
}

#[test]
fn dates_come_back_as_they_were_written() {
    for text in ["2024-02-29", "2000-02-29Z", "2025-12-31-11:00", "0001-01-01", "9999-12-31+14:00"]
    {
        assert_eq!(Written::parse(text).unwrap().as_date(), text);
    }
    for text in ["2026-02-03T10:15:30.5Z", "2026-02-03T00:00:00.000+02:00", "2026-02-03T24:00:00"] {
        assert_eq!(Written::parse(text).unwrap().as_date_time(), text);
    }
    assert_eq!(
        Written::parse("2026-02-03+02:00").unwrap().as_date_time(),
        "2026-02-03T00:00:00+02:00"
    );
    assert_eq!(Written::parse("2025-02-29"), Err(DateFlaw::Impossible));
    assert_eq!(Written::parse("29.02.2025"), Err(DateFlaw::Form));
}

#[test]
fn durations_and_language_tags_are_told_from_other_text() {
    use vocabulary::{is_duration, is_language_tag};
    for text in ["P1Y", "P2M", "PT30H", "P1Y2M3DT4H5M6.7S", "-P1D", "P0D"] {
        assert!(is_duration(text), "{text}");
    }
    for text in
        ["", "P", "PT", "P1", "1Y", "P1M1Y", "P1.5Y", "P1YT", "PT1.S", "P-1Y", "P1Y ", "p1y"]
    {
        assert!(!is_duration(text), "{text}");
    }
    for tag in ["FI", "no", "nn", "sr-Latn", "de-CH-1996", "x-klingon", "i-default", "und"] {
        assert!(is_language_tag(tag), "{tag}");
    }
    for tag in ["", "fi/sv", "fi, sv", "f", "en_GB", "english language", "en-", "-en"] {
        assert!(!is_language_tag(tag), "{tag}");
    }
}
