//! `export|send transcript`.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hei_proto::hei::credentials::v1::{
    self as credentials, ExportTranscriptRequest, SendTranscriptRequest,
};
use hei_proto::hei::messaging::v1::{GetMessageRequest, Message, MessageState};
use hei_values::{Code, Refused, Violation, name, purpose};
use serde_json::json;

use super::Ended;
use super::arguments::{Export, Format, Send};
use super::messages;
use super::ops::Ops;
use super::said::{Said, losses_json};
use crate::Config;

/// How often a waiting command asks for the receipt.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// The purpose that was typed.
///
/// # Errors
/// USAGE with those that there are.
pub fn why(code: &str) -> Result<Option<hei_proto::hei::common::v1::CodedValue>, Refused> {
    let found = purpose::from_code(code).ok_or_else(|| {
        let told = format!("{code:?} is no purpose: {}", purpose::known().join(", "));
        Refused::from(Violation::new("--purpose", "USAGE", told))
    })?;
    Ok(Some(purpose::coded(found)))
}

/// Writes a record as a document.
///
/// # Errors
/// What the node refuses; FILE_UNWRITABLE.
pub async fn export(config: &Config, what: &Export, said: &Said) -> Result<Ended, Refused> {
    let Export::Transcript { name, format, output, purpose } = what;
    let request = ExportTranscriptRequest {
        name: name.clone(),
        format: form(*format).into(),
        purpose: why(purpose)?,
    };
    let answer = Ops::of(config).await?.call(request).await?;
    let told = answer.losses.iter().map(|l| format!("not carried: {} {}", l.path, l.text));
    let value = json!({"mediaType": answer.media_type, "losses": losses_json(&answer.losses)});
    match output {
        Some(file) => {
            write(file, &answer.document)?;
            let mut lines = vec![format!("{} written to {}", name, file.display())];
            lines.extend(told);
            said.result(&lines.join("\n"), &value);
        }
        None if said.is_json() => {
            let mut value = value;
            if let Some(members) = value.as_object_mut() {
                members.insert("document".to_owned(), json!(STANDARD.encode(&answer.document)));
            }
            said.result("", &value);
        }
        None => {
            use std::io::Write as _;
            let mut out = std::io::stdout();
            out.write_all(&answer.document).map_err(|e| Refused::internal(e.to_string()))?;
        }
    }
    Ok(Ended::Well)
}

fn form(typed: Format) -> credentials::Format {
    match typed {
        Format::Elmo => credentials::Format::Elmo,
        Format::Elm => credentials::Format::Elm,
        Format::Source => credentials::Format::Source,
    }
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), Refused> {
    std::fs::write(file, bytes).map_err(|error| {
        let told = format!("cannot write {}: {error}", file.display());
        Refused::new(Code::FailedPrecondition, "FILE_UNWRITABLE", told)
    })
}

/// Sends a record and waits for the receipt as long as told.
///
/// # Errors
/// What the node refuses.
pub async fn send(config: &Config, what: &Send, said: &Said) -> Result<Ended, Refused> {
    let Send::Transcript { name, to, purpose, format, wait } = what;
    let ops = Ops::of(config).await?;
    let request = SendTranscriptRequest {
        name: name.clone(),
        peer: name::of("peers", to),
        purpose: why(purpose)?,
        format: form(*format).into(),
        ..Default::default()
    };
    let sent = ops.call(request).await?;
    let message = settled(&ops, &sent.message, Duration::from_secs(*wait)).await?;
    let mut value = messages::value(&message);
    if let Some(members) = value.as_object_mut() {
        members.insert("losses".to_owned(), losses_json(&sent.losses));
    }
    let mut told = vec![messages::text(&message)];
    told.extend(sent.losses.iter().map(|l| format!("  not carried: {} {}", l.path, l.text)));
    said.result(&told.join("\n"), &value);
    Ok(match message.state() {
        MessageState::Dead => Ended::NotSo,
        _ => Ended::Well,
    })
}

/// The message once it is delivered or dead, or as it stands when the time is over.
pub async fn settled(ops: &Ops, name: &str, wait: Duration) -> Result<Message, Refused> {
    let ask = async || ops.call(GetMessageRequest { name: name.to_owned() }).await;
    let waited = tokio::time::timeout(wait, async {
        loop {
            let message = ask().await?;
            if matches!(message.state(), MessageState::Delivered | MessageState::Dead) {
                return Ok(message);
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    });
    match waited.await {
        Ok(settled) => settled,
        Err(_) => ask().await,
    }
}
