//! Embeds the scenarios and the tables of requirements of every use case.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let use_cases = root.join("use-cases");
    println!("cargo:rerun-if-changed={}", use_cases.display());
    let (mut features, mut tables) = (Vec::new(), Vec::new());
    for folder in listed(&use_cases)? {
        tables.extend(Some(folder.join("requirements.csv")).filter(|file| file.is_file()));
        let scenarios = folder.join("scenarios");
        if scenarios.is_dir() {
            let all = listed(&scenarios)?;
            features
                .extend(all.into_iter().filter(|f| f.extension().is_some_and(|e| e == "feature")));
        }
    }
    let mut code = String::new();
    for (name, what, files) in [
        ("FEATURES", "Path and text of each file of scenarios.", features),
        ("TABLES", "Path and text of each table of requirements.", tables),
    ] {
        writeln!(code, "/// {what}\npub const {name}: &[(&str, &str)] = &[")
            .map_err(io::Error::other)?;
        for file in files {
            let path = file.strip_prefix(&root).map_err(io::Error::other)?;
            writeln!(code, "    ({path:?}, include_str!({file:?})),").map_err(io::Error::other)?;
        }
        code.push_str("];\n");
    }
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("embedded.rs"), code)
}

fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        found.push(entry?.path());
    }
    found.sort();
    Ok(found)
}
