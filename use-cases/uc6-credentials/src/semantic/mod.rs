//! Semantic: what a transcript of records means, when it is whole, and how it
//! stands in the documents of the field. No I/O, no rule about who may do what.

// The mapping is tested; the services do not offer ELM yet.
#[cfg(test)]
pub mod elm;
pub mod elmo;
pub mod record;
pub mod transcript;
