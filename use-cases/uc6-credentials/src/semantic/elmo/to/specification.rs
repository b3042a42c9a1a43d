//! Semantic: from an achievement to a specification with its instance.

use hei_elmo::{
    Category, Credit, Decimal, Enrolment, Instance, Level, ResultDistribution, ShortenedGrading,
    Specification, Term, path,
};
use hei_proto::hei::common::v1::Loss;
use hei_proto::hei::credentials::v1::{self as credentials, Achievement, CreditPoints};

use super::super::FIELD;
use super::{coded, filled, identifiers, texts, written};

/// The specifications of a report, in the transcript's order.
pub fn all(list: &[Achievement], report: &str, lost: &mut Vec<Loss>) -> Vec<Specification> {
    let one = |(index, it)| specification(it, &path::specification(report, index), lost);
    list.iter().enumerate().map(one).collect()
}

fn specification(it: &Achievement, at: &str, lost: &mut Vec<Loss>) -> Specification {
    let part = |(index, it)| specification(it, &path::part(at, index), lost);
    let parts = it.parts.iter().enumerate().map(part).collect();
    Specification {
        identifiers: identifiers(&it.identifiers),
        titles: texts(&it.titles),
        kind: filled(&it.r#type),
        subject_area: filled(&it.subject_area),
        isced_code: coded(it.field.as_ref(), FIELD, || format!("{at}/iscedCode[1]"), lost),
        url: filled(&it.url),
        descriptions: texts(&it.descriptions),
        html_descriptions: texts(&it.html_descriptions),
        document_kind: filled(&it.document_type),
        instance: Some(instance(it)),
        parts,
    }
}

fn instance(it: &Achievement) -> Instance {
    Instance {
        identifiers: identifiers(&it.instance_identifiers),
        enrolment: it.enrolment.as_ref().map(enrolment),
        start: written(it.start.as_ref()),
        date: written(it.date.as_ref()),
        term: it.term.as_ref().map(term),
        duration: filled(&it.duration),
        status: filled(&it.status),
        grading_scheme_local: filled(&it.grading_scheme_id),
        grading_scheme_external: filled(&it.external_grading_scheme_id),
        result_label: it.grade.as_ref().and_then(|grade| filled(&grade.label)),
        shortened_grading: it.shortened_grading.as_ref().map(shortened),
        result_distribution: it.result_distribution.as_ref().map(distribution),
        credits: it.credits.iter().map(credit).collect(),
        levels: it.levels.iter().map(level).collect(),
        language_of_instruction: filled(&it.language_of_instruction),
        engagement_hours: Decimal::parse(&it.engagement_hours),
        attachment_refs: it.attachment_refs.clone(),
    }
}

/// ELMO requires the institution and the day of an enrolment; the transcript
/// has neither, so the codec names it as left out.
fn enrolment(it: &credentials::Enrolment) -> Enrolment {
    Enrolment {
        institution: None,
        date: None,
        year_start: written(it.start.as_ref()),
        year_end: written(it.end.as_ref()),
    }
}

fn term(it: &credentials::AcademicTerm) -> Term {
    Term {
        titles: texts(&it.titles),
        start: written(it.start.as_ref()),
        end: written(it.end.as_ref()),
    }
}

fn shortened(it: &credentials::ShortenedGrading) -> ShortenedGrading {
    ShortenedGrading {
        lower: Decimal::parse(&it.percentage_lower),
        equal: Decimal::parse(&it.percentage_equal),
        higher: Decimal::parse(&it.percentage_higher),
    }
}

fn distribution(it: &credentials::ResultDistribution) -> ResultDistribution {
    let category = |it: &credentials::ResultCategory| Category {
        label: it.label.clone(),
        count: it.count.clone(),
    };
    ResultDistribution {
        categories: it.categories.iter().map(category).collect(),
        descriptions: texts(&it.descriptions),
    }
}

fn credit(it: &CreditPoints) -> Credit {
    Credit {
        scheme: filled(&it.scheme),
        level: filled(&it.level),
        value: Decimal::parse(&it.value),
    }
}

fn level(it: &credentials::Level) -> Level {
    Level {
        kind: filled(&it.r#type),
        descriptions: texts(&it.descriptions),
        value: filled(&it.value),
    }
}
