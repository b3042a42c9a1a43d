//! hei-elmo: writes ELMO 2.1.1 with ELMO as the default namespace, in the
//! order of the schema, always valid against it. `left_out` names what has no
//! place there.

mod attachment;
mod instance;
mod learner;
mod report;
mod specification;

use hei_xml::Writer;

use crate::date::Written;
use crate::model::{Attachment, Country, Elmo, Identifier, Text};
use crate::{NAMESPACE_V2, fits};

/// Room for a structure of ordinary size beside the attachments.
const STRUCTURE_BYTES: usize = 64 * 1024;

/// The document as UTF-8 bytes; the same document gives the same bytes.
#[must_use]
pub fn write(document: &Elmo) -> Vec<u8> {
    let mut out = Writer::new(STRUCTURE_BYTES + attachment_bytes(document));
    out.start("elmo", &[("xmlns", NAMESPACE_V2)]);
    date_time(&mut out, "generatedDate", fits::generated(document));
    learner::write(&document.learner, &mut out);
    for report in &document.reports {
        report::write(report, document, &mut out);
    }
    for attachment in &document.attachments {
        attachment::write(attachment, &mut out);
    }
    out.finish()
}

fn attachment_bytes(document: &Elmo) -> usize {
    let bytes = |list: &[Attachment]| -> usize {
        list.iter().flat_map(|it| &it.contents).map(|it| it.text.len()).sum()
    };
    bytes(&document.attachments)
        + document.reports.iter().map(|it| bytes(&it.attachments)).sum::<usize>()
}

fn option(out: &mut Writer, name: &'static str, value: Option<&str>) {
    if let Some(value) = value {
        out.leaf(name, &[], value);
    }
}

fn texts(out: &mut Writer, name: &'static str, list: &[Text]) {
    for it in list {
        text(out, name, it);
    }
}

/// For a child that the schema requires at least once.
fn required_texts(out: &mut Writer, name: &'static str, list: &[Text]) {
    if list.is_empty() {
        out.leaf(name, &[], "");
    }
    texts(out, name, list);
}

fn text(out: &mut Writer, name: &'static str, it: &Text) {
    match language(it) {
        Some(tag) => out.leaf(name, &[("xml:lang", tag)], &it.text),
        None => out.leaf(name, &[], &it.text),
    }
}

/// `xml:lang` is of type xs:language: a tag that is none goes out untagged.
fn language(it: &Text) -> Option<&str> {
    it.language.as_deref().filter(|tag| fits::language(tag))
}

fn identifiers(out: &mut Writer, list: &[Identifier]) {
    for it in list {
        out.leaf("identifier", &[("type", &it.kind)], &it.value);
    }
}

/// For a parent whose schema requires an identifier.
fn required_identifiers(out: &mut Writer, list: &[Identifier]) {
    if list.is_empty() {
        out.leaf("identifier", &[("type", "local")], "");
    }
    identifiers(out, list);
}

fn country(out: &mut Writer, name: &'static str, it: Option<&Country>) {
    if let Some(it) = it {
        out.leaf(name, &[("type", &it.kind)], &it.code);
    }
}

fn date(out: &mut Writer, name: &'static str, it: Option<&Written>) {
    option(out, name, it.map(Written::as_date).as_deref());
}

fn date_time(out: &mut Writer, name: &'static str, it: Option<&Written>) {
    option(out, name, it.map(Written::as_date_time).as_deref());
}
