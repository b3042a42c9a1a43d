//! What a command says: sentences for people, or one JSON object a line.

use std::io::Write as _;

use hei_proto::hei::common::v1::{Deviation, Loss};
use hei_values::Refused;
use serde_json::{Value, json};

/// The voice of a command.
#[derive(Debug, Clone, Copy)]
pub struct Said {
    json: bool,
}

impl Said {
    /// For people, or for programs.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a program listens.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// One result: `text` for people, `value` for programs.
    pub fn result(self, text: &str, value: &Value) {
        if self.json {
            print_line(&value.to_string());
        } else {
            print_line(text);
        }
    }

    /// Something for people only; programs do not see it.
    pub fn tell(self, text: &str) {
        if !self.json {
            print_line(text);
        }
    }

    /// Why it did not work: on standard error for people.
    pub fn refused(self, refused: &Refused) {
        self.refused_about("hei-node: ", refused);
    }

    /// The same with what it is about in front.
    pub fn refused_about(self, about: &str, refused: &Refused) {
        if self.json {
            print_line(&refusal_json(refused).to_string());
            return;
        }
        let mut told = format!("{about}{} ({})", refused.message, refused.reason);
        // A single fault is the message itself.
        for fault in refused.violations.iter().filter(|_| refused.violations.len() > 1) {
            told.push_str(&format!(
                "\n  {}: {} ({})",
                fault.field, fault.description, fault.reason
            ));
        }
        // Nothing is left to do if even this cannot be written.
        let _ = writeln!(std::io::stderr(), "{told}");
    }
}

/// Losses as programs read them.
pub fn losses_json(all: &[Loss]) -> Value {
    all.iter().map(|l| json!({"path": l.path, "code": l.code, "text": l.text})).collect()
}

/// Deviations as programs read them.
pub fn deviations_json(all: &[Deviation]) -> Value {
    all.iter().map(|d| json!({"path": d.path, "code": d.code, "text": d.text})).collect()
}

/// A refusal as programs read it.
pub fn refusal_json(refused: &Refused) -> Value {
    let faults = refused
        .violations
        .iter()
        .map(|v| json!({"field": v.field, "reason": v.reason, "description": v.description}));
    json!({"error": {
        "code": format!("{:?}", refused.code),
        "reason": refused.reason,
        "message": refused.message,
        "violations": faults.collect::<Vec<_>>(),
        "metadata": refused.metadata,
    }})
}

/// Text of a document for a terminal: what would steer it, or turn the order of what is
/// around it (Unicode UAX #9 §2), stands as its number.
pub fn shown(text: &str) -> String {
    let steers = |it: char| {
        it.is_control() || matches!(it, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    for it in text.chars() {
        match steers(it) {
            true => safe.extend(it.escape_unicode()),
            false => safe.push(it),
        }
    }
    safe
}

/// A reader that went away is no reason to fail what was done.
fn print_line(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
