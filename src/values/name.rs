//! Resource names (AIP-122): `collection/id`.

use crate::{HeiId, Id, Violation};

/// The name of a thing with an identifier of the node's own.
pub fn of(collection: &str, id: impl std::fmt::Display) -> String {
    format!("{collection}/{id}")
}

/// Reads `collection/{uuid}` out of the field `field`.
///
/// # Errors
/// FIELD_MISSING if empty, BAD_IDENTIFIER if it is no name of that collection.
pub fn id(field: &str, collection: &str, text: &str) -> Result<Id, Violation> {
    let tail = tail(field, collection, text)?;
    tail.parse().map_err(|_| bad(field, collection, text))
}

/// Reads `collection/{domain}` out of the field `field`.
///
/// # Errors
/// FIELD_MISSING if empty, BAD_IDENTIFIER if it is no name of that collection.
pub fn institution(field: &str, collection: &str, text: &str) -> Result<HeiId, Violation> {
    HeiId::read(field, tail(field, collection, text)?).map_err(|_| bad(field, collection, text))
}

fn tail<'t>(field: &str, collection: &str, text: &'t str) -> Result<&'t str, Violation> {
    if text.is_empty() {
        return Err(Violation::missing(field));
    }
    text.strip_prefix(collection)
        .and_then(|rest| rest.strip_prefix('/'))
        .ok_or_else(|| bad(field, collection, text))
}

fn bad(field: &str, collection: &str, text: &str) -> Violation {
    let told = format!("{text:?} is not a name of the form {collection}/{{id}}");
    Violation::new(field, "BAD_IDENTIFIER", told)
}
