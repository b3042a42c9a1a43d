//! Semantic: media objects of a credential as attachments.

use hei_elm::{MediaObject, vocabulary};
use hei_proto::hei::credentials::v1::{Attachment, AttachmentContent};

use super::super::{Lost, concept};
use super::by_language;

pub fn all(list: &[MediaObject], lost: &mut Lost) -> Vec<Attachment> {
    let one = |(index, it)| attachment(it, &format!("$.attachment[{index}]"), lost);
    list.iter().enumerate().map(one).collect()
}

fn attachment(it: &MediaObject, at: &str, lost: &mut Lost) -> Attachment {
    lost.members(at, &[("contentURL", it.content_url.is_some())]);
    let kind = it.kind.as_ref().map(|it| match concept::own_code(it, "attachment-type") {
        Some(word) => word.to_owned(),
        None => concept::label(it),
    });
    Attachment {
        titles: by_language(&it.titles, &format!("{at}.title"), lost),
        r#type: kind.unwrap_or_default(),
        descriptions: by_language(&it.descriptions, &format!("{at}.description"), lost),
        contents: content(it, at, lost).into_iter().collect(),
        ..Attachment::default()
    }
}

/// The content as a data URI (RFC 2397).
fn content(it: &MediaObject, at: &str, lost: &mut Lost) -> Option<AttachmentContent> {
    let base64 = it.content.as_deref().filter(|it| !it.is_empty())?;
    let kind = it.content_type.as_ref().and_then(|it| it.id.as_deref()).unwrap_or_default();
    let kind = kind.strip_prefix(vocabulary::FILE_TYPE).and_then(|it| it.strip_prefix('/'));
    let media_type = kind.and_then(vocabulary::media_type);
    if media_type.is_none() {
        let told = "the media type of this file type is not known here";
        lost.tell(format!("{at}.contentType"), "CONTENT_TYPE", told);
    }
    let media_type = media_type.unwrap_or("application/octet-stream");
    let data_uri = format!("data:{media_type};base64,{base64}");
    let size_bytes = data_uri.len() as u64;
    let language = hei_elm::UNDETERMINED.to_owned();
    Some(AttachmentContent { language, data_uri, size_bytes, ..Default::default() })
}
