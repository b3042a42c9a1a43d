//! Semantic: from an achievement of a transcript to one of a credential: what
//! was awarded, with its specification, its assessment, and the activity and
//! the opportunity by which it came.

use std::collections::BTreeSet;

use hei_elm::{
    Achievement, Activity, ActivitySpecification, Assessment, AssessmentSpecification,
    AwardingProcess, CreditPoint, Decimal, Duration, GradingScheme, LearningOpportunity, Note,
    Organisation, Period, ResultCategory, ResultDistribution, ShortenedGrading, Specification,
    Texts, UNDETERMINED, WebResource, Whole,
};
use hei_proto::hei::credentials::v1::{self as credentials, Transcript};

use super::super::{EXTERNAL, LOCAL, Lost, concept};
use super::{identifier, identifiers, moment, plain, required, texts};

/// The achievements of one transcript, all awarded by one body.
pub struct Achievements<'a> {
    transcript: &'a Transcript,
    body: Organisation,
    lost: &'a mut Lost,
    /// Grading schemes that an assessment named.
    named: BTreeSet<String>,
}

impl<'a> Achievements<'a> {
    pub fn new(transcript: &'a Transcript, body: Organisation, lost: &'a mut Lost) -> Self {
        Self { transcript, body, lost, named: BTreeSet::new() }
    }

    pub fn claims(&mut self, list: &[credentials::Achievement]) -> Vec<Achievement> {
        self.all(list, "$.credentialSubject.hasClaim")
    }

    /// A grading scheme stands where it is used.
    pub fn close(self) {
        for it in &self.transcript.grading_schemes {
            if !self.named.contains(&it.id) {
                let at = format!("$.gradingScheme[{:?}]", it.id);
                self.lost.tell(at, "GRADING_SCHEME", "no achievement names this grading scheme");
            } else if it.descriptions.is_empty() {
                let at = format!("$.gradingScheme[{:?}]", it.id);
                self.lost.tell(at, "GRADING_SCHEME", "a grading scheme that says nothing");
            }
        }
    }

    fn all(&mut self, list: &[credentials::Achievement], at: &str) -> Vec<Achievement> {
        let items = list.iter().enumerate();
        items.map(|(index, it)| self.one(it, &format!("{at}[{index}]"))).collect()
    }

    fn one(&mut self, it: &credentials::Achievement, at: &str) -> Achievement {
        let titles = required(texts(&it.titles), at, self.lost);
        let awarded_by = AwardingProcess {
            awarding_bodies: vec![self.body.clone()],
            awarding_date: moment(it.date.as_ref()),
            ..AwardingProcess::default()
        };
        self.left_out(it, at);
        Achievement {
            identifiers: identifiers(&it.instance_identifiers),
            credits_received: self.credits(it, at),
            proven_by: self.assessment(it, &titles, &awarded_by, at).into_iter().collect(),
            influenced_by: self.activity(it, &titles, &awarded_by, at).into_iter().collect(),
            specified_by: Some(Box::new(self.specification(it, &titles, at))),
            opportunity: self.opportunity(it, &titles).map(Box::new),
            parts: self.all(&it.parts, &format!("{at}.hasPart")),
            awarded_by: Some(awarded_by),
            titles,
            ..Achievement::default()
        }
    }

    /// What ELM, or the official context of it, has no place for.
    fn left_out(&mut self, it: &credentials::Achievement, at: &str) {
        for (name, code, there, told) in [
            (
                "learningOpportunity.descriptionHtml",
                "HTML",
                !it.html_descriptions.is_empty(),
                "the context takes the HTML for an address",
            ),
            (
                "specifiedBy.documentType",
                "DOCUMENT_TYPE",
                !it.document_type.is_empty(),
                "ELM does not say that an achievement is a document",
            ),
            (
                "learningOpportunity.enrolment",
                "ENROLMENT",
                it.enrolment.is_some(),
                "ELM has no enrolment",
            ),
            (
                "supplementaryDocument",
                "ATTACHMENT_REF",
                !it.attachment_refs.is_empty(),
                "an attachment of ELM has no identifier by which it could be named",
            ),
        ] {
            if there {
                self.lost.tell(format!("{at}.{name}"), code, told);
            }
        }
    }

    fn credits(&mut self, it: &credentials::Achievement, at: &str) -> Vec<CreditPoint> {
        let mut points = Vec::new();
        for (index, credit) in it.credits.iter().enumerate() {
            let at = format!("{at}.creditReceived[{index}]");
            if !credit.level.is_empty() {
                self.lost.tell(format!("{at}.level"), "CREDIT_LEVEL", "credits have no level");
            }
            let point = Decimal::parse(&credit.value);
            if point.is_none() {
                let told = "the shapes allow no credits without their number";
                self.lost.tell(at, "CREDITS_EMPTY", told);
                continue;
            }
            let framework = Some(concept::framework(&credit.scheme));
            points.push(CreditPoint { framework, point, ..CreditPoint::default() });
        }
        points
    }

    fn specification(
        &mut self,
        it: &credentials::Achievement,
        titles: &Texts,
        at: &str,
    ) -> Specification {
        let field = it.field.as_ref().and_then(concept::field);
        if it.field.is_some() && field.is_none() {
            let at = format!("{at}.specifiedBy.thematicArea");
            self.lost.tell(at, "CODE_LIST", "the field is no code of ISCED-F");
        }
        let level = |it: &credentials::Level| {
            concept::described(concept::level(&it.r#type, &it.value), texts(&it.descriptions))
        };
        let word = |word: &str| (!word.is_empty()).then(|| word.to_owned());
        let page = |url| WebResource { content_url: Some(url), ..WebResource::default() };
        Specification {
            identifiers: identifiers(&it.identifiers),
            kinds: word(&it.r#type).map(|it| concept::kind(&it)).into_iter().collect(),
            titles: titles.clone(),
            descriptions: texts(&it.descriptions),
            homepages: word(&it.url).map(page).into_iter().collect(),
            thematic_areas: field.into_iter().collect(),
            education_levels: it.levels.iter().map(level).collect(),
            education_subjects: word(&it.subject_area)
                .map(|it| concept::own("subject-area", &it))
                .into_iter()
                .collect(),
            ..Specification::default()
        }
    }

    /// What was taught, when and in which language.
    fn activity(
        &mut self,
        it: &credentials::Achievement,
        titles: &Texts,
        awarded_by: &AwardingProcess,
        at: &str,
    ) -> Option<Activity> {
        let language = concept::language(&it.language_of_instruction);
        if language.is_none() && !it.language_of_instruction.is_empty() {
            let at = format!("{at}.influencedBy.specifiedBy.language");
            self.lost.tell(at, "LANGUAGE_UNKNOWN", "the language is not in the EU's table");
        }
        let hours = (!it.engagement_hours.is_empty()).then(|| it.engagement_hours.clone());
        let start = moment(it.start.as_ref());
        if language.is_none() && hours.is_none() && start.is_none() {
            return None;
        }
        let specified = language.is_some() || hours.is_some();
        let specification = ActivitySpecification {
            titles: titles.clone(),
            contact_hours: hours.into_iter().collect(),
            languages: language.into_iter().collect(),
            ..ActivitySpecification::default()
        };
        let period = |start| Period { start: Some(start), ..Period::default() };
        Some(Activity {
            titles: titles.clone(),
            awarded_by: Some(awarded_by.clone()),
            temporal: start.map(period).into_iter().collect(),
            specified_by: specified.then(|| Box::new(specification)),
            ..Activity::default()
        })
    }

    /// The term, and how long it took.
    fn opportunity(
        &self,
        it: &credentials::Achievement,
        titles: &Texts,
    ) -> Option<LearningOpportunity> {
        if it.term.is_none() && it.duration.is_empty() {
            return None;
        }
        let period = |it: &credentials::AcademicTerm| Period {
            pref_labels: texts(&it.titles),
            start: moment(it.start.as_ref()),
            end: moment(it.end.as_ref()),
            ..Period::default()
        };
        Some(LearningOpportunity {
            titles: titles.clone(),
            temporal: it.term.as_ref().map(period),
            duration: (!it.duration.is_empty()).then(|| Duration(it.duration.clone())),
            provided_by: vec![self.body.clone()],
            ..LearningOpportunity::default()
        })
    }

    /// The grade, and all that is said about it.
    fn assessment(
        &mut self,
        it: &credentials::Achievement,
        titles: &Texts,
        awarded_by: &AwardingProcess,
        at: &str,
    ) -> Option<Assessment> {
        let at = format!("{at}.provenBy[0]");
        let scheme = self.grading_scheme(it);
        let shares = it.shortened_grading.as_ref().and_then(|it| self.shares(it, &at));
        let results = it.result_distribution.as_ref().map(|it| self.results(it, &at));
        let said = it.grade.is_some()
            || !it.status.is_empty()
            || scheme.is_some()
            || shares.is_some()
            || results.is_some();
        if !said {
            return None;
        }
        let specification = scheme.map(|scheme| AssessmentSpecification {
            titles: titles.clone(),
            grading_scheme: Some(scheme),
            ..AssessmentSpecification::default()
        });
        let status = (!it.status.is_empty()).then(|| concept::own("grade-status", &it.status));
        Some(Assessment {
            titles: titles.clone(),
            awarded_by: Some(awarded_by.clone()),
            grade: Some(self.grade(it, &at)),
            grade_status: status,
            shortened_grading: shares,
            result_distribution: results,
            specified_by: specification.map(Box::new),
            ..Assessment::default()
        })
    }

    /// The shapes require a grade wherever there is an assessment.
    fn grade(&mut self, it: &credentials::Achievement, at: &str) -> Note {
        let label = it.grade.as_ref().map(|it| it.label.as_str()).unwrap_or_default();
        if label.is_empty() {
            let told = "the shapes require a grade; an empty one was written";
            self.lost.tell(format!("{at}.grade"), "FILLED", told);
        }
        Note { literals: Texts::one(UNDETERMINED, label), ..Note::default() }
    }

    fn grading_scheme(&mut self, it: &credentials::Achievement) -> Option<GradingScheme> {
        let ids = [(LOCAL, &it.grading_scheme_id), (EXTERNAL, &it.external_grading_scheme_id)];
        let ids: Vec<_> = ids.into_iter().filter(|(_, id)| !id.is_empty()).collect();
        let (_, title) = ids.first()?;
        let described = self
            .transcript
            .grading_schemes
            .iter()
            .find(|scheme| !scheme.id.is_empty() && scheme.id == it.grading_scheme_id);
        self.named.extend(described.map(|it| it.id.clone()));
        Some(GradingScheme {
            titles: plain(title),
            descriptions: described.map(|it| texts(&it.descriptions)).unwrap_or_default(),
            identifiers: ids.iter().map(|(scheme, id)| identifier(scheme, id)).collect(),
            ..GradingScheme::default()
        })
    }

    /// The shapes allow whole numbers only.
    fn shares(&mut self, it: &credentials::ShortenedGrading, at: &str) -> Option<ShortenedGrading> {
        let whole = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
            digits.then(|| Whole(text.to_owned()))
        };
        let lower = whole(&it.percentage_lower);
        let equal = whole(&it.percentage_equal);
        let higher = whole(&it.percentage_higher);
        if lower.is_none() || equal.is_none() || higher.is_none() {
            let told = "the shapes allow whole numbers only, and all three of them";
            self.lost.tell(format!("{at}.shortenedGrading"), "SHORTENED_GRADING", told);
            return None;
        }
        Some(ShortenedGrading { lower, equal, higher, ..ShortenedGrading::default() })
    }

    /// The shapes allow positive numbers only.
    fn results(&mut self, it: &credentials::ResultDistribution, at: &str) -> ResultDistribution {
        let mut categories = Vec::new();
        for (index, category) in it.categories.iter().enumerate() {
            let digits = category.count.bytes().all(|it| it.is_ascii_digit());
            if !digits || category.count.bytes().all(|it| it == b'0') {
                let at = format!("{at}.resultDistribution.resultCategory[{index}]");
                self.lost.tell(at, "RESULT_CATEGORY", "the shapes allow positive counts only");
                continue;
            }
            categories.push(ResultCategory {
                label: Some(category.label.clone()),
                count: Some(Whole(category.count.clone())),
                ..ResultCategory::default()
            });
        }
        let descriptions = texts(&it.descriptions);
        ResultDistribution { categories, descriptions, ..ResultDistribution::default() }
    }
}
