//! gRPC messages as bytes: whoever calls encodes and decodes. And what a status says.

use std::time::Duration;

use hei_values::Code;
use prost::bytes::{Buf as _, BufMut as _, Bytes};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic_types::StatusExt as _;

use super::Failure;

/// Leaves bytes as they are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// What a status says. Every refusal of a node has an ErrorInfo; a status without
/// one comes from the way there, and says nothing about the message.
pub(super) fn failure(status: &Status) -> Failure {
    let Some(info) = status.get_details_error_info() else {
        return Failure::unreachable(way(status));
    };
    let delay = status.get_details_retry_info().and_then(|info| info.retry_delay);
    Failure {
        code: code(status.code()),
        reason: info.reason,
        message: status.message().to_owned(),
        retry_after: delay.filter(|delay| *delay > Duration::ZERO),
    }
}

/// What is wrong on the way: tonic's own words, unless they only say that it was the
/// transport, and then their cause.
fn way(status: &Status) -> String {
    match std::error::Error::source(status) {
        Some(cause) if matches!(status.message(), "" | "transport error") => chain(cause),
        _ => status.message().to_owned(),
    }
}

fn code(code: tonic::Code) -> Code {
    match code {
        tonic::Code::InvalidArgument => Code::InvalidArgument,
        tonic::Code::Unauthenticated => Code::Unauthenticated,
        tonic::Code::PermissionDenied => Code::PermissionDenied,
        tonic::Code::NotFound => Code::NotFound,
        tonic::Code::AlreadyExists => Code::AlreadyExists,
        tonic::Code::FailedPrecondition => Code::FailedPrecondition,
        tonic::Code::Aborted => Code::Aborted,
        tonic::Code::ResourceExhausted => Code::ResourceExhausted,
        tonic::Code::OutOfRange => Code::OutOfRange,
        tonic::Code::DeadlineExceeded => Code::DeadlineExceeded,
        tonic::Code::Unimplemented => Code::Unimplemented,
        tonic::Code::Internal => Code::Internal,
        tonic::Code::Ok
        | tonic::Code::Cancelled
        | tonic::Code::Unknown
        | tonic::Code::Unavailable
        | tonic::Code::DataLoss => Code::Unavailable,
    }
}

/// An error with what caused it: tonic's own words are only "transport error".
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        told.push_str(": ");
        told.push_str(&next.to_string());
        cause = next.source();
    }
    told
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_status_of_a_node_keeps_its_reason_and_any_other_says_only_that_nobody_answered() {
        let mut details = ErrorDetails::new();
        details.set_error_info("KIND_UNKNOWN", "hei", [("kind".to_owned(), "x".to_owned())]);
        details.set_retry_info(Some(Duration::from_secs(3)));
        let code = tonic::Code::Unimplemented;
        let told = failure(&Status::with_error_details(code, "too new", details));
        assert_eq!((told.code, told.reason.as_str()), (Code::Unimplemented, "KIND_UNKNOWN"));
        assert_eq!(
            (told.message.as_str(), told.retry_after),
            ("too new", Some(Duration::from_secs(3)))
        );
        // A proxy that forbids everything has not judged the message.
        let proxy = failure(&Status::permission_denied("forbidden"));
        assert_eq!((proxy.code, proxy.reason.as_str()), (Code::Unavailable, "PEER_UNREACHABLE"));
        assert!(proxy.message.contains("forbidden"));
    }
}
