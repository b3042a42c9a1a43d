//! hei-elm: the contexts a document may name. They are recognised, never
//! fetched; an address that is not in the list could give the same keys any
//! other meaning.

use crate::at::At;
use crate::notes::Notes;
use crate::tree::Tree;

/// W3C Verifiable Credentials Data Model 1.1.
pub const VC_CONTEXT: &str = "https://www.w3.org/2018/credentials/v1";
/// The application profile EDC of ELM 3; 3.1 and 3.2 alike.
pub const EDC_CONTEXT: &str = "http://data.europa.eu/snb/model/context/edc-ap";

/// The key.
pub(crate) const CONTEXT: &str = "@context";

/// Which content the address of the EDC context is taken to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContextCopy {
    /// Where a document has a term that only 3.1 has, and none that only 3.2 has.
    V3_1,
    #[default]
    V3_2,
}

impl ContextCopy {
    /// "3.1" or "3.2".
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V3_1 => "3.1",
            Self::V3_2 => "3.2",
        }
    }
}

/// The context of a credential: both addresses, the W3C one first (VCDM 1.1 §4.1).
pub(crate) fn check(sent: Option<&Tree<'_>>, at: &At<'_>, notes: &mut Notes) {
    let mut named = Vec::new();
    let strangers = strangers(sent, at, notes, |url| named.push(url.to_owned()));
    let missing = [VC_CONTEXT, EDC_CONTEXT].iter().any(|url| !named.iter().any(|it| it == url));
    if missing && strangers == 0 {
        let text = format!("the context must be [{VC_CONTEXT:?}, {EDC_CONTEXT:?}]");
        notes.fault(at, "CONTEXT_MISSING", text);
    } else if named.first().is_some_and(|first| first != VC_CONTEXT) {
        notes.deviation(at, "CONTEXT_ORDER", format!("{VC_CONTEXT:?} must stand first"));
    }
}

/// The code of an address, or an inline context, that is not in the list.
pub(crate) const CONTEXT_UNKNOWN: &str = "CONTEXT_UNKNOWN";

/// A context somewhere within changes what the keys below mean, unless it is a
/// known one.
pub(crate) fn check_inner(sent: &Tree<'_>, at: &At<'_>, notes: &mut Notes) {
    strangers(Some(sent), at, notes, |_| {});
}

/// How many are not in the list.
fn strangers(
    sent: Option<&Tree<'_>>,
    at: &At<'_>,
    notes: &mut Notes,
    mut known: impl FnMut(&str),
) -> usize {
    let mut strangers = 0;
    let Some(sent) = sent else { return 0 };
    sent.each(at, |one, at| match one.text() {
        Some(url) if [VC_CONTEXT, EDC_CONTEXT].contains(&url) => known(url),
        other => {
            strangers += 1;
            let found = other.map_or_else(
                || "a context of its own".to_owned(),
                // Longer than other values are shown, or addresses would look alike.
                |url| format!("{:?}", url.chars().take(200).collect::<String>()),
            );
            let text =
                format!("found {found}; known are {VC_CONTEXT} and {EDC_CONTEXT}, none is fetched");
            notes.fault(at, CONTEXT_UNKNOWN, text);
        }
    });
    strangers
}
