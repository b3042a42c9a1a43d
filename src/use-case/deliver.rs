//! The two methods of the peer listener that belong to no use case. Deliver runs
//! its own transactions, since a refused message leaves evidence though it has no
//! effect.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hei_messaging::Messaging;
use hei_proto::Rpc;
use hei_proto::hei::messaging::v1::{DeliverRequest, GetDescriptorRequest};
use hei_values::{Code, Principal, Refused};
use prost::Message as _;
use prost::bytes::Bytes;

use crate::run::Run;
use crate::{Handler, Node};

/// The methods of `hei.messaging.v1.MessagingPeerService`.
pub fn peer_handlers(messaging: &Messaging) -> Vec<Handler> {
    vec![
        Handler::new::<DeliverRequest>(Deliver(messaging.clone())),
        Handler::new::<GetDescriptorRequest>(GetDescriptor(messaging.clone())),
    ]
}

struct Deliver(Messaging);
struct GetDescriptor(Messaging);

impl Run for Deliver {
    fn run<'a>(
        &'a self,
        _: &'a Arc<Node>,
        caller: &'a Principal,
        request: Bytes,
    ) -> BoxFuture<'a, Result<Bytes, Refused>> {
        Box::pin(async move {
            let from = caller.peer.as_ref().ok_or_else(not_a_peer)?;
            let answer = self.0.deliver(from, decoded(request)?).await?;
            Ok(answer.encode_to_vec().into())
        })
    }
}

impl Run for GetDescriptor {
    fn run<'a>(
        &'a self,
        _: &'a Arc<Node>,
        caller: &'a Principal,
        request: Bytes,
    ) -> BoxFuture<'a, Result<Bytes, Refused>> {
        Box::pin(async move {
            let from = caller.peer.as_ref().ok_or_else(not_a_peer)?;
            let request: GetDescriptorRequest = decoded(request)?;
            self.0.heard_of_version(from, request.own_version);
            Ok(self.0.descriptor().encode_to_vec().into())
        })
    }
}

fn decoded<R: Rpc>(request: Bytes) -> Result<R, Refused> {
    R::decode(request).map_err(|e| {
        let told = format!("these bytes are no request of {}: {e}", R::PATH);
        Refused::new(Code::InvalidArgument, "MALFORMED", told)
    })
}

fn not_a_peer() -> Refused {
    Refused::new(Code::PermissionDenied, "PEER_UNTRUSTED", "only a trusted peer may deliver")
}
