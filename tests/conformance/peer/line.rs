//! Calls of a partner at the node's peer listener, each on a connection of its own.

use std::io;
use std::sync::Arc;

use hei_proto::Rpc;
use hei_proto::hei::messaging::v1::{DeliverRequest, DeliverResponse};
use hyper_util::rt::TokioIo;
use prost::Message;
use prost::bytes::Bytes;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint, Uri};
use tower::service_fn;

use super::keys::Keys;
use super::tls;
use crate::clock;
use crate::suite::Node;
use crate::verdict::{Outcome, Stop};
use crate::wire::{Answered, Refusal, unary};

/// Who calls.
#[derive(Clone)]
pub struct Caller {
    pub(super) node: Arc<Node>,
    pub(super) keys: Option<Arc<Keys>>,
}

impl Caller {
    /// Calls a method of the peer listener.
    ///
    /// # Errors
    /// Fail for an answer that the contract does not know.
    pub async fn call<R: Rpc>(&self, request: R) -> Outcome<Answered<R::Answer>> {
        match self.bytes(R::PATH, request.encode_to_vec().into()).await {
            Ok(bytes) => {
                let answer = R::Answer::decode(bytes);
                answer.map(Ok).map_err(|e| {
                    Stop::fail(format!("{} answers what the contract does not know: {e}", R::PATH))
                })
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Calls a method with bytes of any kind.
    pub async fn bytes(&self, path: &str, request: Bytes) -> Answered<Bytes> {
        unary(self.channel().map_err(|e| Refusal::unreachable(e.to_string()))?, path, None, request)
            .await
    }

    /// Delivers an envelope by a clock that may be wrong.
    ///
    /// # Errors
    /// As `call`.
    pub async fn deliver(
        &self,
        envelope: &DeliverRequest,
        clock_ms: i64,
    ) -> Outcome<Answered<DeliverResponse>> {
        let sent = clock::timestamp(clock::now().saturating_add(clock_ms));
        self.call(DeliverRequest { send_time: Some(sent), ..envelope.clone() }).await
    }

    fn channel(&self) -> io::Result<Channel> {
        let (node, keys) = (self.node.clone(), self.keys.clone());
        let config = tls::client(keys.as_deref(), node.channel_keys()).map_err(io::Error::other)?;
        let connector = TlsConnector::from(Arc::new(config));
        // The connector below is the secure one; tonic must not add TLS of its own.
        let address = node.peer_address();
        let endpoint =
            Endpoint::from_shared(format!("http://{address}")).map_err(io::Error::other)?;
        let dial = move |_: Uri| {
            let (connector, address, node) = (connector.clone(), address.clone(), node.clone());
            async move {
                let tcp = TcpStream::connect(&address).await?;
                let name = ServerName::try_from(node.domain.clone()).map_err(io::Error::other)?;
                connector.connect(name, tcp).await.map(TokioIo::new)
            }
        };
        Ok(endpoint.connect_with_connector_lazy(service_fn(dial)))
    }
}
