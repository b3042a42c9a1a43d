//! The requirements of the framework as the use cases' tables have them.

use crate::embedded::TABLES;

/// One requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// For example "X-05" or "UC6-13".
    pub id: String,
    /// "MUST" or "MUST NOT".
    pub level: String,
    /// What it asks, or forbids.
    pub text: String,
    /// Roles of which a node must claim one, or "every".
    pub roles: String,
    /// What shows it.
    pub test: String,
    /// Why nothing does.
    pub not_tested_reason: String,
}

impl Requirement {
    /// "uc6" of "UC6-13", "x" of "X-05".
    pub fn use_case(&self) -> String {
        self.id.split('-').next().unwrap_or_default().to_lowercase()
    }

    /// Whether it concerns a node with these claims, as "uc6/issuer@1".
    pub fn concerns(&self, claims: &[String]) -> bool {
        let role = |role: &str| {
            let claim = format!("{}/{role}@", self.use_case());
            claims.iter().any(|one| one.starts_with(&claim))
        };
        self.roles == "every" || self.roles.split(' ').any(role)
    }

    /// Why no scenario shows it.
    pub fn unshown(&self) -> String {
        match self.not_tested_reason.is_empty() {
            true => format!("not to be seen from outside; shown by {}", self.test),
            false => self.not_tested_reason.clone(),
        }
    }
}

/// All of them, in the order of their tables.
pub fn all() -> Vec<Requirement> {
    TABLES.iter().flat_map(|(_, text)| table(text)).collect()
}

fn table(text: &str) -> Vec<Requirement> {
    let mut lines = text.lines();
    let header = fields(lines.next().unwrap_or_default());
    lines.map(|line| requirement(&header, &fields(line))).collect()
}

fn requirement(header: &[String], record: &[String]) -> Requirement {
    let cell = |name: &str| {
        let column = header.iter().position(|column| column == name);
        column.and_then(|n| record.get(n)).cloned().unwrap_or_default()
    };
    Requirement {
        id: cell("id"),
        level: cell("level"),
        text: cell("text"),
        roles: cell("roles"),
        test: cell("test"),
        not_tested_reason: cell("not_tested_reason"),
    }
}

/// The fields of a line, as RFC 4180 quotes them; no field of these tables holds a line end.
fn fields(line: &str) -> Vec<String> {
    let (mut all, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    all.push(field);
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_requirement_concerns_the_nodes_that_claim_one_of_its_roles() {
        let read = table(
            "id,text,roles,test,not_tested_reason\nUC6-04,\"a, b\",issuer verifier,,later\nX-01,c,every,d,\n",
        );
        assert_eq!((read[0].text.as_str(), read[0].unshown().as_str()), ("a, b", "later"));
        let claims = |claim: &str| [claim.to_owned()];
        assert!(read[0].concerns(&claims("uc6/verifier@1")));
        assert!(!read[0].concerns(&claims("uc6/receiver@1")));
        assert!(!read[0].concerns(&claims("uc1/verifier@1")));
        assert!(read[1].concerns(&[]));
    }
}
