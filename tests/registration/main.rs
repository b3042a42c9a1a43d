//! What it takes to add a use case: its own folder, its proto folder, and one line of
//! `src/node/lib.rs` (with the one by which cargo knows the crate). The test adds one to a
//! copy of the project and lets the compiler judge.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the workspace is built from.
const COPIED: [&str; 6] = ["Cargo.toml", "Cargo.lock", "proto", "src", "use-cases", "tests"];
/// The two folders that the new use case brings.
const ADDED: &str = "tests/registration/added";
/// The line of the composition root, after the one of use case 6.
const LINE: [&str; 3] = [
    "src/node/lib.rs",
    "hei_uc6_credentials::use_case(&config.credentials, &config.issuer())",
    ", hei_uc9_example::use_case()",
];
/// By another version cargo tells the packages of the copy from those of the project, whose
/// folder for builds they share.
const VERSION: [&str; 3] = ["Cargo.toml", "[workspace.package]\nversion = \"0.1.0", "+copy"];
/// Cargo's line for it.
const DEPENDENCY: [&str; 3] = [
    "Cargo.toml",
    "\nhei-uc6-credentials.workspace = true",
    "\nhei-uc9-example = { path = \"use-cases/uc9-example\" }",
];

#[test]
fn a_use_case_is_added_by_its_folder_its_proto_folder_and_one_line() {
    let copy = Copy::new();
    copy.bring(&[VERSION, LINE, DEPENDENCY]);
    copy.check().unwrap();
    // Without one of the lines it is not there: the compiler has seen the other.
    copy.bring(&[VERSION, LINE]);
    let told = copy.check().unwrap_err();
    assert!(told.contains("hei_uc9_example"), "{told}");
}

/// A copy of the project in the folder that it is built in, so that nothing is compiled
/// again that has not changed since the last time.
struct Copy {
    folder: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn new() -> Self {
        let here = std::env::current_exe().unwrap();
        // <target>/debug/deps/registration-…
        let target = here.ancestors().nth(3).unwrap().to_owned();
        Self { folder: target.join("registration"), target }
    }

    /// The project as it is, the new folders, and these insertions.
    fn bring(&self, insertions: &[[&str; 3]]) {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut wanted = BTreeSet::new();
        let mut bring = |below: &Path, name: &str| {
            for file in files(&below.join(name)) {
                let relative = file.strip_prefix(below).unwrap().to_owned();
                let mut bytes = fs::read(&file).unwrap();
                for [path, before, line] in insertions {
                    if relative == Path::new(path) {
                        let text = String::from_utf8(bytes).unwrap();
                        assert!(text.contains(before), "{path} has no {before:?}");
                        bytes = text.replacen(before, &format!("{before}{line}"), 1).into_bytes();
                    }
                }
                keep(&self.folder.join(&relative), &bytes);
                wanted.insert(relative);
            }
        };
        COPIED.iter().for_each(|name| bring(project, name));
        ["use-cases", "proto"].iter().for_each(|name| bring(&project.join(ADDED), name));
        for stale in files(&self.folder) {
            if !wanted.contains(stale.strip_prefix(&self.folder).unwrap()) {
                fs::remove_file(stale).unwrap();
            }
        }
    }

    /// Compiles the program as far as to know that it is right.
    fn check(&self) -> Result<(), String> {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut command = Command::new(cargo);
        command.args(["check", "--offline", "--quiet", "-p", "hei-node"]);
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.target);
        // What cargo told this test of itself is not true of the copy.
        let own = std::env::vars().map(|(name, _)| name);
        let own = own
            .filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        own.for_each(|name| {
            command.env_remove(name);
        });
        let output = command.output().unwrap();
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }
}

/// A file that has not changed stays, so that cargo sees it as old.
fn keep(file: &Path, bytes: &[u8]) {
    if fs::read(file).is_ok_and(|there| there == bytes) {
        return;
    }
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

/// All files below a path, or the file that it is.
fn files(at: &Path) -> Vec<PathBuf> {
    if at.is_file() {
        return vec![at.to_owned()];
    }
    let Ok(entries) = fs::read_dir(at) else { return Vec::new() };
    let skipped = |path: &PathBuf| {
        ["target", "node_modules", "__pycache__", "vectors"].iter().any(|name| path.ends_with(name))
    };
    let inside = entries.map(|entry| entry.unwrap().path()).filter(|path| !skipped(path));
    inside.flat_map(|path| files(&path)).collect()
}
