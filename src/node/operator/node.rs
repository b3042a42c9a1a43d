//! GetNode: what this node is.

use std::sync::Arc;

use hei_proto::hei::messaging::v1::SignedDescriptor;
use hei_proto::hei::node::v1::{Node, StateMachine};
use hei_use_case::{Failed, Read};

/// What the running node knows of itself.
pub struct Checked {
    pub descriptor: SignedDescriptor,
    pub machines: Arc<Vec<StateMachine>>,
}

/// Says it.
pub async fn handle(read: &Read, it: &Checked) -> Result<Node, Failed> {
    Ok(Node {
        institution: read.institution().domain.to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fingerprint: it.descriptor.key_id.clone(),
        descriptor: Some(it.descriptor.clone()),
        machines: it.machines.to_vec(),
    })
}
