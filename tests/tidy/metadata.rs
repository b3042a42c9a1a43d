//! What cargo says about the workspace and everything that it is built from.

use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::tree::root;

/// A dependency as a member's manifest names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependency {
    pub name: String,
    pub dev: bool,
}

/// A member of the workspace.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: String,
    /// Its folder in the workspace; empty for the root package.
    pub folder: String,
    pub dependencies: Vec<Dependency>,
}

pub fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(|| {
        let output = cargo(&["metadata", "--format-version", "1", "--locked"]);
        serde_json::from_str(&output).unwrap()
    })
}

/// What a cargo command prints.
pub fn cargo(arguments: &[&str]) -> String {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

pub fn members() -> Vec<Member> {
    let ids: Vec<_> = list(metadata(), "workspace_members").iter().map(text).collect();
    let packages = list(metadata(), "packages").iter();
    packages.filter(|p| ids.contains(&text(&p["id"]))).map(member).collect()
}

fn member(package: &Value) -> Member {
    let manifest = std::path::PathBuf::from(text(&package["manifest_path"]));
    let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap();
    let dependencies = list(package, "dependencies").iter();
    Member {
        name: text(&package["name"]),
        folder: folder.to_string_lossy().into_owned(),
        dependencies: dependencies
            .map(|d| Dependency { name: text(&d["name"]), dev: d["kind"] == "dev" })
            .collect(),
    }
}

pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
