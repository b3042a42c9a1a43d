//! Semantic: texts by language. ELM has one text a language; tags are compared
//! without case and kept as sent (BCP 47 §2.1.1).

use std::collections::HashSet;

use hei_elmo::{Text, path, vocabulary::is_language_tag};
use hei_proto::hei::common::v1::{LocalizedText, Loss};

use super::{UNDETERMINED, loss};

/// One text a language; a second one, and a tag that is not one language, are losses.
pub fn by_language(
    texts: &[Text],
    at: &str,
    name: &str,
    lost: &mut Vec<Loss>,
) -> Vec<LocalizedText> {
    let mut seen = HashSet::new();
    let mut kept = Vec::with_capacity(texts.len());
    for (index, it) in texts.iter().enumerate() {
        let language = tag(it, || path::child(at, name, index), lost);
        if seen.insert(language.to_ascii_lowercase()) {
            kept.push(LocalizedText { language, text: it.text.clone() });
        } else {
            let told =
                format!("a second text in the language {language:?}; the first one was taken");
            lost.push(loss(path::child(at, name, index), "LANGUAGE_REPEATED", &told));
        }
    }
    kept
}

/// Every text, where several may be in one language: names in several scripts.
pub fn every(texts: &[Text], at: &str, name: &str, lost: &mut Vec<Loss>) -> Vec<LocalizedText> {
    let one = |(index, it): (usize, &Text)| LocalizedText {
        language: tag(it, || path::child(at, name, index), lost),
        text: it.text.clone(),
    };
    texts.iter().enumerate().map(one).collect()
}

/// The tag as sent, `und` where there is none or none that says one language.
pub fn tag(it: &Text, at: impl FnOnce() -> String, lost: &mut Vec<Loss>) -> String {
    match it.language.as_deref() {
        None => UNDETERMINED.to_owned(),
        Some(tag) if is_language_tag(tag) => tag.to_owned(),
        Some(tag) => {
            let told = format!("{tag:?} is not one language; the text is kept without");
            lost.push(loss(at(), "LANGUAGE_FORM", &told));
            UNDETERMINED.to_owned()
        }
    }
}

/// Back: what is `und` goes out untagged.
pub fn texts(list: &[LocalizedText]) -> Vec<Text> {
    list.iter().map(|it| text(&it.language, &it.text)).collect()
}

/// Back, for one.
pub fn text(language: &str, text: &str) -> Text {
    let untagged = language.is_empty() || language.eq_ignore_ascii_case(UNDETERMINED);
    Text { language: (!untagged).then(|| language.to_owned()), text: text.to_owned() }
}
