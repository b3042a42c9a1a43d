//! `demo`: three universities on this machine, each a node of its own, live through
//! one learner's journey.

mod journey;
mod university;

use std::path::{Path, PathBuf};

use hei_values::{Code, Refused};
use serde_json::json;

use super::Ended;
use super::arguments::DemoOptions;
use super::said::Said;
use university::University;

/// The three: domain and name.
const UNIVERSITIES: [(&str, &str); 3] = [
    ("alpha.example", "Alpha University"),
    ("beta.example", "Beta University"),
    ("gamma.example", "Gamma University"),
];
/// The document that Alpha has about its student.
const DOCUMENT: &str = include_str!("transcript.xml");

/// Starts the three, tells the story, and stays up unless told otherwise.
///
/// # Errors
/// Whatever went wrong in the journey.
pub async fn run(options: &DemoOptions, said: &Said) -> Result<Ended, Refused> {
    let folder = folder(options)?;
    said.tell("hei-node demo: three universities, one learner, one transcript\n");
    let places = university::places(&UNIVERSITIES)?;
    let mut all = Vec::new();
    for (place, (_, title)) in places.iter().zip(UNIVERSITIES) {
        let university = University::start(&folder, place, title, &places).await?;
        said.tell(&format!("   {title} is up: {}", university.told()));
        all.push(university);
    }
    let receipts = journey::live(&all, &folder, said).await?;
    if options.once {
        end(&mut all).await?;
    } else {
        stay(&all, said).await?;
        end(&mut all).await?;
    }
    let folders = all.iter().map(|u| (u.domain().to_owned(), json!(u.folder())));
    let folders: serde_json::Map<String, serde_json::Value> = folders.collect();
    let told = format!("\nThe data stays in {}", folder.display());
    let value = json!({
        "journey": "complete",
        "receiptsVerified": receipts,
        "folders": folders,
    });
    said.result(&told, &value);
    Ok(Ended::Well)
}

fn folder(options: &DemoOptions) -> Result<PathBuf, Refused> {
    let folder = match &options.folder {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("hei-demo-{}", random_word()?)),
    };
    std::fs::create_dir_all(&folder).map_err(|e| unusable(&folder, &e))?;
    std::path::absolute(&folder).map_err(|e| unusable(&folder, &e))
}

fn random_word() -> Result<String, Refused> {
    let mut bytes = [0; 4];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Refused::internal("no randomness"))?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

/// A folder or file of the demo that cannot be used.
pub fn unusable(path: &Path, error: &dyn std::fmt::Display) -> Refused {
    let told = format!("cannot use {}: {error}", path.display());
    Refused::new(Code::FailedPrecondition, "FILE_UNREADABLE", told)
}

async fn stay(all: &[University], said: &Said) -> Result<(), Refused> {
    said.tell("\nThe nodes stay up until Ctrl-C. To try:");
    for university in all {
        said.tell(&format!("   {}", university.told()));
    }
    if let Some(first) = all.first() {
        said.tell(&format!("   {} peer list", first.command()));
        said.tell(&format!("   curl http://{}/metrics", first.ops()));
    }
    tokio::signal::ctrl_c().await.map_err(|e| Refused::internal(e.to_string()))
}

async fn end(all: &mut [University]) -> Result<(), Refused> {
    for university in all {
        university.end().await?;
    }
    Ok(())
}
