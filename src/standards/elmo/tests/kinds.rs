//! Deviations of the kinds that the cases stand for: read, listed, not lost in silence.

use super::*;

type Told = Vec<(String, &'static str)>;

fn only(bytes: &[u8]) -> (Told, Told) {
    let read = taken(bytes);
    (
        read.deviations.into_iter().map(|it| (it.path, it.code)).collect(),
        read.document.unread.into_iter().map(|it| (it.path, it.code)).collect(),
    )
}

#[test]
fn unknown_repeated_and_stray_things_are_listed_and_named_as_left_out() {
    for (inside, path, code) in [
        ("<resultLabel>A</resultLabel><resultLabel>B</resultLabel>", "resultLabel[2]", "REPEATED"),
        ("<surprise/>", "surprise[1]", "UNKNOWN_ELEMENT"),
        ("<resultLabel xmlns='urn:x'>A</resultLabel>", "resultLabel[1]", "UNKNOWN_ELEMENT"),
        ("<resultLabel>A<b/></resultLabel>", "resultLabel[1]/b[1]", "UNKNOWN_ELEMENT"),
        ("<resultLabel scale='x'>A</resultLabel>", "resultLabel[1]/@scale", "UNKNOWN_ATTRIBUTE"),
        ("<engagementHours>30,5</engagementHours>", "engagementHours[1]", "NUMBER_INVALID"),
        ("<duration>two years</duration>", "duration[1]", "DURATION_INVALID"),
        (
            "<resultDistribution><category label='A' count='1'/><category label='B' count='-1'/></resultDistribution>",
            "resultDistribution[1]/category[2]",
            "NUMBER_INVALID",
        ),
    ] {
        let at = vec![(course(1, &format!("{LOI}/{path}")), code)];
        assert_eq!(only(&with_instance(inside)), (at.clone(), at), "{inside}");
    }
    let stray = vec![(course(1, LOI), "STRAY_TEXT")];
    assert_eq!(only(&with_instance("text")), (stray.clone(), stray));
}

#[test]
fn unusual_values_are_kept_and_listed() {
    for (inside, path, code) in [
        ("<resultLabel> A</resultLabel>", "resultLabel[1]", "PADDED"),
        ("<resultLabel/>", "resultLabel[1]", "EMPTY"),
        ("<date/>", "date[1]", "EMPTY"),
        ("<date>2025-01-01T10:00:00</date>", "date[1]", "DATE_FORM"),
        ("<status>PASSED</status>", "status[1]", "VALUE_UNKNOWN"),
        ("<status>passed</status><start>2025-01-01</start>", "start[1]", "ORDER"),
        ("<credit><value>5</value></credit>", "credit[1]/scheme", "MISSING"),
        (
            "<credit><scheme>ects</scheme><level>Bachelor</level></credit>",
            "credit[1]/level[1]",
            "GONE_FROM_SCHEMA",
        ),
        ("<credit><scheme>ects</scheme><value/></credit>", "credit[1]/value[1]", "EMPTY"),
        ("<level><type>EQF</type><value>-</value></level>", "level[1]/value[1]", "PLACEHOLDER"),
        (
            "<languageOfInstruction>Finnish, Swedish</languageOfInstruction>",
            "languageOfInstruction[1]",
            "LANGUAGE_FORM",
        ),
        ("<attachments><ref>7</ref></attachments>", "attachments[1]/ref[1]", "ATTACHMENT_UNKNOWN"),
        (
            "<academicTerm><title>x</title><start>2025-01-01</start></academicTerm>",
            "academicTerm[1]/end",
            "MISSING",
        ),
    ] {
        let at = vec![(course(1, &format!("{LOI}/{path}")), code)];
        assert_eq!(only(&with_instance(inside)), (at, vec![]), "{inside}");
    }
    let read = taken(&with_instance("<resultLabel>\n A\t</resultLabel>"));
    let label =
        read.document.reports[0].specifications[0].instance.as_ref().unwrap().result_label.clone();
    assert_eq!(label.as_deref(), Some("\n A\t"));
}

#[test]
fn a_course_may_lack_what_the_schema_requires_and_two_in_one_part_are_two() {
    let (deviations, _) = only(&with_course("<title xml:lang='fi/sv'>T</title>"));
    let missing = |what: &str| (course(1, what), "MISSING");
    assert_eq!(
        deviations,
        [
            missing("identifier"),
            missing("specifies"),
            (course(1, "title[1]/@xml:lang"), "LANGUAGE_FORM")
        ]
    );
    let part = "<learningOpportunitySpecification><identifier type='local'>P</identifier><title>P</title><specifies><learningOpportunityInstance/></specifies></learningOpportunitySpecification>";
    let read = taken(&with_course(&format!(
        "<identifier type='local'>C</identifier><title>T</title><specifies><learningOpportunityInstance/></specifies><hasPart>{part}{part}</hasPart>"
    )));
    assert_eq!(read.document.reports[0].specifications[0].parts.len(), 2);
    let at = course(1, "hasPart[1]/learningOpportunitySpecification[2]");
    assert_eq!(codes(&read), [(at.as_str(), "REPEATED")]);
}

#[test]
fn countries_and_placeholders_are_kept_and_listed() {
    for (country, told) in [
        ("<country type='ISO'>FI</country>", None),
        ("<country type='ISO'>SS</country>", None),
        ("<country type='ISO'>XK</country>", None),
        ("<country type='ISO'>ZZ</country>", Some("COUNTRY_UNKNOWN")),
        ("<country type='ISO'>fi</country>", Some("COUNTRY_UNKNOWN")),
        ("<country type='ISO'>FIN</country>", Some("COUNTRY_UNKNOWN")),
        (
            "<country type='URI'>https://publications.europa.eu/resource/authority/country/FIN</country>",
            None,
        ),
        ("<country type='URI'>FI</country>", Some("COUNTRY_UNKNOWN")),
        ("<country>FI</country>", Some("MISSING")),
        ("<country type='ISO'/>", Some("EMPTY")),
    ] {
        let issuer = format!(
            "<issuer>{country}<identifier type='schac'>a.example</identifier><title>A</title><url>u</url></issuer>"
        );
        let read = taken(&document(&issuer, ""));
        assert_eq!(read.deviations.first().map(|it| it.code), told, "{country}");
        let kept =
            read.document.reports[0].issuer.country.as_ref().map(|it| country.contains(&it.code));
        assert_ne!(kept, Some(false));
    }
    for id in ["TODO", "todo: fill", "N/A", "unknown", "-", "null"] {
        let issuer = format!(
            "<issuer><identifier type='local'>{id}</identifier><title>A</title><url>u</url></issuer>"
        );
        let read = taken(&document(&issuer, ""));
        assert_eq!(codes(&read), [("/elmo/report[1]/issuer[1]/identifier[1]", "PLACEHOLDER")]);
        assert_eq!(read.document.reports[0].issuer.identifiers[0].value, id);
    }
}

#[test]
fn credits_on_two_levels_are_named_once_a_branch_and_scheme() {
    let course = |id: &str, credits: &[(&str, &str)], parts: &str| {
        let credits: String = credits
            .iter()
            .map(|(scheme, value)| {
                format!("<credit><scheme>{scheme}</scheme><value>{value}</value></credit>")
            })
            .collect();
        format!(
            "<learningOpportunitySpecification><identifier type='local'>{id}</identifier><title>t</title><specifies><learningOpportunityInstance>{credits}</learningOpportunityInstance></specifies>{parts}</learningOpportunitySpecification>"
        )
    };
    let part = |inner: String| format!("<hasPart>{inner}</hasPart>");
    let leaf = |scheme| course("leaf", &[(scheme, "5")], "");
    let told = |specifications: String| {
        let read = taken(&around(&specifications));
        read.deviations.into_iter().map(|it| (it.path, it.code)).collect::<Vec<_>>()
    };
    let first = "/elmo/report[1]/learningOpportunitySpecification[1]".to_owned();
    let below = format!("{first}/hasPart[1]/learningOpportunitySpecification[1]");
    // Across a level without credits, ECTS in any spelling.
    let middle = course("middle", &[], &part(leaf("ECTS")));
    assert_eq!(
        told(course("top", &[("ects", "60")], &part(middle))),
        [(first.clone(), "CREDITS_TWICE")]
    );
    // Three levels: told once, at the top.
    let middle = course("middle", &[("ects", "10")], &part(leaf("ects")));
    assert_eq!(
        told(course("top", &[("ects", "60")], &part(middle.clone()))),
        [(first, "CREDITS_TWICE")]
    );
    // Below a top without credits of its own.
    assert_eq!(told(course("top", &[("ects", "0")], &part(middle))), [(below, "CREDITS_TWICE")]);
    // Other schemes are never compared.
    assert_eq!(told(course("top", &[("ects", "60")], &part(leaf("local")))), []);
}

#[test]
fn a_hostile_number_of_deviations_is_counted_and_not_listed() {
    let read = taken(&with_instance(&"<a/>".repeat(90_000)));
    assert_eq!((read.deviations.len(), read.document.unread.len()), (10_001, 10_001));
    let last = read.deviations.last().unwrap();
    assert_eq!((last.code, last.text.as_str()), ("MORE", "80000 more are not listed"));
}
