//! `import|export|send transcript`.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hei_proto::hei::credentials::v1::{
    self as credentials, ExportTranscriptRequest, ImportTranscriptRequest,
    ImportTranscriptResponse, Outcome, SendTranscriptRequest,
};
use hei_proto::hei::messaging::v1::{GetMessageRequest, Message, MessageState};
use hei_values::{Code, Refused, Violation, name, purpose};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::Ended;
use super::arguments::{Export, Format, Import, Send};
use super::ops::Ops;
use super::said::Said;
use crate::Config;

/// How often a waiting command asks for the receipt.
const ASK_EVERY: Duration = Duration::from_millis(100);

fn why(code: &str) -> Result<Option<hei_proto::hei::common::v1::CodedValue>, Refused> {
    let found = purpose::from_code(code).ok_or_else(|| {
        let told = format!("{code:?} is no purpose: {}", purpose::known().join(", "));
        Refused::from(Violation::new("--purpose", "USAGE", told))
    })?;
    Ok(Some(purpose::coded(found)))
}

/// Imports files one by one; a file that is refused does not stop the others.
///
/// # Errors
/// NODE_UNREACHABLE.
pub async fn import(config: &Config, what: &Import, said: &Said) -> Result<Ended, Refused> {
    let Import::Transcript { files, purpose, dry_run } = what;
    let why = why(purpose)?;
    let ops = Ops::of(config).await?;
    let progress = progress(files.len() as u64, said);
    let mut ended = Ended::Well;
    for file in files {
        let request = read(file).map(|document| ImportTranscriptRequest {
            document: document.into(),
            purpose: why.clone(),
            validate_only: *dry_run,
            ..Default::default()
        });
        let done = match request {
            Ok(request) => ops.call(request).await,
            Err(unreadable) => Err(unreadable),
        };
        progress.suspend(|| match &done {
            Ok(answer) => said.result(&import_text(file, answer), &import_value(file, answer)),
            Err(refused) => {
                ended = Ended::NotSo;
                refused_file(file, refused, *said);
            }
        });
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(ended)
}

fn refused_file(file: &Path, refused: &Refused, said: Said) {
    if said.is_json() {
        let mut value = super::said::refusal_json(refused);
        if let Some(members) = value.as_object_mut() {
            members.insert("file".to_owned(), json!(file.display().to_string()));
        }
        said.result("", &value);
    } else {
        said.refused_about(&format!("{}: ", file.display()), refused);
    }
}

fn progress(files: u64, said: &Said) -> ProgressBar {
    if said.is_json() || files < 2 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} files, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Refused> {
    std::fs::read(file).map_err(|error| {
        let told = format!("cannot read {}: {error}", file.display());
        Refused::new(Code::FailedPrecondition, "FILE_UNREADABLE", told)
    })
}

fn outcome(one: &credentials::ImportedTranscript) -> &'static str {
    match one.outcome() {
        Outcome::Created => "created",
        Outcome::Unchanged => "unchanged",
        Outcome::Revised => "revised",
        Outcome::Unspecified => "unknown",
    }
}

fn import_text(file: &Path, answer: &ImportTranscriptResponse) -> String {
    let mut told: Vec<String> = answer
        .transcripts
        .iter()
        .map(|t| {
            let n = t.achievement_count;
            format!("{}: {} {}, {n} achievements", file.display(), outcome(t), t.name)
        })
        .collect();
    told.extend(answer.deviations.iter().map(|d| format!("  unusual: {} {}", d.path, d.text)));
    told.extend(answer.losses.iter().map(|l| format!("  not carried: {} {}", l.path, l.text)));
    told.join("\n")
}

fn import_value(file: &Path, answer: &ImportTranscriptResponse) -> Value {
    let transcripts = answer.transcripts.iter().map(|t| {
        json!({
            "name": t.name,
            "outcome": outcome(t),
            "etag": t.etag,
            "achievements": t.achievement_count,
        })
    });
    let deviations =
        answer.deviations.iter().map(|d| json!({"path": d.path, "code": d.code, "text": d.text}));
    json!({
        "file": file.display().to_string(),
        "transcripts": transcripts.collect::<Vec<_>>(),
        "deviations": deviations.collect::<Vec<_>>(),
        "losses": losses(&answer.losses),
    })
}

fn losses(all: &[hei_proto::hei::common::v1::Loss]) -> Vec<Value> {
    all.iter().map(|l| json!({"path": l.path, "code": l.code, "text": l.text})).collect()
}

/// Writes a record as a document.
///
/// # Errors
/// What the node refuses; FILE_UNWRITABLE.
pub async fn export(config: &Config, what: &Export, said: &Said) -> Result<Ended, Refused> {
    let Export::Transcript { name, format, output, purpose } = what;
    let format = match format {
        Format::Elmo => credentials::Format::Elmo,
        Format::Source => credentials::Format::Source,
    };
    let request = ExportTranscriptRequest {
        name: name.clone(),
        format: format.into(),
        purpose: why(purpose)?,
    };
    let answer = Ops::of(config).await?.call(request).await?;
    let told = answer.losses.iter().map(|l| format!("not carried: {} {}", l.path, l.text));
    let value = json!({"mediaType": answer.media_type, "losses": losses(&answer.losses)});
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
    let Send::Transcript { name, to, purpose, wait } = what;
    let ops = Ops::of(config).await?;
    let request = SendTranscriptRequest {
        name: name.clone(),
        peer: name::of("peers", to),
        purpose: why(purpose)?,
        ..Default::default()
    };
    let sent = ops.call(request).await?;
    let message = settled(&ops, &sent.message, Duration::from_secs(*wait)).await?;
    let mut value = message_value(&message);
    if let Some(members) = value.as_object_mut() {
        members.insert("losses".to_owned(), json!(losses(&sent.losses)));
    }
    let mut told = vec![message_text(&message)];
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

fn state(message: &Message) -> &'static str {
    match message.state() {
        MessageState::Queued => "queued",
        MessageState::Held => "held",
        MessageState::Delivered => "delivered",
        MessageState::Dead => "dead",
        MessageState::Unspecified => "unknown",
    }
}

fn message_text(message: &Message) -> String {
    let told = match message.state() {
        MessageState::Delivered => "the receipt that proves it is here".to_owned(),
        MessageState::Dead => format!("given up: {}", message.last_error),
        _ if message.last_error.is_empty() => "it goes as soon as the partner answers".to_owned(),
        _ => format!("waiting: {}", message.last_error),
    };
    format!("{} to {}: {}; {told}", message.name, message.peer, state(message))
}

fn message_value(message: &Message) -> Value {
    json!({
        "name": message.name,
        "peer": message.peer,
        "state": state(message),
        "attempts": message.attempts,
        "lastReason": message.last_reason,
        "lastError": message.last_error,
        "receipt": message.receipt.is_some(),
    })
}
