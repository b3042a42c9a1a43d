//! `hei.credentials.v1.TranscriptPeerService`.

pub mod fetch;
pub mod list_sent;
