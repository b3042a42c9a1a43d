//! Letters: a kind of message of the laboratory (tests/lab-node) of which there are two
//! versions, and postcards, of which there is one. Written by hand, since the contract
//! that is released knows neither.

use hei_proto::hei::common::v1::{CodedValue, Role};
use hei_proto::{Access, Kind, Rpc, Unary};

/// Which versions of letters a laboratory's node takes, as "1,2"; none where it is not set.
pub const TAKEN: &str = "HEI_LAB_LETTERS";

/// A letter as it was first.
#[derive(Clone, PartialEq, prost::Message)]
pub struct LetterV1 {
    #[prost(string, tag = "1")]
    pub text: String,
}

/// A letter as it is now.
#[derive(Clone, PartialEq, prost::Message)]
pub struct LetterV2 {
    #[prost(string, repeated, tag = "2")]
    pub pages: Vec<String>,
}

/// A postcard.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Postcard {
    #[prost(string, tag = "1")]
    pub text: String,
}

impl Kind for LetterV1 {
    type Answer = ();
    const NAME: &'static str = "hei.lab.letter";
    const VERSION: u32 = 1;
}

impl Kind for LetterV2 {
    type Answer = ();
    const NAME: &'static str = "hei.lab.letter";
    const VERSION: u32 = 2;
}

impl Kind for Postcard {
    type Answer = ();
    const NAME: &'static str = "hei.lab.postcard";
    const VERSION: u32 = 1;
}

/// Asks to write to a partner.
#[derive(Clone, PartialEq, prost::Message)]
pub struct WriteRequest {
    /// Its domain.
    #[prost(string, tag = "1")]
    pub to: String,
    /// What it is about: one thing's letters and postcards arrive in order.
    #[prost(string, tag = "2")]
    pub about: String,
    /// A postcard, not a letter.
    #[prost(bool, tag = "3")]
    pub postcard: bool,
}

/// It is queued.
#[derive(Clone, PartialEq, prost::Message)]
pub struct WriteResponse {
    /// "messages/{id}".
    #[prost(string, tag = "1")]
    pub message: String,
}

impl Unary for WriteRequest {}

impl Rpc for WriteRequest {
    type Answer = WriteResponse;
    const PATH: &'static str = "/hei.lab.v1.LetterService/Write";
    const ACCESS: Access = Access {
        roles: &[Role::Sis],
        personal: false,
        serves_rights: false,
        request_bytes_max: 1 << 20,
    };

    fn request_id(&self) -> Option<&str> {
        None
    }

    fn etag(&self) -> Option<&str> {
        None
    }

    fn purpose(&self) -> Option<&CodedValue> {
        None
    }
}
