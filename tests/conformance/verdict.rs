//! What can be said of a scenario or of a requirement.

/// The result of a scenario or of all that is for one requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is so.
    Pass,
    /// It is not so.
    Fail,
    /// It was not tried: the setup lacks something, or no scenario shows it.
    Skip,
    /// It does not concern this node, which claims no such role.
    Omit,
    /// It could not be found out.
    Error,
}

impl Verdict {
    /// As reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skip => "skip",
            Self::Omit => "omit",
            Self::Error => "error",
        }
    }

    /// Of a requirement, by its scenarios: the gravest first, and what does not concern the node last.
    pub fn of_all(all: &[Verdict]) -> Verdict {
        let order = [Self::Fail, Self::Error, Self::Skip, Self::Pass];
        order.into_iter().find(|one| all.contains(one)).unwrap_or(Self::Omit)
    }
}

/// Why a scenario ends before its end, with what there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// What that makes of the scenario.
    pub verdict: Verdict,
    /// For people.
    pub told: String,
}

/// What a step comes to.
pub type Outcome<T = ()> = Result<T, Stop>;

impl Stop {
    /// The node does something else than it must.
    pub fn fail(told: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, told: told.into() }
    }

    /// The setup lacks something.
    pub fn skip(told: impl Into<String>) -> Self {
        Self { verdict: Verdict::Skip, told: told.into() }
    }

    /// The node claims no such role.
    pub fn omit(told: impl Into<String>) -> Self {
        Self { verdict: Verdict::Omit, told: told.into() }
    }

    /// It cannot be found out.
    pub fn error(told: impl Into<String>) -> Self {
        Self { verdict: Verdict::Error, told: told.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{self, Error, Fail, Omit, Pass, Skip};

    #[test]
    fn a_requirement_passes_if_all_that_concerns_the_node_was_tried_and_passes() {
        assert_eq!(Verdict::of_all(&[Pass, Omit, Pass]), Pass);
        assert_eq!(Verdict::of_all(&[Omit]), Omit);
        assert_eq!(Verdict::of_all(&[Pass, Skip]), Skip);
        assert_eq!(Verdict::of_all(&[Pass, Error, Skip]), Error);
        assert_eq!(Verdict::of_all(&[Error, Pass, Fail]), Fail);
    }
}
