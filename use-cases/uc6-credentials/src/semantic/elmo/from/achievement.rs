//! Semantic: from a specification with its instance to an achievement.

use hei_elmo::{Decimal, Instance, Specification, path, scheme_key, vocabulary::is_language_tag};
use hei_proto::hei::common::v1::{CodedValue, Loss};
use hei_proto::hei::credentials::v1::{
    AcademicTerm, Achievement, CreditPoints, Enrolment, Grade, Level, ResultCategory,
    ResultDistribution, ShortenedGrading,
};

use super::super::{FIELD, loss};
use super::{by_language, identifiers, written};

/// The achievements of a report, in its order.
pub fn all(list: &[Specification], report: &str, lost: &mut Vec<Loss>) -> Vec<Achievement> {
    let one = |(index, it)| achievement(it, &path::specification(report, index), lost);
    list.iter().enumerate().map(one).collect()
}

fn achievement(it: &Specification, at: &str, lost: &mut Vec<Loss>) -> Achievement {
    let specified = Achievement {
        identifiers: identifiers(&it.identifiers),
        titles: by_language(&it.titles, at, "title", lost),
        r#type: it.kind.clone().unwrap_or_default(),
        field: it.isced_code.clone().map(|code| CodedValue { scheme: FIELD.to_owned(), code }),
        subject_area: it.subject_area.clone().unwrap_or_default(),
        url: it.url.clone().unwrap_or_default(),
        descriptions: by_language(&it.descriptions, at, "description", lost),
        html_descriptions: by_language(&it.html_descriptions, at, "descriptionHtml", lost),
        document_type: it.document_kind.clone().unwrap_or_default(),
        ..Achievement::default()
    };
    let mut whole = match &it.instance {
        Some(instance) => taken(instance, specified, &path::instance(at), lost),
        None => specified,
    };
    let part = |(index, it)| achievement(it, &path::part(at, index), lost);
    whole.parts = it.parts.iter().enumerate().map(part).collect();
    whole
}

fn taken(it: &Instance, of: Achievement, at: &str, lost: &mut Vec<Loss>) -> Achievement {
    Achievement {
        instance_identifiers: identifiers(&it.identifiers),
        enrolment: enrolment(it, at, lost),
        start: it.start.as_ref().map(written),
        date: it.date.as_ref().map(written),
        term: term(it, at, lost),
        duration: it.duration.clone().unwrap_or_default(),
        status: it.status.clone().unwrap_or_default(),
        grading_scheme_id: it.grading_scheme_local.clone().unwrap_or_default(),
        external_grading_scheme_id: it.grading_scheme_external.clone().unwrap_or_default(),
        grade: it.result_label.clone().map(|label| Grade { label }),
        shortened_grading: shortened(it),
        result_distribution: distribution(it, at, lost),
        credits: credits(it),
        levels: levels(it, at, lost),
        language_of_instruction: spoken(it, at, lost),
        engagement_hours: number(it.engagement_hours.as_ref()),
        attachment_refs: it.attachment_refs.clone(),
        ..of
    }
}

fn number(it: Option<&Decimal>) -> String {
    it.map(|it| it.as_str().to_owned()).unwrap_or_default()
}

fn enrolment(it: &Instance, at: &str, lost: &mut Vec<Loss>) -> Option<Enrolment> {
    let enrolment = it.enrolment.as_ref()?;
    let at = format!("{at}/enrolment[1]");
    for (name, there) in [
        ("enrolmentInstitution", enrolment.institution.is_some()),
        ("enrolmentDate", enrolment.date.is_some()),
    ] {
        if there {
            let told = "of an enrolment only its year is taken over";
            lost.push(loss(format!("{at}/{name}[1]"), "ENROLMENT", told));
        }
    }
    Some(Enrolment {
        start: enrolment.year_start.as_ref().map(written),
        end: enrolment.year_end.as_ref().map(written),
    })
}

fn term(it: &Instance, at: &str, lost: &mut Vec<Loss>) -> Option<AcademicTerm> {
    let term = it.term.as_ref()?;
    Some(AcademicTerm {
        titles: by_language(&term.titles, &format!("{at}/academicTerm[1]"), "title", lost),
        start: term.start.as_ref().map(written),
        end: term.end.as_ref().map(written),
    })
}

fn shortened(it: &Instance) -> Option<ShortenedGrading> {
    it.shortened_grading.as_ref().map(|it| ShortenedGrading {
        percentage_lower: number(it.lower.as_ref()),
        percentage_equal: number(it.equal.as_ref()),
        percentage_higher: number(it.higher.as_ref()),
    })
}

fn distribution(it: &Instance, at: &str, lost: &mut Vec<Loss>) -> Option<ResultDistribution> {
    let it = it.result_distribution.as_ref()?;
    let at = format!("{at}/resultDistribution[1]");
    let category = |it: &hei_elmo::Category| ResultCategory {
        label: it.label.clone(),
        count: it.count.clone(),
    };
    Some(ResultDistribution {
        categories: it.categories.iter().map(category).collect(),
        descriptions: by_language(&it.descriptions, &at, "description", lost),
    })
}

/// Credits as they stand: a missing value stays missing, schemes are never
/// converted, and ECTS is one scheme however it is spelled.
fn credits(it: &Instance) -> Vec<CreditPoints> {
    let one = |it: &hei_elmo::Credit| CreditPoints {
        scheme: scheme_key(it.scheme.as_deref().unwrap_or_default()).to_owned(),
        value: number(it.value.as_ref()),
        level: it.level.clone().unwrap_or_default(),
    };
    it.credits.iter().map(one).collect()
}

fn levels(it: &Instance, at: &str, lost: &mut Vec<Loss>) -> Vec<Level> {
    let one = |(index, it): (usize, &hei_elmo::Level)| {
        let at = path::child(at, "level", index);
        Level {
            r#type: it.kind.clone().unwrap_or_default(),
            value: it.value.clone().unwrap_or_default(),
            descriptions: by_language(&it.descriptions, &at, "description", lost),
        }
    };
    it.levels.iter().enumerate().map(one).collect()
}

/// ELM has a concept for one language; "fi/sv" is none.
fn spoken(it: &Instance, at: &str, lost: &mut Vec<Loss>) -> String {
    match it.language_of_instruction.as_deref() {
        None => String::new(),
        Some(tag) if is_language_tag(tag) => tag.to_owned(),
        Some(other) => {
            let told = format!("{other:?} is not one language");
            lost.push(loss(format!("{at}/languageOfInstruction[1]"), "LANGUAGE_FORM", &told));
            String::new()
        }
    }
}
