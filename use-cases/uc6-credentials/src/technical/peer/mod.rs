//! What a peer may call: reads only.

pub mod transcripts;
