//! hei-elmo: writes `learningOpportunityInstance`.

use hei_xml::Writer;

use super::{date, identifiers, option, report, required_texts, text, texts};
use crate::decimal::Decimal;
use crate::fits;
use crate::model::{Credit, Instance, Level};

pub(super) fn write(it: Option<&Instance>, out: &mut Writer) {
    let Some(it) = it else {
        out.leaf("learningOpportunityInstance", &[], "");
        return;
    };
    out.start("learningOpportunityInstance", &[]);
    identifiers(out, &it.identifiers);
    enrolment(it, out);
    date(out, "start", it.start.as_ref());
    date(out, "date", it.date.as_ref());
    term(it, out);
    option(out, "duration", fits::duration(it));
    option(out, "status", fits::status(it));
    option(out, "gradingSchemeLocalId", it.grading_scheme_local.as_deref());
    option(out, "gradingSchemeExternalId", it.grading_scheme_external.as_deref());
    option(out, "resultLabel", it.result_label.as_deref());
    shortened(it, out);
    distribution(it, out);
    it.credits.iter().for_each(|credit| self::credit(credit, out));
    it.levels.iter().for_each(|level| self::level(level, out));
    option(out, "languageOfInstruction", it.language_of_instruction.as_deref());
    option(out, "engagementHours", it.engagement_hours.as_ref().map(Decimal::as_str));
    references(it, out);
    out.end();
}

fn enrolment(it: &Instance, out: &mut Writer) {
    let Some((enrolment, [day, start, end])) = fits::enrolment(it) else {
        return;
    };
    out.start("enrolment", &[]);
    if let Some(institution) = &enrolment.institution {
        report::issuer("enrolmentInstitution", institution, out);
    }
    date(out, "enrolmentDate", Some(day));
    out.start("academicYear", &[]);
    date(out, "start", Some(start));
    date(out, "end", Some(end));
    out.end();
    out.end();
}

fn term(it: &Instance, out: &mut Writer) {
    let Some((term, start, end)) = fits::term(it) else {
        return;
    };
    out.start("academicTerm", &[]);
    required_texts(out, "title", &term.titles);
    date(out, "start", Some(start));
    date(out, "end", Some(end));
    out.end();
}

fn shortened(it: &Instance, out: &mut Writer) {
    let Some([lower, equal, higher]) = fits::shortened(it) else {
        return;
    };
    out.start("shortenedGrading", &[]);
    out.leaf("percentageLower", &[], lower);
    out.leaf("percentageEqual", &[], equal);
    out.leaf("percentageHigher", &[], higher);
    out.end();
}

fn distribution(it: &Instance, out: &mut Writer) {
    let Some((distribution, categories)) = fits::distribution(it) else {
        return;
    };
    out.start("resultDistribution", &[]);
    for category in categories {
        out.leaf("category", &[("label", &category.label), ("count", &category.count)], "");
    }
    texts(out, "description", &distribution.descriptions);
    out.end();
}

fn credit(it: &Credit, out: &mut Writer) {
    out.start("credit", &[]);
    out.leaf("scheme", &[], it.scheme.as_deref().unwrap_or_default());
    option(out, "value", it.value.as_ref().map(Decimal::as_str));
    out.end();
}

fn level(it: &Level, out: &mut Writer) {
    out.start("level", &[]);
    out.leaf("type", &[], it.kind.as_deref().unwrap_or_default());
    if let Some(description) = it.descriptions.first() {
        text(out, "description", description);
    }
    option(out, "value", it.value.as_deref());
    out.end();
}

fn references(it: &Instance, out: &mut Writer) {
    if it.attachment_refs.is_empty() {
        return;
    }
    out.start("attachments", &[]);
    for reference in &it.attachment_refs {
        out.leaf("ref", &[], reference);
    }
    out.end();
}
