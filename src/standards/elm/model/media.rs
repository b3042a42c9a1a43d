//! hei-elm: files, notes, web pages.

use crate::class::class;
use crate::model::Concept;
use crate::texts::Texts;
use crate::value::Whole;

class! {
    /// A file within the document. Hostile until examined.
    MediaObject = ["MediaObject"] "mediaObject" {
        titles: Texts = "title" Any,
        descriptions: Texts = "description" Any,
        kind: Option<Concept> = "attachmentType" Optional,
        content: Option<String> = "content" One,
        content_encoding: Option<Concept> = "contentEncoding" One,
        content_type: Option<Concept> = "contentType" One,
        content_size: Option<Whole> = "contentSize" Optional,
        content_url: Option<String> = "contentURL" Optional,
    }
}

class! {
    /// A text that stands as a node.
    Note = ["Note"] "note" {
        literals: Texts = "noteLiteral" Many,
        format: Option<Concept> = "noteFormat" Optional,
        subject: Option<Concept> = "subject" Optional,
    }
}

class! {
    /// A web page.
    WebResource = ["WebResource"] "webResource" {
        titles: Texts = "title" Any,
        content_url: Option<String> = "contentURL" One,
        language: Option<Concept> = "language" Optional,
    }
}
