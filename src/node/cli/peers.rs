//! `peer own|add|list|suspend|resume|remove`.

use hei_proto::hei::node::v1::{
    AddPeerRequest, GetNodeRequest, ListPeersRequest, Peer, PeerState, RemovePeerRequest,
    ResumePeerRequest, SuspendPeerRequest,
};
use hei_values::{Millis, Refused, name};
use serde_json::{Value, json};

use super::Ended;
use super::arguments::PeerCommand;
use super::ops::Ops;
use super::said::Said;
use crate::Config;

/// Does what the command says to a partner.
///
/// # Errors
/// What the node refuses.
pub async fn run(config: &Config, command: &PeerCommand, said: &Said) -> Result<Ended, Refused> {
    let ops = Ops::of(config).await?;
    let named = |institution: &str| name::of("peers", institution);
    let peer = match command {
        PeerCommand::Own => return own(&ops, said).await,
        PeerCommand::List => return list(&ops, said).await,
        PeerCommand::Add { url, fingerprint } => {
            let (url, fingerprint) = (url.clone(), fingerprint.clone());
            ops.call(AddPeerRequest { url, fingerprint, ..Default::default() }).await?
        }
        PeerCommand::Suspend { institution } => {
            let name = named(institution);
            ops.call(SuspendPeerRequest { name, ..Default::default() }).await?
        }
        PeerCommand::Resume { institution } => {
            let name = named(institution);
            ops.call(ResumePeerRequest { name, ..Default::default() }).await?
        }
        PeerCommand::Remove { institution } => {
            let name = named(institution);
            ops.call(RemovePeerRequest { name, ..Default::default() }).await?
        }
    };
    said.result(&text(&peer), &value(&peer));
    Ok(Ended::Well)
}

async fn own(ops: &Ops, said: &Said) -> Result<Ended, Refused> {
    let node = ops.call(GetNodeRequest {}).await?;
    let told = format!("{}  fingerprint {}", node.institution, node.fingerprint);
    let value = json!({
        "institution": node.institution,
        "fingerprint": node.fingerprint,
        "version": node.version,
    });
    said.result(&told, &value);
    Ok(Ended::Well)
}

async fn list(ops: &Ops, said: &Said) -> Result<Ended, Refused> {
    let mut page_token = String::new();
    loop {
        let page = ops.call(ListPeersRequest { page_size: 0, page_token }).await?;
        page.peers.iter().for_each(|peer| said.result(&text(peer), &value(peer)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(Ended::Well);
        }
    }
}

fn state(peer: &Peer) -> &'static str {
    match peer.state() {
        PeerState::Active => "active",
        PeerState::Suspended => "suspended",
        PeerState::Removed => "removed",
        PeerState::Unspecified => "unknown",
    }
}

fn text(peer: &Peer) -> String {
    let institution = peer.name.trim_start_matches("peers/");
    format!("{institution}  {}  {}  {}", state(peer), peer.peer_address, peer.fingerprint)
}

fn value(peer: &Peer) -> Value {
    let expires = peer.descriptor_expire_time.as_ref().and_then(Millis::from_timestamp);
    json!({
        "name": peer.name,
        "state": state(peer),
        "address": peer.peer_address,
        "fingerprint": peer.fingerprint,
        "descriptorVersion": peer.descriptor_version,
        "descriptorExpires": expires.map(Millis::to_rfc3339),
        "etag": peer.etag,
    })
}
