//! Semantic: the assessment of an achievement: the grade and what is said of it.

use hei_elm::{Achievement, Assessment};
use hei_proto::hei::credentials::v1::{
    self as credentials, Grade, GradingScheme, ResultCategory, ResultDistribution, ShortenedGrading,
};

use super::super::super::{EXTERNAL, LOCAL, Lost, concept};
use super::super::{by_language, plain, same_award};

/// The first assessment that has a grade, or the first one.
pub fn take(
    of: &Achievement,
    found: &mut credentials::Achievement,
    at: &str,
    schemes: &mut Vec<GradingScheme>,
    lost: &mut Lost,
) {
    let chosen = of.proven_by.iter().position(|it| it.grade.is_some()).unwrap_or_default();
    for (index, it) in of.proven_by.iter().enumerate() {
        let at = format!("{at}.provenBy[{index}]");
        if index == chosen {
            left_out(it, of, &at, lost);
            result(it, found, &at, lost);
            scheme(it, of, found, &at, schemes, lost);
        } else {
            lost.tell(at, "ASSESSMENT", "a transcript has one result of an achievement");
        }
    }
}

fn left_out(it: &Assessment, of: &Achievement, at: &str, lost: &mut Lost) {
    let note = it.grade.as_ref();
    lost.members(
        at,
        &[
            ("identifier", !it.identifiers.is_empty()),
            ("dcType", !it.kinds.is_empty()),
            ("title", it.titles != of.titles),
            ("description", !it.descriptions.0.is_empty()),
            ("awardedBy", !same_award(it.awarded_by.as_ref(), of.awarded_by.as_ref())),
            ("dateIssued", it.issued.is_some()),
            ("idVerification", it.identity_verification.is_some()),
            ("assessedBy", !it.assessed_by.is_empty()),
            ("location", it.location.is_some()),
            ("supplementaryDocument", !it.documents.is_empty()),
            ("additionalNote", !it.notes.is_empty()),
            ("hasPart", !it.parts.is_empty()),
            ("grade.noteFormat", note.is_some_and(|it| it.format.is_some())),
            ("grade.subject", note.is_some_and(|it| it.subject.is_some())),
        ],
    );
}

fn result(it: &Assessment, found: &mut credentials::Achievement, at: &str, lost: &mut Lost) {
    let label = it
        .grade
        .as_ref()
        .map(|it| plain(&it.literals, &format!("{at}.grade.noteLiteral"), lost))
        .unwrap_or_default();
    // The shapes require a grade, so that an empty one is how none is written.
    found.grade = (!label.is_empty()).then_some(Grade { label });
    if let Some(status) = &it.grade_status {
        let own = concept::own_code(status, "grade-status").map(str::to_owned);
        found.status = own.unwrap_or_else(|| {
            lost.tell(format!("{at}.gradeStatus"), "CONCEPT", "only its name is kept");
            concept::label(status)
        });
    }
    found.shortened_grading = it.shortened_grading.as_ref().map(|it| {
        let number =
            |it: &Option<hei_elm::Whole>| it.as_ref().map(|it| it.0.clone()).unwrap_or_default();
        ShortenedGrading {
            percentage_lower: number(&it.lower),
            percentage_equal: number(&it.equal),
            percentage_higher: number(&it.higher),
        }
    });
    found.result_distribution = it.result_distribution.as_ref().map(|results| {
        let at = format!("{at}.resultDistribution");
        for (index, it) in results.categories.iter().enumerate() {
            let scores = [
                ("score", it.score.is_some()),
                ("minimumScore", it.minimum_score.is_some()),
                ("maximumScore", it.maximum_score.is_some()),
            ];
            lost.members(&format!("{at}.resultCategory[{index}]"), &scores);
        }
        let category = |it: &hei_elm::ResultCategory| ResultCategory {
            label: it.label.clone().unwrap_or_default(),
            count: it.count.as_ref().map(|it| it.0.clone()).unwrap_or_default(),
        };
        ResultDistribution {
            categories: results.categories.iter().map(category).collect(),
            descriptions: by_language(&results.descriptions, &format!("{at}.description"), lost),
        }
    });
}

/// The grading scheme. One that says no more than its own id is only named.
fn scheme(
    it: &Assessment,
    of: &Achievement,
    found: &mut credentials::Achievement,
    at: &str,
    schemes: &mut Vec<GradingScheme>,
    lost: &mut Lost,
) {
    let Some(specification) = it.specified_by.as_deref() else { return };
    let at = format!("{at}.specifiedBy");
    lost.members(
        &at,
        &[
            ("identifier", !specification.identifiers.is_empty()),
            ("dcType", specification.kind.is_some()),
            ("title", specification.titles != of.titles),
            ("altLabel", !specification.alt_labels.0.is_empty()),
            ("category", !specification.categories.0.is_empty()),
            ("description", !specification.descriptions.0.is_empty()),
            ("mode", !specification.modes.is_empty()),
            ("language", !specification.languages.is_empty()),
            ("homepage", !specification.homepages.is_empty()),
            ("supplementaryDocument", !specification.documents.is_empty()),
            ("additionalNote", !specification.notes.is_empty()),
            ("hasPart", !specification.parts.is_empty()),
        ],
    );
    let Some(scheme) = &specification.grading_scheme else { return };
    let at = format!("{at}.gradingScheme");
    let id = |name: &str| {
        let named = |it: &&hei_elm::Identifier| it.scheme_name.as_deref() == Some(name);
        scheme.identifiers.iter().find(named).and_then(|it| it.notation.clone())
    };
    let (local, external) = (id(LOCAL), id(EXTERNAL));
    let title = scheme.titles.0.first().map(|it| it.text.clone()).unwrap_or_default();
    found.external_grading_scheme_id = external.clone().unwrap_or_default();
    let own = local.or_else(|| external.is_none().then(|| title.clone())).unwrap_or_default();
    lost.members(&at, &[("supplementaryDocument", !scheme.documents.is_empty())]);
    if scheme.titles.0.len() > 1 || (title != own && external.as_deref() != Some(&title)) {
        lost.tell(format!("{at}.title"), "TITLE", "a grading scheme has an id and descriptions");
    }
    let spoken = scheme.titles.0.first().filter(|it| it.language != hei_elm::UNDETERMINED);
    if let Some(spoken) = spoken.filter(|it| it.text == own) {
        let told = "the title is kept as the id of the scheme, which has no language";
        lost.tell(format!("{at}.title.{}", spoken.language), "LANGUAGE", told);
    }
    found.grading_scheme_id.clone_from(&own);
    let descriptions = by_language(&scheme.descriptions, &format!("{at}.description"), lost);
    let one = GradingScheme { id: own, descriptions };
    if !one.descriptions.is_empty() && !schemes.contains(&one) {
        schemes.push(one);
    }
}
