//! The files of the project, read once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const SKIPPED: &[&str] = &[".git", "target", "node_modules", "__pycache__", "data"];

/// A text file. `path` is relative to the workspace, with forward slashes.
#[derive(Debug)]
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Code that the node is made of: not tests, not what drives them.
    pub fn is_product(&self) -> bool {
        let test = |part| matches!(part, "tests" | "tests.rs" | "fixtures.rs");
        self.is_rust() && !self.path.split('/').any(test)
    }

    /// `helpers` of `src/x/helpers.rs`, and of `src/x/helpers/mod.rs`.
    pub fn module(&self) -> &str {
        let path = self.path.trim_end_matches(".rs").trim_end_matches("/mod");
        path.rsplit('/').next().unwrap_or(path)
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent).unwrap()
}

/// Every file of the project that is text, sorted by path.
pub fn files() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut paths = Vec::new();
        walk(root(), &mut paths);
        paths.sort();
        paths.iter().filter_map(|path| read(path)).collect()
    })
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_symlink() || SKIPPED.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn read(path: &Path) -> Option<File> {
    let text = String::from_utf8(fs::read(path).ok()?).ok()?;
    let path = path.strip_prefix(root()).ok()?.to_string_lossy().replace('\\', "/");
    Some(File { path, text })
}
