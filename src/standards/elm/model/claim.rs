//! hei-elm: what is claimed about a person, and who awarded it.

use hei_elmo::Written;

use crate::at::At;
use crate::class::{Node as _, class};
use crate::model::{
    Achievement, Activity, Assessment, Concept, Entitlement, Identifier, Location, Note,
    Organisation,
};
use crate::notes::{Notes, shown};
use crate::texts::Texts;
use crate::tree::Tree;
use crate::value::Value;
use crate::write::Out;

/// A claim, told by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    Achievement(Box<Achievement>),
    Activity(Box<Activity>),
    Assessment(Box<Assessment>),
    Entitlement(Box<Entitlement>),
}

impl Value for Claim {
    fn read(tree: &Tree<'_>, at: &At<'_>, notes: &mut Notes) -> Option<Self> {
        if tree.has_type("LearningAchievement") {
            return Value::read(tree, at, notes).map(Self::Achievement);
        }
        if tree.has_type("LearningActivity") {
            return Value::read(tree, at, notes).map(Self::Activity);
        }
        if tree.has_type("LearningAssessment") {
            return Value::read(tree, at, notes).map(Self::Assessment);
        }
        if tree.has_type("LearningEntitlement") {
            return Value::read(tree, at, notes).map(Self::Entitlement);
        }
        let types: Vec<&str> = tree.types().collect();
        let found = match (tree, types.as_slice()) {
            (Tree::Node(_), []) => "an object without a type".to_owned(),
            (Tree::Node(_), types) => format!("the type {}", shown(&types.join(", "))),
            (other, _) => other.found(),
        };
        let text = format!(
            "found {found}; a claim is a LearningAchievement, LearningActivity, LearningAssessment or LearningEntitlement"
        );
        notes.fault(at, "CLAIM_UNKNOWN", text);
        None
    }

    fn write(&self, out: &mut Out) {
        match self {
            Self::Achievement(it) => it.write_node(out),
            Self::Activity(it) => it.write_node(out),
            Self::Assessment(it) => it.write_node(out),
            Self::Entitlement(it) => it.write_node(out),
        }
    }
}

class! {
    /// Who awarded a claim, when, where. The bodies are the institutions of an
    /// achievement; who seals the credential is not.
    AwardingProcess = ["AwardingProcess"] "awardingProcess" {
        identifiers: Vec<Identifier> = "identifier" Any,
        descriptions: Texts = "description" Any,
        awarding_bodies: Vec<Organisation> = "awardingBody" Many,
        awarding_date: Option<Written> = "awardingDate" Optional,
        educational_system_note: Option<Concept> = "educationalSystemNote" Optional,
        location: Option<Location> = "location" Optional,
        notes: Vec<Note> = "additionalNote" Any,
    }
}
