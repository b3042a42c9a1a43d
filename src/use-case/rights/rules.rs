//! Organisational, pure: how long data is kept, what forbids to erase it, and how far a
//! partner's word reaches.

use hei_proto::hei::node::v1::{NoticeKind, NoticeState};
use hei_values::{Code, Decision, Effect, Machine, Millis, Refused, Step as Named};
use serde::Deserialize;

const DAY_MS: i64 = 86_400_000;

/// How a person's data stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is processed for its purposes.
    Open,
    /// It is kept, and nothing else (GDPR Art. 18).
    Restricted,
    /// It is gone.
    Erased,
}

/// What can happen to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The first record comes; that record's own entry is the evidence.
    Record,
    Restrict,
    Lift,
    Erase,
}

impl Named for Standing {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Restricted => "restricted",
            Self::Erased => "erased",
        }
    }
}

impl Named for Step {
    fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Restrict => "restrict",
            Self::Lift => "lift",
            Self::Erase => "erase",
        }
    }
}

/// The only moves.
pub const MACHINE: Machine<Standing, Step> = Machine {
    name: "node.subject",
    moves: &[
        (None, Step::Record, Standing::Open),
        (Some(Standing::Open), Step::Restrict, Standing::Restricted),
        (Some(Standing::Restricted), Step::Lift, Standing::Open),
        (Some(Standing::Open), Step::Erase, Standing::Erased),
        (Some(Standing::Restricted), Step::Erase, Standing::Erased),
    ],
};

/// A step of a person's data.
///
/// # Errors
/// FAILED_PRECONDITION/ILLEGAL_TRANSITION.
pub fn step(name: &str, from: Standing, step: Step) -> Result<Decision<Standing>, Refused> {
    let (to, note) = MACHINE.step(name, Some(from), step)?;
    Ok(Decision { to, effects: vec![Effect::Note(note)] })
}

/// What is held of one class of data about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Where: "transcripts".
    pub collection: &'static str,
    /// The class that retention rules name; empty for what none governs.
    pub class: &'static str,
    /// How many.
    pub count: u64,
    /// The oldest, by its last change.
    pub first: Millis,
    /// The newest, by its last change.
    pub last: Millis,
}

/// `[[retention]]`: how long one class of data is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The class.
    pub class: String,
    /// From the last change.
    pub keep_days: u32,
    /// Whether it must be kept so long: an erasure before that is refused.
    #[serde(default)]
    pub hold: bool,
    /// The law or decision that says so.
    pub basis: String,
}

impl Rule {
    /// When something that last changed at an instant ends.
    pub fn until(&self, changed: Millis) -> Millis {
        changed.plus(i64::from(self.keep_days) * DAY_MS)
    }

    /// What changed last before this has ended.
    pub fn ends_before(&self, now: Millis) -> Millis {
        now.plus(-i64::from(self.keep_days) * DAY_MS)
    }
}

/// The rules of retention, one a class; a class without a rule is kept until somebody
/// erases it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Retention(pub Vec<Rule>);

impl Retention {
    /// The rule of a class.
    pub fn of(&self, class: &str) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.class == class)
    }

    /// Sees that each rule is about a class that exists, has a basis, and stands once.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self, classes: &[&str]) -> Result<(), String> {
        for (index, rule) in self.0.iter().enumerate() {
            let class = rule.class.as_str();
            if !classes.contains(&class) {
                return Err(format!("class {class:?} is none of: {}", classes.join(", ")));
            }
            if self.0.iter().take(index).any(|earlier| earlier.class == class) {
                return Err(format!("class {class:?} stands twice"));
            }
            if rule.basis.trim().is_empty() {
                return Err(format!("class {class:?} has no basis"));
            }
        }
        Ok(())
    }
}

/// A duty to keep something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The rule's class.
    pub rule: String,
    /// What says so.
    pub basis: String,
    /// Until when.
    pub until: Millis,
}

/// The longest duty to keep any of what is held.
pub fn hold(held: &[Holding], retention: &Retention, now: Millis) -> Option<Hold> {
    let duties = held.iter().filter_map(|holding| {
        let rule = retention.of(holding.class).filter(|rule| rule.hold)?;
        let until = rule.until(holding.last);
        let hold = Hold { rule: rule.class.clone(), basis: rule.basis.clone(), until };
        (until > now).then_some(hold)
    });
    duties.max_by_key(|hold| hold.until)
}

impl From<&Hold> for Refused {
    fn from(hold: &Hold) -> Self {
        let until = hold.until.to_rfc3339();
        let told = format!(
            "{} must be kept until {until} ({}): nothing is erased; the processing is restricted",
            hold.rule, hold.basis
        );
        Refused::new(Code::FailedPrecondition, "LEGAL_HOLD", told)
            .with("rule", &hold.rule)
            .with("basis", &hold.basis)
            .with("keep_until_time", until)
    }
}

/// What the rules must know when a partner says what became of a record that it sent.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// How the person's data stands here.
    pub standing: Standing,
    /// Whether everything here about the person came from that partner.
    pub is_all_of_it: bool,
    /// Whether it was that partner who had the processing restricted.
    pub restricted_by_it: bool,
    /// Our own duty to keep the record.
    pub hold: Option<&'a Hold>,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Nothing,
    Erase,
    Restrict,
    Lift,
}

/// How far a partner's word reaches: its own records always, a whole person only where
/// nobody else's data is. No partner may keep us from working with our own learner.
pub fn told(kind: NoticeKind, it: &Told<'_>) -> (Deed, NoticeState) {
    let restricts = it.is_all_of_it && it.standing == Standing::Open;
    match kind {
        NoticeKind::Erasure if it.hold.is_some() => match restricts {
            true => (Deed::Restrict, NoticeState::Kept),
            false => (Deed::Nothing, NoticeState::Kept),
        },
        NoticeKind::Erasure => (Deed::Erase, NoticeState::Confirmed),
        NoticeKind::Restriction if restricts => (Deed::Restrict, NoticeState::Confirmed),
        NoticeKind::Restriction if it.standing == Standing::Restricted => {
            (Deed::Nothing, NoticeState::Confirmed)
        }
        NoticeKind::Lifting if it.restricted_by_it => (Deed::Lift, NoticeState::Confirmed),
        _ => (Deed::Nothing, NoticeState::Noted),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rule(class: &str, keep_days: u32, hold: bool) -> Rule {
        Rule { class: class.into(), keep_days, hold, basis: "law".into() }
    }

    fn holding(class: &'static str, last_day: i64) -> Holding {
        let last = Millis(last_day * DAY_MS);
        Holding { collection: "transcripts", class, count: 1, first: Millis(0), last }
    }

    #[test]
    fn the_longest_duty_counts_and_ends_at_its_date() {
        let retention =
            Retention(vec![rule("a", 10, true), rule("b", 20, true), rule("c", 99, false)]);
        let held = [holding("a", 5), holding("b", 1), holding("c", 1)];
        let at =
            |day: i64| hold(&held, &retention, Millis(day * DAY_MS)).map(|h| (h.rule, h.until));
        assert_eq!(at(6), Some(("b".to_owned(), Millis(21 * DAY_MS))));
        assert_eq!(at(21), None);
        assert_eq!(hold(&held[2..], &retention, Millis(0)), None);
    }

    #[test]
    fn a_rule_about_nothing_or_said_twice_is_refused() {
        let check = |rules: Vec<Rule>| Retention(rules).check(&["a", "b"]);
        assert!(check(vec![rule("a", 1, true), rule("b", 1, false)]).is_ok());
        assert!(check(vec![rule("x", 1, true)]).unwrap_err().contains("none of: a, b"));
        assert!(check(vec![rule("a", 1, true), rule("a", 2, true)]).is_err());
    }

    #[test]
    fn a_partners_word_reaches_a_whole_person_only_where_nobody_elses_data_is() {
        let duty = Hold { rule: "a".into(), basis: "law".into(), until: Millis(1) };
        let open = Told {
            standing: Standing::Open,
            is_all_of_it: true,
            restricted_by_it: false,
            hold: None,
        };
        let shared = Told { is_all_of_it: false, ..open };
        let (erasure, restriction) = (NoticeKind::Erasure, NoticeKind::Restriction);
        assert_eq!(told(erasure, &open), (Deed::Erase, NoticeState::Confirmed));
        assert_eq!(told(erasure, &shared), (Deed::Erase, NoticeState::Confirmed));
        let held = Told { hold: Some(&duty), ..open };
        assert_eq!(told(erasure, &held), (Deed::Restrict, NoticeState::Kept));
        let held = Told { hold: Some(&duty), ..shared };
        assert_eq!(told(erasure, &held), (Deed::Nothing, NoticeState::Kept));
        assert_eq!(told(restriction, &open), (Deed::Restrict, NoticeState::Confirmed));
        assert_eq!(told(restriction, &shared), (Deed::Nothing, NoticeState::Noted));
        let theirs = Told { standing: Standing::Restricted, restricted_by_it: true, ..open };
        assert_eq!(told(NoticeKind::Lifting, &theirs), (Deed::Lift, NoticeState::Confirmed));
        let ours = Told { standing: Standing::Restricted, ..open };
        assert_eq!(told(NoticeKind::Lifting, &ours), (Deed::Nothing, NoticeState::Noted));
    }
}
