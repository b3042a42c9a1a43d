//! hei-elmo: where things stand in a document, as faults, deviations and loss
//! reports tell it.

/// The n-th report, from 0.
#[must_use]
pub fn report(index: usize) -> String {
    child("/elmo", "report", index)
}

/// The n-th child of that name, from 0.
#[must_use]
pub fn child(parent: &str, name: &str, index: usize) -> String {
    format!("{parent}/{name}[{}]", index + 1)
}

/// The n-th specification directly in a report, from 0.
#[must_use]
pub fn specification(report: &str, index: usize) -> String {
    child(report, "learningOpportunitySpecification", index)
}

/// The n-th part of a specification, from 0.
#[must_use]
pub fn part(specification: &str, index: usize) -> String {
    format!("{}/learningOpportunitySpecification[1]", child(specification, "hasPart", index))
}

/// The instance of a specification.
#[must_use]
pub fn instance(specification: &str) -> String {
    format!("{specification}/specifies[1]/learningOpportunityInstance[1]")
}
