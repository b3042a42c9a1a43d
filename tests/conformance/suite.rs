//! What all scenarios of a run share: the node under test, who calls it, and the partners that meet it.

use std::sync::Arc;

use hei_proto::hei::messaging::v1::{KeyUse, NodeDescriptor};
use hei_proto::hei::node::v1::{AddPeerRequest, GetNodeRequest, Node as Told, RemovePeerRequest};
use prost::Message as _;
use tokio::sync::OnceCell;

use crate::Setup;
use crate::clock;
use crate::peer::Partner;
use crate::verdict::{Outcome, Stop};
use crate::wire::Campus;

/// The roles in one of which the node is asked what it is.
const ASKING: [&str; 6] =
    ["registrar", "sis", "trust_officer", "operator", "learner", "catalogue_editor"];

/// The node under test as it describes itself.
#[derive(Debug)]
pub struct Node {
    /// Its institution's domain.
    pub domain: String,
    /// Its descriptor.
    pub descriptor: NodeDescriptor,
}

impl Node {
    /// The keys of its channel, each as SubjectPublicKeyInfo in DER.
    pub fn channel_keys(&self) -> Vec<Vec<u8>> {
        let keys = self.descriptor.keys.iter().filter(|key| key.r#use() == KeyUse::Tls);
        keys.map(|key| key.public_key.to_vec()).collect()
    }

    /// "host:port" of its peer listener.
    pub fn peer_address(&self) -> String {
        self.descriptor.peer_address.clone()
    }
}

/// One run.
pub struct Suite {
    /// How to reach the node.
    pub setup: Setup,
    /// Its campus.
    pub campus: Campus,
    /// The node itself.
    pub node: Arc<Node>,
    partner: OnceCell<Arc<Partner>>,
    second: OnceCell<Arc<Partner>>,
}

impl Suite {
    /// Asks the node what it is.
    ///
    /// # Errors
    /// Error if that cannot be found out.
    pub async fn meet(setup: Setup) -> Outcome<Self> {
        let campus = Campus::at(&setup.target, &setup.tokens).map_err(Stop::error)?;
        let role = ASKING.iter().find(|role| campus.has(role));
        let role = role.ok_or_else(|| Stop::error("the setup has no token at all"))?;
        let told = campus.call(role, GetNodeRequest {}).await?;
        let told = told.map_err(|refusal| {
            Stop::error(format!("the node does not say what it is: {refusal}"))
        })?;
        let node =
            Arc::new(Node { domain: told.institution.clone(), descriptor: descriptor(&told)? });
        Ok(Self { setup, campus, node, partner: OnceCell::new(), second: OnceCell::new() })
    }

    /// The partner whose keys the node has pinned.
    ///
    /// # Errors
    /// Skip without a token for the trust officer, who pins them.
    pub async fn partner(&self) -> Outcome<Arc<Partner>> {
        self.partner.get_or_try_init(|| self.befriended("a")).await.cloned()
    }

    /// A second one.
    ///
    /// # Errors
    /// As `partner`.
    pub async fn second(&self) -> Outcome<Arc<Partner>> {
        self.second.get_or_try_init(|| self.befriended("b")).await.cloned()
    }

    /// A partner of which the node does not know.
    ///
    /// # Errors
    /// Error if it cannot listen.
    pub async fn stranger(&self, domain: String) -> Outcome<Arc<Partner>> {
        Partner::start(domain, self.setup.listen, self.node.clone()).await.map(Arc::new)
    }

    async fn befriended(&self, letter: &str) -> Outcome<Arc<Partner>> {
        let partner = self.stranger(format!("{letter}-{}.example", clock::fresh())).await?;
        let (url, fingerprint) = (partner.url.clone(), partner.fingerprint());
        let request = AddPeerRequest { url, fingerprint, ..Default::default() };
        match self.campus.call("trust_officer", request).await? {
            Ok(_) => Ok(partner),
            Err(refusal) => Err(Stop::error(format!(
                "the node does not add the partner at {}: {refusal}",
                partner.url
            ))),
        }
    }

    /// The node forgets the partners of this run.
    pub async fn leave(&self) {
        for partner in [self.partner.get(), self.second.get()].into_iter().flatten() {
            let name = format!("peers/{}", partner.domain);
            let request = RemovePeerRequest { name, ..Default::default() };
            // Whoever runs the node can remove them as well.
            let _ = self.campus.call("trust_officer", request).await;
        }
    }
}

fn descriptor(told: &Told) -> Outcome<NodeDescriptor> {
    let signed =
        told.descriptor.as_ref().ok_or_else(|| Stop::error("the node shows no descriptor"))?;
    NodeDescriptor::decode(signed.descriptor.clone())
        .map_err(|e| Stop::error(format!("the node's descriptor: {e}")))
}
