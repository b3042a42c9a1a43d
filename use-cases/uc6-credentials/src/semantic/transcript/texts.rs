//! Semantic: every text of a transcript, to see that a document can carry it.

use hei_elmo::carriable;
use hei_proto::hei::common::v1::{CodedValue, Identifier, LocalizedText};
use hei_proto::hei::credentials::v1::{
    Achievement, Activity, Attachment, Organisation, Person, ResultDistribution, Transcript,
};

/// Tells the field of each text that XML 1.0 cannot carry.
pub fn uncarriable(it: &Transcript, tell: &mut dyn FnMut(String)) {
    let mut visit = Visit { tell };
    if let Some(learner) = &it.learner {
        visit.person(learner);
    }
    if let Some(issuer) = &it.issuer {
        visit.organisation(issuer);
    }
    visit.one("completeness", &it.completeness);
    visit.localized("descriptions", &it.descriptions);
    for (index, scheme) in it.grading_schemes.iter().enumerate() {
        visit.one(&format!("grading_schemes[{index}].id"), &scheme.id);
        visit.localized(&format!("grading_schemes[{index}].descriptions"), &scheme.descriptions);
    }
    for (index, attachment) in it.attachments.iter().enumerate() {
        visit.attachment(&format!("attachments[{index}]"), attachment);
    }
    for (index, achievement) in it.achievements.iter().enumerate() {
        visit.achievement(&format!("achievements[{index}]"), achievement);
    }
    for (index, activity) in it.activities.iter().enumerate() {
        visit.activity(&format!("activities[{index}]"), activity);
    }
}

struct Visit<'a> {
    tell: &'a mut dyn FnMut(String),
}

impl Visit<'_> {
    fn one(&mut self, at: &str, text: &str) {
        if !carriable(text) {
            (self.tell)(at.to_owned());
        }
    }

    fn fields(&mut self, at: &str, fields: &[(&str, &str)]) {
        for (name, text) in fields {
            if !carriable(text) {
                (self.tell)(format!("{at}.{name}"));
            }
        }
    }

    fn identifiers(&mut self, at: &str, list: &[Identifier]) {
        for (index, it) in list.iter().enumerate() {
            let fields = [("scheme", it.scheme.as_str()), ("value", it.value.as_str())];
            self.fields(&format!("{at}[{index}]"), &fields);
        }
    }

    fn localized(&mut self, at: &str, list: &[LocalizedText]) {
        for (index, it) in list.iter().enumerate() {
            let fields = [("language", it.language.as_str()), ("text", it.text.as_str())];
            self.fields(&format!("{at}[{index}]"), &fields);
        }
    }

    fn coded(&mut self, at: &str, value: Option<&CodedValue>) {
        if let Some(it) = value {
            self.fields(at, &[("scheme", &it.scheme), ("code", &it.code)]);
        }
    }

    fn person(&mut self, it: &Person) {
        self.identifiers("learner.identifiers", &it.identifiers);
        self.localized("learner.alternative_names", &it.alternative_names);
        for (index, citizenship) in it.citizenships.iter().enumerate() {
            self.coded(&format!("learner.citizenships[{index}]"), Some(citizenship));
        }
        self.coded("learner.country_of_birth", it.country_of_birth.as_ref());
        self.coded("learner.gender", it.gender.as_ref());
        let fields = [
            ("given_names", it.given_names.as_str()),
            ("family_name", it.family_name.as_str()),
            ("place_of_birth", it.place_of_birth.as_str()),
            ("birth_name", it.birth_name.as_str()),
        ];
        self.fields("learner", &fields);
    }

    fn organisation(&mut self, it: &Organisation) {
        self.identifiers("issuer.identifiers", &it.identifiers);
        self.localized("issuer.titles", &it.titles);
        self.coded("issuer.country", it.country.as_ref());
        self.one("issuer.url", &it.url);
    }

    fn attachment(&mut self, at: &str, it: &Attachment) {
        self.fields(at, &[("id", &it.id), ("type", &it.r#type)]);
        self.identifiers(&format!("{at}.identifiers"), &it.identifiers);
        self.localized(&format!("{at}.titles"), &it.titles);
        self.localized(&format!("{at}.descriptions"), &it.descriptions);
        for (index, content) in it.contents.iter().enumerate() {
            let fields = [("language", content.language.as_str()), ("data_uri", &content.data_uri)];
            self.fields(&format!("{at}.contents[{index}]"), &fields);
        }
    }

    fn achievement(&mut self, at: &str, it: &Achievement) {
        self.identifiers(&format!("{at}.identifiers"), &it.identifiers);
        self.identifiers(&format!("{at}.instance_identifiers"), &it.instance_identifiers);
        self.localized(&format!("{at}.titles"), &it.titles);
        self.localized(&format!("{at}.descriptions"), &it.descriptions);
        self.localized(&format!("{at}.html_descriptions"), &it.html_descriptions);
        self.coded(&format!("{at}.field"), it.field.as_ref());
        let fields = [
            ("type", it.r#type.as_str()),
            ("subject_area", it.subject_area.as_str()),
            ("url", it.url.as_str()),
            ("document_type", it.document_type.as_str()),
            ("status", it.status.as_str()),
            ("grading_scheme_id", it.grading_scheme_id.as_str()),
            ("external_grading_scheme_id", it.external_grading_scheme_id.as_str()),
            ("grade.label", it.grade.as_ref().map_or("", |grade| grade.label.as_str())),
            ("language_of_instruction", it.language_of_instruction.as_str()),
            ("duration", it.duration.as_str()),
        ];
        self.fields(at, &fields);
        self.result(at, it);
        for (index, part) in it.parts.iter().enumerate() {
            self.achievement(&format!("{at}.parts[{index}]"), part);
        }
    }

    fn activity(&mut self, at: &str, it: &Activity) {
        self.identifiers(&format!("{at}.identifiers"), &it.identifiers);
        let specified = format!("{at}.specification_identifiers");
        self.identifiers(&specified, &it.specification_identifiers);
        self.localized(&format!("{at}.titles"), &it.titles);
        self.localized(&format!("{at}.descriptions"), &it.descriptions);
        let fields = [
            ("type", it.r#type.as_str()),
            ("workload", it.workload.as_str()),
            ("level_of_completion", it.level_of_completion.as_str()),
            ("language", it.language.as_str()),
        ];
        self.fields(at, &fields);
        for (index, part) in it.parts.iter().enumerate() {
            self.activity(&format!("{at}.parts[{index}]"), part);
        }
    }

    fn result(&mut self, at: &str, it: &Achievement) {
        if let Some(term) = &it.term {
            self.localized(&format!("{at}.term.titles"), &term.titles);
        }
        for (index, credit) in it.credits.iter().enumerate() {
            let fields = [("scheme", credit.scheme.as_str()), ("level", credit.level.as_str())];
            self.fields(&format!("{at}.credits[{index}]"), &fields);
        }
        for (index, level) in it.levels.iter().enumerate() {
            let fields = [("type", level.r#type.as_str()), ("value", level.value.as_str())];
            self.fields(&format!("{at}.levels[{index}]"), &fields);
            self.localized(&format!("{at}.levels[{index}].descriptions"), &level.descriptions);
        }
        if let Some(distribution) = &it.result_distribution {
            self.distribution(&format!("{at}.result_distribution"), distribution);
        }
        for (index, reference) in it.attachment_refs.iter().enumerate() {
            self.one(&format!("{at}.attachment_refs[{index}]"), reference);
        }
    }

    fn distribution(&mut self, at: &str, it: &ResultDistribution) {
        self.localized(&format!("{at}.descriptions"), &it.descriptions);
        for (index, category) in it.categories.iter().enumerate() {
            let fields = [("label", category.label.as_str()), ("count", category.count.as_str())];
            self.fields(&format!("{at}.categories[{index}]"), &fields);
        }
    }
}
