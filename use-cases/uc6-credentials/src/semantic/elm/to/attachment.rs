//! Semantic: attachments as media objects: one for each content, base64 only.

use hei_elm::{MediaObject, vocabulary};
use hei_proto::hei::credentials::v1::{Attachment, AttachmentContent};

use super::super::{Lost, concept};
use super::texts;
use crate::semantic::record::base64_of;

/// The encoding base64, and the list it is in.
const BASE64: &str = "http://data.europa.eu/snb/encoding/6146cde7dd";
const ENCODINGS: &str = "http://data.europa.eu/snb/encoding/25831c2";

pub fn all(list: &[Attachment], lost: &mut Lost) -> Vec<MediaObject> {
    let mut objects = Vec::new();
    for (index, it) in list.iter().enumerate() {
        let at = format!("$.attachment[{index}]");
        if !it.identifiers.is_empty() {
            let told = "an attachment of ELM has no identifier";
            lost.tell(format!("{at}.identifier"), "ATTACHMENT_ID", told);
        }
        if it.contents.is_empty() {
            lost.tell(at.clone(), "CONTENT", "the shapes allow no attachment without content");
        }
        objects.extend(it.contents.iter().filter_map(|content| object(it, content, &at, lost)));
    }
    objects
}

fn object(
    it: &Attachment,
    content: &AttachmentContent,
    at: &str,
    lost: &mut Lost,
) -> Option<MediaObject> {
    if content.data_uri.is_empty() && content.size_bytes > 0 {
        lost.tell(format!("{at}.content"), "CONTENT", "the content is not in this view");
        return None;
    }
    let Some((kind, base64)) = parts(&content.data_uri) else {
        let told = "the content is no base64 of a type that the EU's table has";
        lost.tell(format!("{at}.content"), "CONTENT", told);
        return None;
    };
    if !matches!(content.language.as_str(), "" | "und") {
        let told = "the content of an attachment has no language in ELM";
        lost.tell(format!("{at}.content.language"), "LANGUAGE", told);
    }
    let list = vocabulary::FILE_TYPE;
    Some(MediaObject {
        titles: texts(&it.titles),
        descriptions: texts(&it.descriptions),
        kind: (!it.r#type.is_empty()).then(|| concept::own("attachment-type", &it.r#type)),
        content: Some(base64.to_owned()),
        content_encoding: Some(concept::listed(BASE64.to_owned(), ENCODINGS, None)),
        content_type: Some(concept::listed(format!("{list}/{kind}"), list, None)),
        ..MediaObject::default()
    })
}

/// File type and base64 of a data URI.
fn parts(data_uri: &str) -> Option<(&'static str, &str)> {
    let (media_type, base64) = base64_of(data_uri)?;
    Some((vocabulary::file_type(media_type)?, base64))
}
