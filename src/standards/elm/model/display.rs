//! hei-elm: how a credential is to be shown, as its issuer rendered it.

use crate::class::class;
use crate::model::{Concept, MediaObject};
use crate::texts::Texts;
use crate::value::Whole;

class! {
    /// The display of a credential.
    DisplayParameter = ["DisplayParameter"] "displayParameter" {
        titles: Texts = "title" Many,
        descriptions: Texts = "description" Any,
        primary_language: Option<Concept> = "primaryLanguage" One,
        languages: Vec<Concept> = "language" Many,
        summary: Option<String> = "summaryDisplay" Optional,
        displays: Vec<IndividualDisplay> = "individualDisplay" Many,
    }
}

class! {
    /// The pages in one language.
    IndividualDisplay = ["IndividualDisplay"] "individualDisplay" {
        language: Option<Concept> = "language" One,
        pages: Vec<DisplayDetail> = "displayDetail" Many,
    }
}

class! {
    /// One page.
    DisplayDetail = ["DisplayDetail"] "displayDetail" {
        page: Option<Whole> = "page" One,
        image: Option<MediaObject> = "image" One,
    }
}
