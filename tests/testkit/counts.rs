//! Counting: a job of the laboratory (tests/lab-node). Each step of it makes a person, so
//! that a step which was done twice shows in the table of persons.

use hei_proto::hei::common::v1::{CodedValue, Role};
use hei_proto::{Access, Rpc, Unary};

/// Asks for a job.
#[derive(Clone, PartialEq, prost::Message)]
pub struct CountRequest {
    /// So many steps.
    #[prost(uint64, tag = "1")]
    pub to: u64,
    /// So long between two of them; without a pause if 0.
    #[prost(int64, tag = "2")]
    pub pause_ms: i64,
    /// The step after which it is refused for good; never if 0.
    #[prost(uint64, tag = "3")]
    pub refused_after: u64,
}

/// It has begun; and what it ends with.
#[derive(Clone, PartialEq, prost::Message)]
pub struct CountResponse {
    /// "operations/{id}".
    #[prost(string, tag = "1")]
    pub operation: String,
}

impl Unary for CountRequest {}

impl Rpc for CountRequest {
    type Answer = CountResponse;
    const PATH: &'static str = "/hei.lab.v1.CountService/Count";
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
