//! The scenarios as they are run: outlines filled in, backgrounds put in front.

use gherkin::{Feature, GherkinEnv, Scenario as Read, Step};

use crate::embedded::FEATURES;

/// One scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The file, as the tables of requirements name it.
    pub path: String,
    /// Its name, with what an outline's example puts in.
    pub name: String,
    /// The requirements that it is for.
    pub ids: Vec<String>,
    /// Its sentences without Given, When, Then.
    pub steps: Vec<String>,
}

impl Scenario {
    /// "uc6" of a scenario of use case 6, "x" of one for every node.
    pub fn use_case(&self) -> &str {
        let folder = self.path.split('/').nth(1).unwrap_or_default();
        folder.split('-').next().unwrap_or_default()
    }
}

/// All that are embedded.
///
/// # Errors
/// The file that is no Gherkin, and why.
pub fn all() -> Result<Vec<Scenario>, String> {
    let mut found = Vec::new();
    for (path, text) in FEATURES {
        found.extend(read(path, text)?);
    }
    Ok(found)
}

/// The scenarios of a file.
///
/// # Errors
/// Why it is no Gherkin.
pub fn read(path: &str, text: &str) -> Result<Vec<Scenario>, String> {
    let feature = Feature::parse(text, GherkinEnv::default());
    let feature = feature.map_err(|error| format!("{path}: {error}"))?;
    if !feature.rules.is_empty() {
        return Err(format!("{path}: the suite reads no Rule"));
    }
    let before = feature.background.map(|b| b.steps).unwrap_or_default();
    Ok(feature.scenarios.iter().flat_map(|scenario| filled(path, &before, scenario)).collect())
}

/// The scenario itself, or one for each example.
fn filled(path: &str, before: &[Step], scenario: &Read) -> Vec<Scenario> {
    let tables = scenario.examples.iter().filter_map(|e| e.table.as_ref());
    let examples: Vec<Vec<(String, String)>> = tables
        .filter_map(|table| table.rows.split_first())
        .flat_map(|(head, rows)| {
            rows.iter().map(|row| head.iter().cloned().zip(row.iter().cloned()).collect())
        })
        .collect();
    let with = |example: &[(String, String)], name: String| Scenario {
        path: path.to_owned(),
        name,
        ids: scenario.tags.clone(),
        steps: before
            .iter()
            .chain(&scenario.steps)
            .map(|step| fill(&step.value, example))
            .collect(),
    };
    match examples.is_empty() {
        true => vec![with(&[], scenario.name.clone())],
        false => examples
            .iter()
            .map(|e| with(e, format!("{} ({})", fill(&scenario.name, e), values(e))))
            .collect(),
    }
}

fn values(example: &[(String, String)]) -> String {
    example.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ")
}

fn fill(text: &str, example: &[(String, String)]) -> String {
    let put =
        |text: String, (name, value): &(String, String)| text.replace(&format!("<{name}>"), value);
    example.iter().fold(text.trim().to_owned(), put)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn outlines_are_filled_and_backgrounds_stand_in_front() {
        let text = "Feature: A\n  Background:\n    Given b\n  @X-01 @X-02\n  Scenario Outline: C\n    When <d> is\n\n    Examples:\n      | d |\n      | 1 |\n      | 2 |\n";
        let found = read("x.feature", text).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[1].name.as_str(), found[1].ids.join(" ").as_str()),
            ("C (2)", "X-01 X-02")
        );
        assert_eq!(found[1].steps, ["b", "2 is"]);
        assert!(read("x.feature", "Feature A\n").is_err());
    }
}
