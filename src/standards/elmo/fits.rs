//! hei-elmo: what the schema of 2.1.1 has a place for. The writer asks these;
//! `left_out` tells what it will leave out, or fill because the schema
//! requires something where there is nothing.

use crate::address;
use crate::date::Written;
use crate::model::{
    Attachment, Category, Credit, Elmo, Enrolment, Instance, Learner, Level, Report, ReportStatus,
    ResultDistribution, ShortenedGrading, Specification, Term, Text,
};
use crate::notes::{Unread, shown};
use crate::path;
use crate::vocabulary::{
    ATTACHMENT_KINDS, DOCUMENT_KINDS, GENDERS, REPORT_STATUSES, SPECIFICATION_KINDS, STATUSES,
    is_duration,
};

/// xs:language: letters, then subtags of letters and digits.
pub(crate) fn language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let short = |subtag: &str| (1..=8).contains(&subtag.len());
    let first = subtags.next().unwrap_or_default();
    short(first)
        && first.bytes().all(|letter| letter.is_ascii_alphabetic())
        && subtags.all(|it| short(it) && it.bytes().all(|letter| letter.is_ascii_alphanumeric()))
}

fn listed<'a>(value: Option<&'a String>, list: &[&str]) -> Option<&'a str> {
    value.map(String::as_str).filter(|it| list.contains(it))
}

pub(crate) fn gender(it: &Learner) -> Option<&str> {
    listed(it.gender.as_ref(), GENDERS)
}

pub(crate) fn specification_kind(it: &Specification) -> Option<&str> {
    listed(it.kind.as_ref(), SPECIFICATION_KINDS)
}

pub(crate) fn document_kind(it: &Specification) -> Option<&str> {
    listed(it.document_kind.as_ref(), DOCUMENT_KINDS)
}

pub(crate) fn status(it: &Instance) -> Option<&str> {
    listed(it.status.as_ref(), STATUSES)
}

pub(crate) fn attachment_kind(it: &Attachment) -> Option<&str> {
    listed(it.kind.as_ref(), ATTACHMENT_KINDS)
}

pub(crate) fn report_status(it: &Report) -> Option<&ReportStatus> {
    it.status.as_ref().filter(|status| REPORT_STATUSES.contains(&status.code.as_str()))
}

pub(crate) fn duration(it: &Instance) -> Option<&str> {
    it.duration.as_deref().filter(|duration| is_duration(duration))
}

pub(crate) fn term(it: &Instance) -> Option<(&Term, &Written, &Written)> {
    let term = it.term.as_ref()?;
    Some((term, term.start.as_ref()?, term.end.as_ref()?))
}

pub(crate) fn enrolment(it: &Instance) -> Option<(&Enrolment, [&Written; 3])> {
    let enrolment = it.enrolment.as_ref()?;
    enrolment.institution.as_ref()?;
    let days =
        [enrolment.date.as_ref()?, enrolment.year_start.as_ref()?, enrolment.year_end.as_ref()?];
    Some((enrolment, days))
}

pub(crate) fn shortened(it: &Instance) -> Option<[&str; 3]> {
    let ShortenedGrading { lower, equal, higher } = it.shortened_grading.as_ref()?;
    Some([lower.as_ref()?.as_str(), equal.as_ref()?.as_str(), higher.as_ref()?.as_str()])
}

/// The categories with a count that the schema takes; `None` without any.
pub(crate) fn distribution(it: &Instance) -> Option<(&ResultDistribution, Vec<&Category>)> {
    let whole = it.result_distribution.as_ref()?;
    let kept: Vec<&Category> = whole.categories.iter().filter(|it| is_count(&it.count)).collect();
    (!kept.is_empty()).then_some((whole, kept))
}

/// xs:nonNegativeInteger, but for a negative zero.
pub(crate) fn is_count(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// One alternative name is required; without one, the name itself stands for it.
pub(crate) fn alternative_name(it: &Learner) -> Text {
    it.alternative_names.first().cloned().unwrap_or_else(|| {
        let names = [it.given_names.as_deref(), it.family_name.as_deref()];
        let text = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Text { language: None, text }
    })
}

/// `generatedDate` is required; the report's date stands for it.
pub(crate) fn generated(it: &Elmo) -> Option<&Written> {
    it.generated.as_ref().or_else(|| it.reports.iter().find_map(|report| report.issued.as_ref()))
}

/// `issueDate` is required; the document's date stands for it.
pub(crate) fn issued<'a>(it: &'a Report, document: &'a Elmo) -> Option<&'a Written> {
    it.issued.as_ref().or_else(|| generated(document))
}

/// What [`crate::write`] leaves out of a document, or fills, with the path
/// where it would stand.
#[must_use]
pub fn left_out(document: &Elmo) -> Vec<Unread> {
    let mut list = List(Vec::new());
    list.learner(&document.learner);
    if document.generated.is_none() {
        list.filled("/elmo/generatedDate[1]", "the date of the report stands for it");
    }
    list.date_time(document.generated.as_ref(), "/elmo/generatedDate[1]");
    for (index, report) in document.reports.iter().enumerate() {
        list.report(report, &path::report(index));
    }
    list.attachments(&document.attachments, "/elmo");
    if document.signed {
        list.dropped(
            "/elmo/Signature[1]".into(),
            "SIGNATURE",
            "a signature does not hold for a document written anew",
        );
    }
    list.0
}

struct List(Vec<Unread>);

impl List {
    fn dropped(&mut self, path: String, code: &'static str, text: &str) {
        self.0.push(Unread { path, code, text: text.to_owned() });
    }

    fn filled(&mut self, path: &str, text: &str) {
        self.dropped(path.to_owned(), "FILLED", text);
    }

    fn value(&mut self, at: &str, name: &str, sent: Option<&str>, kept: Option<&str>) {
        if let (Some(sent), None) = (sent, kept) {
            let text = format!("{} is none of the values of the schema", shown(sent));
            self.dropped(format!("{at}/{name}[1]"), "VALUE_UNKNOWN", &text);
        }
    }

    fn unless(&mut self, kept: bool, path: String, text: &str) {
        if !kept {
            self.dropped(path, "INCOMPLETE", text);
        }
    }

    /// A tag that is no xs:language is not written; the text goes out untagged.
    fn texts(&mut self, at: &str, name: &str, texts: &[Text]) {
        for (index, it) in texts.iter().enumerate() {
            let unfit = it.language.as_deref().filter(|tag| !language(tag));
            if let Some(tag) = unfit {
                let text = format!("{} is not one language tag; the text goes without", shown(tag));
                self.dropped(path::child(at, name, index), "LANGUAGE_FORM", &text);
            }
        }
    }

    fn date(&mut self, written: Option<&Written>, path: &str) {
        if written.is_some_and(|it| !it.time.is_empty()) {
            self.dropped(path.to_owned(), "TIME_OF_DAY", "the schema has only the day here");
        }
    }

    fn date_time(&mut self, written: Option<&Written>, path: &str) {
        if written.is_some_and(|it| it.time.is_empty()) {
            self.filled(path, "the schema wants a time of day; midnight was written");
        }
    }

    fn learner(&mut self, it: &Learner) {
        let at = "/elmo/learner[1]";
        for (name, value) in [("givenNames", &it.given_names), ("familyName", &it.family_name)] {
            if value.is_none() {
                self.filled(
                    &format!("{at}/{name}[1]"),
                    "the schema requires it; it is written empty",
                );
            }
        }
        if it.alternative_names.is_empty() {
            let told = "the schema requires one; the name itself was written";
            self.filled(&format!("{at}/alternativeName[1]"), told);
        }
        for index in 1..it.alternative_names.len() {
            let text = "the schema has one alternative name";
            self.dropped(path::child(at, "alternativeName", index), "REPEATED", text);
        }
        self.texts(at, "alternativeName", &it.alternative_names);
        self.date(it.birth_date.as_ref(), &format!("{at}/dateOfBirth[1]"));
        self.value(at, "gender", it.gender.as_deref(), gender(it));
        if let Some(address) = &it.address {
            let kept = address::fitting(address).len() == address.parts.len();
            let text = "some lines of the address have no place in the schema";
            self.unless(kept, format!("{at}/currentAddress[1]"), text);
        }
    }

    fn report(&mut self, it: &Report, at: &str) {
        let issuer = format!("{at}/issuer[1]");
        let required = "the schema requires it; it is written empty";
        if it.issuer.url.is_none() {
            self.filled(&format!("{issuer}/url[1]"), required);
        }
        if it.issuer.titles.is_empty() {
            self.filled(&format!("{issuer}/title[1]"), required);
        }
        self.texts(&issuer, "title", &it.issuer.titles);
        for (index, scheme) in it.grading_schemes.iter().enumerate() {
            let scheme_at = path::child(at, "gradingScheme", index);
            self.texts(&scheme_at, "description", &scheme.descriptions);
        }
        if it.issued.is_none() {
            self.filled(&format!("{at}/issueDate[1]"), "the date of the document stands for it");
        }
        self.date_time(it.issued.as_ref(), &format!("{at}/issueDate[1]"));
        let text = "a status without a code of the schema";
        self.unless(
            it.status.is_none() || report_status(it).is_some(),
            format!("{at}/status[1]"),
            text,
        );
        self.attachments(&it.attachments, at);
        for (index, specification) in it.specifications.iter().enumerate() {
            self.specification(specification, &path::specification(at, index));
        }
    }

    fn attachments(&mut self, list: &[Attachment], at: &str) {
        for (index, it) in list.iter().enumerate() {
            let at = path::child(at, "attachment", index);
            self.value(&at, "type", it.kind.as_deref(), attachment_kind(it));
            self.texts(&at, "title", &it.titles);
            self.texts(&at, "description", &it.descriptions);
            self.texts(&at, "content", &it.contents);
        }
    }

    fn specification(&mut self, it: &Specification, at: &str) {
        let required = "the schema requires it; it is written empty";
        if it.identifiers.is_empty() {
            self.filled(&format!("{at}/identifier[1]"), required);
        }
        if it.titles.is_empty() {
            self.filled(&format!("{at}/title[1]"), required);
        }
        self.texts(at, "title", &it.titles);
        self.texts(at, "description", &it.descriptions);
        self.texts(at, "descriptionHtml", &it.html_descriptions);
        self.value(at, "type", it.kind.as_deref(), specification_kind(it));
        self.value(at, "documentType", it.document_kind.as_deref(), document_kind(it));
        match &it.instance {
            Some(instance) => self.instance(instance, &path::instance(at)),
            None => self.filled(&format!("{at}/specifies[1]"), required),
        }
        for (index, part) in it.parts.iter().enumerate() {
            self.specification(part, &path::part(at, index));
        }
    }

    fn instance(&mut self, it: &Instance, at: &str) {
        let incomplete = "the schema requires what is missing in it";
        let whole = |sent: bool, kept: bool| !sent || kept;
        for (name, kept) in [
            ("enrolment", whole(it.enrolment.is_some(), enrolment(it).is_some())),
            ("academicTerm", whole(it.term.is_some(), term(it).is_some())),
            ("duration", whole(it.duration.is_some(), duration(it).is_some())),
            ("shortenedGrading", whole(it.shortened_grading.is_some(), shortened(it).is_some())),
            (
                "resultDistribution",
                whole(it.result_distribution.is_some(), distribution(it).is_some()),
            ),
        ] {
            self.unless(kept, format!("{at}/{name}[1]"), incomplete);
        }
        if let Some((whole, kept)) = distribution(it) {
            let text = "a category without a count";
            let complete = kept.len() == whole.categories.len();
            self.unless(complete, format!("{at}/resultDistribution[1]/category"), text);
        }
        self.date(it.start.as_ref(), &format!("{at}/start[1]"));
        self.date(it.date.as_ref(), &format!("{at}/date[1]"));
        if let Some((term, _, _)) = term(it) {
            self.texts(&format!("{at}/academicTerm[1]"), "title", &term.titles);
        }
        self.value(at, "status", it.status.as_deref(), status(it));
        for (index, credit) in it.credits.iter().enumerate() {
            self.credit(credit, &path::child(at, "credit", index));
        }
        for (index, level) in it.levels.iter().enumerate() {
            self.level(level, &path::child(at, "level", index));
        }
    }

    fn credit(&mut self, it: &Credit, at: &str) {
        if it.scheme.is_none() {
            self.filled(&format!("{at}/scheme[1]"), "the schema requires it; it is written empty");
        }
        if it.level.is_some() {
            let text = "the schema has no level of credits since version 2";
            self.dropped(format!("{at}/level[1]"), "CREDIT_LEVEL", text);
        }
    }

    fn level(&mut self, it: &Level, at: &str) {
        if it.kind.is_none() {
            self.filled(&format!("{at}/type[1]"), "the schema requires it; it is written empty");
        }
        for index in 1..it.descriptions.len() {
            let text = "the schema has one description of a level";
            self.dropped(path::child(at, "description", index), "REPEATED", text);
        }
    }
}
