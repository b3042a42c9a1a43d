//! MessageService: what this node sends, and what became of it.

use hei_messaging::outbox::{self, Filter, State};
use hei_proto::hei::messaging::v1::{
    GetMessageRequest, ListMessagesRequest, ListMessagesResponse, Message, MessageState,
    ReplayMessageRequest,
};
use hei_store::page;
use hei_use_case::{Call, Failed, Read};
use hei_values::{Id, Refused, Violation, Violations, name};

/// Messages of a page where the caller names no size.
const PAGE_SIZE_DEFAULT: u32 = 50;
/// The most messages of a page.
const PAGE_SIZE_MAX: u32 = 200;

/// The page that is asked for.
pub struct Listed {
    filter: Filter,
    size: u64,
    token: String,
}

/// The dead letter and the revision that the caller saw.
pub struct Replay {
    id: Id,
    etag: String,
}

/// Reads the name.
pub fn get_check(request: GetMessageRequest) -> Result<Id, Violations> {
    Ok(name::id("name", "messages", &request.name)?)
}

/// Finds the message.
pub async fn get(read: &Read, id: &Id) -> Result<Message, Failed> {
    let found = outbox::find(read.conn(), read.institution().id, *id).await?;
    let found = found.ok_or_else(|| Refused::not_found(&name::of("messages", id)))?;
    Ok(found.shown())
}

/// Reads size and filter.
pub fn list_check(request: ListMessagesRequest) -> Result<Listed, Violations> {
    let mut faults = Violations::default();
    let size = page::size(request.page_size, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX);
    let size = faults.take(size);
    let state = faults.take(state(request.state));
    let peer = match request.peer.as_str() {
        "" => Some(None),
        named => faults.take(name::institution("peer", "peers", named)).map(Some),
    };
    let (size, (state, peer)) = faults.or(size.zip(state.zip(peer)))?;
    Ok(Listed { filter: Filter { state, peer }, size, token: request.page_token })
}

fn state(number: i32) -> Result<Option<State>, Violation> {
    MessageState::try_from(number).map(State::of).map_err(|_| {
        Violation::new("state", "CODE_UNKNOWN", format!("{number} is no state of a message"))
    })
}

/// Reads the page.
pub async fn list(read: &Read, it: &Listed) -> Result<ListMessagesResponse, Failed> {
    let peer = it.filter.peer.as_ref().map_or("", |p| p.as_str());
    let bound = format!("{}\n{peer}", it.filter.state.map_or("", State::text));
    let after = read.page_start(&it.token, bound.as_bytes())?;
    let (own, limit) = (read.institution().id, it.size.saturating_add(1));
    let mut rows = outbox::page(read.conn(), own, &it.filter, after, limit).await?;
    let more = rows.len() as u64 > it.size;
    rows.truncate(usize::try_from(it.size).unwrap_or(usize::MAX));
    let last = rows.last().filter(|_| more).map(|row| row.id);
    Ok(ListMessagesResponse {
        next_page_token: read.page_token(last, bound.as_bytes()),
        messages: rows.iter().map(outbox::Row::shown).collect(),
    })
}

/// Reads name and etag.
pub fn replay_check(request: ReplayMessageRequest) -> Result<Replay, Violations> {
    Ok(Replay { id: name::id("name", "messages", &request.name)?, etag: request.etag })
}

/// Puts the dead letter back into the queue.
pub async fn replay(call: &mut Call, it: &Replay) -> Result<Message, Failed> {
    let (conn, desk, actor) = (call.conn(), call.desk(), &call.caller().client);
    let row = outbox::replay(conn, desk, it.id, &it.etag, actor, call.now()).await?;
    Ok(row.shown())
}
