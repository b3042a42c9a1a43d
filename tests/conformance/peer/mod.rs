//! A partner's node as the suite plays it, from the contract alone: keys, descriptor, the two addresses
//! at which the node under test finds it, and the calls that it makes there.

mod door;
mod envelope;
mod keys;
mod line;
mod proof;
pub mod tls;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hei_proto::hei::messaging::v1::{DeliverRequest, EnvelopeHeader};
use prost::Message as _;

pub use envelope::Said;
pub use keys::{Keys, Use};
pub use line::Caller;
pub use proof::{receipt, signed_by};

use crate::clock;
use crate::suite::Node;
use crate::verdict::{Outcome, Stop};
use door::Doors;

/// How long a message of the node may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// One partner of the node, honest.
pub struct Partner {
    /// Its domain.
    pub domain: String,
    /// Its keys.
    pub keys: Arc<Keys>,
    /// Its public address.
    pub url: String,
    doors: Doors,
    node: Arc<Node>,
}

impl Partner {
    /// Makes keys and opens the doors. The node does not know of it yet.
    ///
    /// # Errors
    /// Error if it cannot listen.
    pub async fn start(domain: String, listen: IpAddr, node: Arc<Node>) -> Outcome<Self> {
        let keys = Keys::new(&domain, listen)
            .map_err(|e| Stop::error(format!("the partner's keys: {e}")))?;
        let keys = Arc::new(keys);
        let doors = Doors::open(&domain, listen, keys.clone(), node.clone()).await;
        let doors = doors
            .map_err(|e| Stop::error(format!("the partner cannot listen at {listen}: {e}")))?;
        let url = format!("https://{}", doors.public);
        Ok(Self { domain, keys, url, doors, node })
    }

    /// What the node's officer compares.
    pub fn fingerprint(&self) -> String {
        self.keys.id(Use::Descriptor)
    }

    /// It as a caller of the node.
    pub fn caller(&self) -> Caller {
        Caller { node: self.node.clone(), keys: Some(self.keys.clone()) }
    }

    /// Somebody who has no certificate.
    pub fn nobody(&self) -> Caller {
        Caller { node: self.node.clone(), keys: None }
    }

    /// An honest envelope to the node, but for what is said otherwise.
    pub fn envelope(&self, payload: Vec<u8>, said: Said) -> DeliverRequest {
        envelope::make(&self.keys, &self.domain, &self.node.domain, payload, said)
    }

    /// The attempts that the node has made to deliver a message here.
    pub fn attempts(&self, message_id: &str) -> Vec<DeliverRequest> {
        let received = self.doors.received();
        let is = |request: &&DeliverRequest| {
            EnvelopeHeader::decode(request.header.clone()).is_ok_and(|h| h.message_id == message_id)
        };
        received.iter().filter(is).cloned().collect()
    }

    /// The first attempt, once it is here.
    ///
    /// # Errors
    /// Fail if it never comes.
    pub async fn arrival(&self, message_id: &str) -> Outcome<DeliverRequest> {
        let end =
            clock::now().saturating_add(i64::try_from(PATIENCE.as_millis()).unwrap_or(i64::MAX));
        loop {
            if let Some(first) = self.attempts(message_id).into_iter().next() {
                return Ok(first);
            }
            if clock::now() > end {
                return Err(Stop::fail(format!(
                    "message {message_id} did not arrive in {} s",
                    PATIENCE.as_secs()
                )));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
