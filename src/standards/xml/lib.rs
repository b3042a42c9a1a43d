//! hei-xml: the only XML reader and writer of the node. It knows no document
//! type, no file and no network: bytes in, a small tree or a named trouble out.
//!
//! What it promises: no DTD at all, depth 64, a cap on the structure and
//! another on attachment content, both held while reading and again after
//! decompression; only the five predefined entities and character references
//! are resolved; names are compared by namespace, never by prefix.

mod base64;
mod character;
mod container;
mod encoding;
mod form;
mod limits;
mod namespaces;
mod parse;
mod spent;
mod tag;
mod tree;
mod trouble;
mod writer;

pub use character::{carriable, first_uncarriable};
pub use container::{Text, Wrapping, open, wrapping};
pub use limits::{
    ATTACHMENT_BYTES_MAX, ATTRIBUTES_MAX, ATTRIBUTES_PER_ELEMENT_MAX, Cap, DEPTH_MAX, ELEMENTS_MAX,
    Limits, STRUCTURE_BYTES_MAX,
};
pub use namespaces::XML_NAMESPACE;
pub use parse::parse;
pub use tree::{Attribute, Document, Element};
pub use trouble::{Position, Trouble};
pub use writer::Writer;

#[cfg(test)]
mod tests;
