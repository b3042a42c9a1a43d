//! hei-elmo: the type `Attachment`. Its contents are copied once and never
//! looked into: they are hostile until somebody examined them.

use hei_xml::Element;

use super::specification::note_extension;
use crate::model::Attachment;
use crate::notes::Notes;
use crate::table::Occurs::{Any, Optional};
use crate::table::Table;
use crate::vocabulary::ATTACHMENT_KINDS;

const ATTACHMENT: Table = &[
    ("identifier", Any),
    ("title", Any),
    ("type", Optional),
    ("description", Any),
    ("content", Any),
    ("extension", Optional),
];

pub(super) fn read(element: Element<'_>, notes: &mut Notes) -> Attachment {
    let parts = notes.examine(element, ATTACHMENT, &[]);
    note_extension(&parts, notes);
    Attachment {
        identifiers: parts.all("identifier").filter_map(|it| notes.identifier(it)).collect(),
        titles: parts.all("title").map(|it| notes.title(it)).collect(),
        kind: notes.listed(parts.first("type"), ATTACHMENT_KINDS),
        descriptions: parts.all("description").map(|it| notes.prose(it)).collect(),
        contents: parts.all("content").map(|it| notes.title(it)).collect(),
    }
}
