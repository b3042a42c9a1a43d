//! An inspection for people: what it is first, what is wrong with it last.

use hei_proto::hei::common::v1::{Identifier, LocalizedText, Loss, WrittenDate};
use hei_proto::hei::credentials::v1::{
    Achievement, Activity, Organisation, Person, SourceSignature, Transcript,
};
use hei_uc6_credentials::{Document, Forms, Inspection, display_name};

use crate::cli::said::shown;

/// Rows of a kind that are shown to people; programs get all.
const ROWS_MAX: usize = 40;

/// The whole inspection.
pub fn of(file: &str, found: &Inspection) -> String {
    let mut lines = vec![row("file", file)];
    match &found.document {
        Some(document) => of_document(document, found, &mut lines),
        None => {
            lines.push(row("looks like", found.looks_like));
            lines.push(row("verdict", "refused: it has the faults below"));
        }
    }
    let faults = found.faults.iter().map(|it| (&it.field, it.reason, &it.description));
    list("faults", faults, &mut lines);
    lines.join("\n")
}

fn of_document(it: &Document, found: &Inspection, lines: &mut Vec<String>) {
    lines.push(row("document", &format!("{}, {}", it.standard.name(), it.wrapping.name())));
    if let Some(issuer) = &it.issuer {
        let by = if it.is_sealed() { "sealed by" } else { "issued by" };
        lines.push(row(by, &organisation(issuer)));
    }
    let count = it.transcripts.len();
    for (index, (transcript, forms)) in it.transcripts.iter().zip(&found.forms).enumerate() {
        if count > 1 {
            lines.push(format!("\ntranscript {} of {count}", index + 1));
        }
        of_transcript(transcript, lines);
        of_forms(forms, lines);
    }
    let deviations = it.deviations.iter().map(|it| (&it.path, it.code.as_str(), &it.text));
    list("deviations (harmless, yet unusual)", deviations, lines);
    of_losses("not taken over from this document", &it.losses, lines);
}

fn of_transcript(it: &Transcript, lines: &mut Vec<String>) {
    lines.push(row("institution", &it.issuer.as_ref().map(organisation).unwrap_or_default()));
    lines.push(row("learner", &it.learner.as_ref().map(person).unwrap_or_default()));
    lines.push(row("issued", &day(it.issue_date.as_ref())));
    let signature = match it.source_signature() {
        SourceSignature::NotChecked => "there is one, and nobody checked it",
        SourceSignature::None | SourceSignature::Unspecified => "none",
    };
    lines.push(row("signature", signature));
    if !it.attachments.is_empty() {
        lines.push(row("attachments", &it.attachments.len().to_string()));
    }
    let mut achieved = Vec::new();
    it.achievements.iter().for_each(|it| achievement(it, 0, &mut achieved));
    rows("achievements", ["title", "type", "credits", "grade", "date"], achieved, lines);
    let mut done = Vec::new();
    it.activities.iter().for_each(|it| activity(it, 0, &mut done));
    rows("activities", ["title", "type", "workload", "from", "to"], done, lines);
}

fn of_forms(it: &Forms, lines: &mut Vec<String>) {
    of_losses("would be lost or filled in as ELMO 2.1", &it.elmo, lines);
    of_losses("would be lost or filled in as ELM 3.2", &it.elm, lines);
}

fn of_losses(title: &str, losses: &[Loss], lines: &mut Vec<String>) {
    list(title, losses.iter().map(|it| (&it.path, it.code.as_str(), &it.text)), lines);
}

fn achievement(it: &Achievement, depth: usize, into: &mut Vec<[String; 5]>) {
    let credits = it.credits.iter().map(|it| format!("{} {}", it.value, it.scheme));
    into.push([
        title(&it.titles, depth),
        shown(&it.r#type),
        shown(&credits.collect::<Vec<_>>().join(", ")),
        it.grade.as_ref().map(|it| shown(&it.label)).unwrap_or_default(),
        day(it.date.as_ref()),
    ]);
    it.parts.iter().for_each(|part| achievement(part, depth + 1, into));
}

fn activity(it: &Activity, depth: usize, into: &mut Vec<[String; 5]>) {
    into.push([
        title(&it.titles, depth),
        shown(&it.r#type),
        shown(&it.workload),
        day(it.start.as_ref()),
        day(it.end.as_ref()),
    ]);
    it.parts.iter().for_each(|part| activity(part, depth + 1, into));
}

fn title(titles: &[LocalizedText], depth: usize) -> String {
    let text = first(titles).unwrap_or("(no title)");
    format!("{}{}", "  ".repeat(depth), shown(text))
}

/// English if it is there, else what comes first.
fn first(titles: &[LocalizedText]) -> Option<&str> {
    let english = titles.iter().find(|it| it.language.eq_ignore_ascii_case("en"));
    english.or_else(|| titles.first()).map(|it| it.text.as_str())
}

fn organisation(it: &Organisation) -> String {
    let name = first(&it.titles).unwrap_or("(no name)");
    format!("{} ({})", shown(name), identifiers(&it.identifiers))
}

fn person(it: &Person) -> String {
    let born = it.date_of_birth.as_ref();
    let born = born.map(|it| format!(", born {}", day(Some(it)))).unwrap_or_default();
    format!("{}{born} ({})", shown(&display_name(it)), identifiers(&it.identifiers))
}

fn identifiers(list: &[Identifier]) -> String {
    if list.is_empty() {
        return "no identifier".to_owned();
    }
    let one = |it: &Identifier| format!("{} {}", shown(&it.scheme), shown(&it.value));
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn day(it: Option<&WrittenDate>) -> String {
    let Some(it) = it else { return String::new() };
    let date = it.date.unwrap_or_default();
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

fn row(name: &str, value: &str) -> String {
    format!("{name:<12} {value}")
}

/// A table whose columns are as wide as their widest cell.
fn rows(name: &str, head: [&str; 5], mut body: Vec<[String; 5]>, lines: &mut Vec<String>) {
    if body.is_empty() {
        return;
    }
    let left_out = body.len().saturating_sub(ROWS_MAX);
    body.truncate(ROWS_MAX);
    lines.push(name.to_owned());
    body.insert(0, head.map(str::to_owned));
    let mut widths = [0; 5];
    for cells in &body {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = cell.chars().count().max(*width);
        }
    }
    for cells in &body {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = padded.collect::<Vec<_>>().join("  ");
        lines.push(format!("  {}", line.trim_end()));
    }
    more(left_out, lines);
}

fn list<'a>(
    title: &str,
    entries: impl ExactSizeIterator<Item = (&'a String, &'a str, &'a String)>,
    lines: &mut Vec<String>,
) {
    let count = entries.len();
    if count == 0 {
        return;
    }
    lines.push(format!("{title}: {count}"));
    for (path, code, text) in entries.take(ROWS_MAX) {
        lines.push(format!("  {}: {} ({code})", shown(path), shown(text)));
    }
    more(count.saturating_sub(ROWS_MAX), lines);
}

fn more(left_out: usize, lines: &mut Vec<String>) {
    if left_out > 0 {
        lines.push(format!("  … and {left_out} more; --json has all"));
    }
}
