//! hei-elmo: the typed model, named and ordered as the schema of 2.1.1 has it.
//! Texts are as sent; a missing element is `None` or an empty list, never a
//! default.

use crate::date::Written;
use crate::decimal::Decimal;
use crate::notes::Unread;

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elmo {
    pub generated: Option<Written>,
    pub learner: Learner,
    pub reports: Vec<Report>,
    /// Attachments of the document as a whole.
    pub attachments: Vec<Attachment>,
    /// Whether there is a ds:Signature. It is not checked here and never written.
    pub signed: bool,
    /// What is in the document and not in this model.
    pub unread: Vec<Unread>,
}

/// A text with the language tag that it was sent with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pub language: Option<String>,
    pub text: String,
}

/// An identifier with its type: "schac", "erasmus", "esi", "local" …
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identifier {
    pub kind: String,
    pub value: String,
}

/// A country code of type "ISO" or "URI".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Country {
    pub kind: String,
    pub code: String,
}

/// The learner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learner {
    pub citizenship: Option<Country>,
    pub identifiers: Vec<Identifier>,
    pub given_names: Option<String>,
    pub family_name: Option<String>,
    pub alternative_names: Vec<Text>,
    /// `dateOfBirth`, else `bday`.
    pub birth_date: Option<Written>,
    pub birth_place: Option<String>,
    pub birth_country: Option<Country>,
    pub birth_name: Option<String>,
    pub address: Option<Address>,
    /// ISO 5218: "0", "1", "2" or "9"; anything else as sent.
    pub gender: Option<String>,
}

/// An address as a list of named lines, in the order of the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub parts: Vec<AddressPart>,
}

/// One line of an address; the name is one of `vocabulary::ADDRESS_PARTS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressPart {
    pub name: &'static str,
    pub text: String,
}

/// What one institution says about the learner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub issuer: Issuer,
    pub specifications: Vec<Specification>,
    pub issued: Option<Written>,
    pub grading_schemes: Vec<GradingScheme>,
    pub status: Option<ReportStatus>,
    pub attachments: Vec<Attachment>,
}

/// How complete a report says it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportStatus {
    pub code: String,
    pub messages: Vec<Text>,
}

/// An institution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issuer {
    pub country: Option<Country>,
    pub identifiers: Vec<Identifier>,
    pub titles: Vec<Text>,
    pub url: Option<String>,
}

/// A grading scheme of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GradingScheme {
    pub id: String,
    pub descriptions: Vec<Text>,
}

/// A learning opportunity specification: programme, module, course, class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Specification {
    pub identifiers: Vec<Identifier>,
    pub titles: Vec<Text>,
    pub kind: Option<String>,
    pub subject_area: Option<String>,
    pub isced_code: Option<String>,
    pub url: Option<String>,
    pub descriptions: Vec<Text>,
    /// HTML as received: hostile until sanitised.
    pub html_descriptions: Vec<Text>,
    pub document_kind: Option<String>,
    pub instance: Option<Instance>,
    pub parts: Vec<Specification>,
}

/// The instance that the learner took, with its result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    pub identifiers: Vec<Identifier>,
    pub enrolment: Option<Enrolment>,
    pub start: Option<Written>,
    pub date: Option<Written>,
    pub term: Option<Term>,
    /// `xs:duration` as written.
    pub duration: Option<String>,
    /// "passed", "failed", "in-progress"; absent means passed by the schema,
    /// which is for the reader to decide.
    pub status: Option<String>,
    pub grading_scheme_local: Option<String>,
    pub grading_scheme_external: Option<String>,
    /// The grade, byte for byte.
    pub result_label: Option<String>,
    pub shortened_grading: Option<ShortenedGrading>,
    pub result_distribution: Option<ResultDistribution>,
    pub credits: Vec<Credit>,
    pub levels: Vec<Level>,
    pub language_of_instruction: Option<String>,
    pub engagement_hours: Option<Decimal>,
    pub attachment_refs: Vec<String>,
}

/// Where and for which year the learner is enrolled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrolment {
    pub institution: Option<Issuer>,
    pub date: Option<Written>,
    pub year_start: Option<Written>,
    pub year_end: Option<Written>,
}

/// An academic term.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    pub titles: Vec<Text>,
    pub start: Option<Written>,
    pub end: Option<Written>,
}

/// Where the grade stands among the grades of the others, in percent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShortenedGrading {
    pub lower: Option<Decimal>,
    pub equal: Option<Decimal>,
    pub higher: Option<Decimal>,
}

/// How many had which result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResultDistribution {
    pub categories: Vec<Category>,
    pub descriptions: Vec<Text>,
}

/// One result and how many had it (digits as written).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Category {
    pub label: String,
    pub count: String,
}

/// Credits of one scheme; never below zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credit {
    pub scheme: Option<String>,
    /// Only in 1.x: "Bachelor", "Master", "PhD".
    pub level: Option<String>,
    pub value: Option<Decimal>,
}

/// A level of a qualification framework: "EQF" "6".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    pub kind: Option<String>,
    pub descriptions: Vec<Text>,
    pub value: Option<String>,
}

/// A file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    pub identifiers: Vec<Identifier>,
    pub titles: Vec<Text>,
    pub kind: Option<String>,
    pub descriptions: Vec<Text>,
    /// Data URIs as sent, by language. Hostile until examined.
    pub contents: Vec<Text>,
}
