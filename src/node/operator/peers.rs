//! PeerDirectoryService: the partners whose nodes this node trusts.

use std::sync::Arc;

use hei_messaging::descriptor::Pinned;
use hei_messaging::peers::{self, Known, State};
use hei_proto::hei::node::v1::{
    AddPeerRequest, GetPeerRequest, ListPeersRequest, ListPeersResponse, Peer, PeerState,
    RemovePeerRequest, ResumePeerRequest, SuspendPeerRequest,
};
use hei_store::page;
use hei_use_case::{Call, Failed, Read};
use hei_values::{HeiId, Millis, Refused, Violation, Violations, name};

/// Partners of a page where the caller names no size.
const PAGE_SIZE_DEFAULT: u32 = 50;
/// The most partners of a page.
const PAGE_SIZE_MAX: u32 = 200;

/// A partner to add.
pub struct Add {
    pub url: String,
    pub fingerprint: String,
}

/// A partner and the revision that the caller saw.
pub struct Named {
    peer: HeiId,
    etag: String,
}

/// The page that is asked for.
pub struct Listed {
    size: u64,
    token: String,
}

/// Reads address and fingerprint.
pub fn add_check(request: AddPeerRequest) -> Result<Add, Violations> {
    let mut faults = Violations::default();
    for (field, value) in [("url", &request.url), ("fingerprint", &request.fingerprint)] {
        if value.is_empty() {
            faults.0.push(Violation::missing(field));
        }
    }
    faults.or(Some(Add { url: request.url, fingerprint: request.fingerprint }))
}

/// Pins the descriptor that was fetched and fits the fingerprint.
pub async fn add(call: &mut Call, it: &(Arc<Add>, Pinned)) -> Result<Peer, Failed> {
    let (add, pinned) = it;
    let (conn, actor) = (call.conn(), &call.caller().client);
    let known = peers::pin(conn, call.desk(), &add.url, pinned, actor, call.now()).await?;
    Ok(shown(&known))
}

/// Reads the name.
pub fn get_check(request: GetPeerRequest) -> Result<HeiId, Violations> {
    Ok(name::institution("name", "peers", &request.name)?)
}

/// Finds the partner.
pub async fn get(read: &Read, peer: &HeiId) -> Result<Peer, Failed> {
    let known = peers::find(read.conn(), read.institution().id, peer).await?;
    let known = known.ok_or_else(|| Refused::not_found(&name::of("peers", peer)))?;
    Ok(shown(&known))
}

/// Reads the size.
pub fn list_check(request: ListPeersRequest) -> Result<Listed, Violations> {
    let size = page::size(request.page_size, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)?;
    Ok(Listed { size, token: request.page_token })
}

/// Reads the page.
pub async fn list(read: &Read, it: &Listed) -> Result<ListPeersResponse, Failed> {
    let after = read.page_start_text(&it.token, &[])?;
    let own = read.institution().id;
    let limit = it.size.saturating_add(1);
    let mut found = peers::page(read.conn(), own, after.as_deref(), limit).await?;
    let more = found.len() as u64 > it.size;
    found.truncate(usize::try_from(it.size).unwrap_or(usize::MAX));
    let last = found.last().filter(|_| more).map(|known| known.row.domain.clone());
    Ok(ListPeersResponse {
        next_page_token: read.page_token(last, &[]),
        peers: found.iter().map(shown).collect(),
    })
}

fn named(field: &str, peer: &str, etag: String) -> Result<Named, Violations> {
    Ok(Named { peer: name::institution(field, "peers", peer)?, etag })
}

/// Reads name and etag.
pub fn suspend_check(request: SuspendPeerRequest) -> Result<Named, Violations> {
    named("name", &request.name, request.etag)
}

/// Ends all exchange.
pub async fn suspend(call: &mut Call, it: &Named) -> Result<Peer, Failed> {
    let (conn, desk, actor) = (call.conn(), call.desk(), &call.caller().client);
    let known = peers::suspend(conn, desk, &it.peer, &it.etag, actor, call.now()).await?;
    Ok(shown(&known))
}

/// Reads name and etag.
pub fn resume_check(request: ResumePeerRequest) -> Result<Named, Violations> {
    named("name", &request.name, request.etag)
}

/// Takes the exchange up again.
pub async fn resume(call: &mut Call, it: &Named) -> Result<Peer, Failed> {
    let (conn, desk, actor) = (call.conn(), call.desk(), &call.caller().client);
    let known = peers::resume(conn, desk, &it.peer, &it.etag, actor, call.now()).await?;
    Ok(shown(&known))
}

/// Reads name and etag.
pub fn remove_check(request: RemovePeerRequest) -> Result<Named, Violations> {
    named("name", &request.name, request.etag)
}

/// Forgets the partner's keys.
pub async fn remove(call: &mut Call, it: &Named) -> Result<Peer, Failed> {
    let (conn, desk, actor) = (call.conn(), call.desk(), &call.caller().client);
    let known = peers::remove(conn, desk, &it.peer, &it.etag, actor, call.now()).await?;
    Ok(shown(&known))
}

fn shown(known: &Known) -> Peer {
    let state = match known.state() {
        State::Active => PeerState::Active,
        State::Suspended => PeerState::Suspended,
        State::Removed => PeerState::Removed,
    };
    let pinned = &known.pinned;
    Peer {
        name: name::of("peers", &pinned.institution),
        state: state.into(),
        fingerprint: pinned.fingerprint().to_owned(),
        peer_address: pinned.descriptor.peer_address.clone(),
        descriptor_version: pinned.version,
        descriptor_expire_time: Some(pinned.expires.to_timestamp()),
        create_time: Some(Millis(known.row.create_ms).to_timestamp()),
        update_time: Some(Millis(known.row.update_ms).to_timestamp()),
        etag: known.etag().text().to_owned(),
        descriptor: pinned.signed.descriptor.clone(),
    }
}
