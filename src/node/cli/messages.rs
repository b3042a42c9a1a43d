//! `message list|replay`.

use hei_proto::hei::messaging::v1::{
    ListMessagesRequest, Message, MessageState, ReplayMessageRequest,
};
use hei_values::{Refused, name};
use serde_json::{Value, json};

use super::Ended;
use super::arguments::{MessageCommand, MessageStanding};
use super::ops::Ops;
use super::said::Said;
use crate::Config;

/// Does what the command says.
///
/// # Errors
/// What the node refuses.
pub async fn run(config: &Config, command: &MessageCommand, said: &Said) -> Result<Ended, Refused> {
    let ops = Ops::of(config).await?;
    match command {
        MessageCommand::List { state, to } => list(&ops, *state, to.as_deref(), said).await,
        MessageCommand::Replay { name } => {
            let request = ReplayMessageRequest { name: name.clone(), ..Default::default() };
            let message = ops.call(request).await?;
            said.result(&text(&message), &value(&message));
            Ok(Ended::Well)
        }
    }
}

async fn list(
    ops: &Ops,
    state: Option<MessageStanding>,
    to: Option<&str>,
    said: &Said,
) -> Result<Ended, Refused> {
    let state = match state {
        None => MessageState::Unspecified,
        Some(MessageStanding::Queued) => MessageState::Queued,
        Some(MessageStanding::Held) => MessageState::Held,
        Some(MessageStanding::Delivered) => MessageState::Delivered,
        Some(MessageStanding::Dead) => MessageState::Dead,
    };
    let peer = to.map(|to| name::of("peers", to)).unwrap_or_default();
    let mut page_token = String::new();
    loop {
        let (state, peer) = (state.into(), peer.clone());
        let request = ListMessagesRequest { page_size: 0, page_token, state, peer };
        let page = ops.call(request).await?;
        page.messages.iter().for_each(|one| said.result(&text(one), &value(one)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(Ended::Well);
        }
    }
}

fn state(message: &Message) -> &'static str {
    match message.state() {
        MessageState::Queued => "queued",
        MessageState::Held => "held",
        MessageState::Delivered => "delivered",
        MessageState::Dead => "dead",
        MessageState::Unspecified => "unknown",
    }
}

/// A message for people.
pub fn text(message: &Message) -> String {
    let told = match message.state() {
        MessageState::Delivered => "the receipt that proves it is here".to_owned(),
        MessageState::Dead => format!("given up: {}", message.last_error),
        _ if message.last_error.is_empty() => "it goes as soon as the partner answers".to_owned(),
        _ => format!("waiting: {}", message.last_error),
    };
    let Message { name, peer, kind, .. } = message;
    format!("{name} ({kind}) to {peer}: {}; {told}", state(message))
}

/// A message for programs.
pub fn value(message: &Message) -> Value {
    json!({
        "name": message.name,
        "peer": message.peer,
        "kind": message.kind,
        "kindVersion": message.kind_version,
        "state": state(message),
        "attempts": message.attempts,
        "lastReason": message.last_reason,
        "lastError": message.last_error,
        "receipt": message.receipt.is_some(),
    })
}
