//! hei-elmo: adding up credits. They stand on one level of a branch only
//! (ELMO schema, `credit`), so a branch counts once.

use crate::decimal::Decimal;
use crate::model::{Credit, Specification};

/// What schemes are compared by: ECTS however it is spelled, others as sent.
#[must_use]
pub fn scheme_key(scheme: &str) -> &str {
    if scheme.trim().eq_ignore_ascii_case("ects") { "ects" } else { scheme }
}

/// The credits of one scheme on a specification itself; `None` if it has none
/// above zero.
#[must_use]
pub fn own(specification: &Specification, scheme: &str) -> Option<Decimal> {
    let credits = specification.instance.iter().flat_map(|it| &it.credits);
    credits
        .filter(|credit| in_scheme(credit, scheme))
        .filter_map(|credit| credit.value.clone())
        .find(|value| !value.is_zero())
}

/// The total of one scheme, each branch counted once: where a specification
/// has credits, its parts are not added to it. `None` if there are none, or
/// more than can be added exactly.
#[must_use]
pub fn total(specifications: &[Specification], scheme: &str) -> Option<Decimal> {
    specifications
        .iter()
        .filter_map(|it| own(it, scheme).or_else(|| total(&it.parts, scheme)))
        .map(Some)
        .reduce(|sum, next| sum?.plus(&next?))
        .flatten()
}

fn in_scheme(credit: &Credit, scheme: &str) -> bool {
    credit.scheme.as_deref().is_some_and(|sent| scheme_key(sent) == scheme_key(scheme))
}
