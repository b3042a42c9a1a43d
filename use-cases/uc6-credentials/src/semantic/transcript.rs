//! Semantic: when a transcript is whole. Every fault at once, each with its field.

mod texts;

use hei_elmo::{DateFlaw, Decimal, Written};
use hei_proto::hei::common::v1::{Identifier, WrittenDate};
use hei_proto::hei::credentials::v1::{Achievement, Activity, Organisation, Transcript};
use hei_values::{Valid, Violation, Violations};

/// Parts below parts: as deep as a document of 64 levels can carry, with the
/// five levels that a course needs below itself.
pub const PART_DEPTH_MAX: usize = 28;

/// Takes a transcript if it can be kept and written again without a word made up.
///
/// # Errors
/// Every fault at once.
pub fn check(transcript: Transcript) -> Result<Valid<Transcript>, Violations> {
    Valid::check(transcript, |it| {
        let mut faults = Faults::default();
        faults.transcript(it);
        Violations(faults.0)
    })
}

#[derive(Default)]
struct Faults(Vec<Violation>);

impl Faults {
    fn tell(&mut self, field: String, told: impl Into<String>) {
        self.0.push(Violation::new(field, "DOCUMENT_INVALID", told));
    }

    fn transcript(&mut self, it: &Transcript) {
        match it.learner.as_ref() {
            Some(learner) => {
                self.date("learner.date_of_birth".into(), learner.date_of_birth.as_ref());
                self.identifiers("learner", &learner.identifiers);
            }
            None => self.0.push(Violation::missing("learner")),
        }
        self.issuer(it.issuer.as_ref());
        if it.issue_date.is_none() && it.generated_date.is_none() {
            self.0.push(Violation::missing("issue_date"));
        }
        self.date("issue_date".into(), it.issue_date.as_ref());
        self.date("generated_date".into(), it.generated_date.as_ref());
        for (index, achievement) in it.achievements.iter().enumerate() {
            self.achievement(achievement, format!("achievements[{index}]"), 0);
        }
        for (index, activity) in it.activities.iter().enumerate() {
            self.activity(activity, format!("activities[{index}]"), 0);
        }
        texts::uncarriable(it, &mut |field| {
            self.tell(field, "has a character that XML 1.0 cannot carry: remove it");
        });
    }

    fn issuer(&mut self, issuer: Option<&Organisation>) {
        let identifiers = issuer.map(|it| it.identifiers.as_slice()).unwrap_or_default();
        if identifiers.is_empty() {
            let told = "the institution needs an identifier, such as its schac domain";
            self.0.push(Violation::new("issuer.identifiers", "FIELD_MISSING", told));
        }
        self.identifiers("issuer", identifiers);
    }

    fn identifiers(&mut self, at: &str, identifiers: &[Identifier]) {
        for (index, _) in identifiers.iter().enumerate().filter(|(_, it)| it.value.is_empty()) {
            self.0.push(Violation::missing(format!("{at}.identifiers[{index}].value")));
        }
    }

    fn achievement(&mut self, it: &Achievement, at: String, depth: usize) {
        if depth > PART_DEPTH_MAX {
            self.tell(at, format!("parts may stand {PART_DEPTH_MAX} levels deep at most"));
            return;
        }
        self.days(it, &at);
        for (index, credit) in it.credits.iter().enumerate() {
            self.credits(format!("{at}.credits[{index}].value"), &credit.value);
        }
        self.number(format!("{at}.engagement_hours"), &it.engagement_hours);
        if let Some(share) = &it.shortened_grading {
            let at = format!("{at}.shortened_grading");
            self.number(format!("{at}.percentage_lower"), &share.percentage_lower);
            self.number(format!("{at}.percentage_equal"), &share.percentage_equal);
            self.number(format!("{at}.percentage_higher"), &share.percentage_higher);
        }
        for (index, part) in it.parts.iter().enumerate() {
            self.achievement(part, format!("{at}.parts[{index}]"), depth + 1);
        }
    }

    fn activity(&mut self, it: &Activity, at: String, depth: usize) {
        if depth > PART_DEPTH_MAX {
            self.tell(at, format!("parts may stand {PART_DEPTH_MAX} levels deep at most"));
            return;
        }
        for (name, day) in
            [("start", it.start.as_ref()), ("end", it.end.as_ref()), ("date", it.date.as_ref())]
        {
            self.date(format!("{at}.{name}"), day);
        }
        self.number(format!("{at}.level_of_completion"), &it.level_of_completion);
        for (index, part) in it.parts.iter().enumerate() {
            self.activity(part, format!("{at}.parts[{index}]"), depth + 1);
        }
    }

    fn days(&mut self, it: &Achievement, at: &str) {
        let term = it.term.as_ref();
        let enrolment = it.enrolment.as_ref();
        for (name, day) in [
            ("start", it.start.as_ref()),
            ("date", it.date.as_ref()),
            ("term.start", term.and_then(|it| it.start.as_ref())),
            ("term.end", term.and_then(|it| it.end.as_ref())),
            ("enrolment.start", enrolment.and_then(|it| it.start.as_ref())),
            ("enrolment.end", enrolment.and_then(|it| it.end.as_ref())),
        ] {
            self.date(format!("{at}.{name}"), day);
        }
    }

    fn date(&mut self, at: String, day: Option<&WrittenDate>) {
        let Some(day) = day else { return };
        match written(day).map(|it| it.check()) {
            Some(Ok(())) => {}
            Some(Err(DateFlaw::Form)) => self.tell(at, "time or offset is not written as ISO 8601"),
            Some(Err(DateFlaw::Impossible)) | None => self.tell(at, "is on no calendar"),
        }
    }

    fn credits(&mut self, at: String, value: &str) {
        match Decimal::parse(value) {
            _ if value.is_empty() => {}
            Some(number) if number.is_negative() => self.tell(at, "credits are below zero"),
            Some(number) if number.as_str() == value => {}
            _ => self.tell(at, "is not a decimal number in canonical form, such as 7.5"),
        }
    }

    fn number(&mut self, at: String, value: &str) {
        if !value.is_empty() && Decimal::parse(value).is_none_or(|it| it.as_str() != value) {
            self.tell(at, "is not a decimal number in canonical form, such as 7.5");
        }
    }
}

/// The day as the codecs have it; `None` if it has numbers that no calendar has.
pub fn written(day: &WrittenDate) -> Option<Written> {
    let date = day.date.as_ref()?;
    Some(Written {
        year: u16::try_from(date.year).ok()?,
        month: u8::try_from(date.month).ok()?,
        day: u8::try_from(date.day).ok()?,
        time: day.time.clone(),
        offset: day.offset.clone(),
    })
}

#[cfg(test)]
mod tests;
