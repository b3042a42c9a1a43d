//! The scenarios, as far as their tags go: tests/conformance reads the rest.

use crate::tree::File;

/// A scenario and the requirements that it is for.
#[derive(Debug)]
pub struct Scenario {
    pub path: String,
    pub name: String,
    pub ids: Vec<String>,
}

/// Those of a file. Tags stand on lines of their own above the scenario.
pub fn scenarios(file: &File) -> Vec<Scenario> {
    let (mut found, mut ids) = (Vec::new(), Vec::new());
    for line in file.text.lines().map(str::trim) {
        if line.starts_with('@') {
            ids.extend(line.split_whitespace().map(|tag| tag.trim_start_matches('@').to_owned()));
        } else if let Some(name) = named(line) {
            let ids = std::mem::take(&mut ids);
            found.push(Scenario { path: file.path.clone(), name: name.trim().to_owned(), ids });
        }
    }
    found
}

fn named(line: &str) -> Option<&str> {
    line.strip_prefix("Scenario Outline:").or_else(|| line.strip_prefix("Scenario:"))
}

#[test]
fn tags_belong_to_the_scenario_below_them() {
    let text = "Feature: A\n  @X-01 @X-02\n  Scenario: B\n    Given c\n\n  Scenario Outline: D\n";
    let found = scenarios(&File { path: "a.feature".into(), text: text.into() });
    assert_eq!(found.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["B", "D"]);
    assert_eq!((found[0].ids.join(" ").as_str(), found[1].ids.len()), ("X-01 X-02", 0));
}
