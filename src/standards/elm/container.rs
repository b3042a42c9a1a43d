//! hei-elm: the wrapped forms of a credential, told by content.

use crate::at::At;
use crate::checks;
use crate::class::unread_members;
use crate::context::{self, CONTEXT};
use crate::notes::Notes;
use crate::tree::Tree;

/// How the credential stood in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// By itself.
    Bare,
    /// As `credential` of an upload to the Commission's issuer.
    Wrapped,
    /// As a node of a `@graph`.
    Graph,
    /// In a verifiable presentation.
    Presentation,
    /// As the payload of a seal, in whichever form it has there.
    Sealed,
}

/// A credential within a document.
pub(crate) struct Found<'t, 'd> {
    pub form: Form,
    pub credential: &'t Tree<'d>,
    /// Where it stands, written out.
    pub path: String,
    /// The context in force (JSON-LD 1.1 §4.1: that of the nearest node).
    pub context: Option<&'t Tree<'d>>,
    pub context_path: String,
}

/// The one credential of a document. A document with none, or with two, has a
/// fault; so has one whose credential is not typed as such.
pub(crate) fn find<'t, 'd>(document: &'t Tree<'d>, notes: &mut Notes) -> Option<Found<'t, 'd>> {
    let root = At::Root("$");
    let outer = document.get(CONTEXT);
    let (form, name) = if document.get("credential").is_some() {
        (Form::Wrapped, "credential")
    } else if document.get("@graph").is_some() {
        (Form::Graph, "@graph")
    } else if is_presentation(document) {
        (Form::Presentation, "verifiableCredential")
    } else {
        return Some(located(Form::Bare, document, root, outer));
    };
    let at = root.member(name);
    let known = [name, CONTEXT, "id", "type", "@id", "@type"];
    unread_members(document, &root, &known, false, notes);
    let one = one(document.get(name), &at, form, notes);
    if one.is_none() {
        // The credential is not there, the context still may be.
        outer.iter().for_each(|it| context::check_inner(it, &root.member(CONTEXT), notes));
    }
    one.map(|(tree, path)| located(form, tree, At::Root(&path), outer))
}

fn is_presentation(document: &Tree<'_>) -> bool {
    let types = ["VerifiablePresentation", "EuropeanDigitalPresentation"];
    types.iter().any(|it| document.has_type(it)) || document.get("verifiableCredential").is_some()
}

fn located<'t, 'd>(
    form: Form,
    credential: &'t Tree<'d>,
    at: At<'_>,
    outer: Option<&'t Tree<'d>>,
) -> Found<'t, 'd> {
    let own = credential.get(CONTEXT);
    let holder = if own.is_some() || outer.is_none() { at } else { At::Root("$") };
    Found {
        form,
        credential,
        path: at.to_string(),
        context: own.or(outer),
        context_path: holder.member(CONTEXT).to_string(),
    }
}

/// One value that is a credential; other nodes of a graph are not taken over.
fn one<'t, 'd>(
    sent: Option<&'t Tree<'d>>,
    at: &At<'_>,
    form: Form,
    notes: &mut Notes,
) -> Option<(&'t Tree<'d>, String)> {
    let mut found: Vec<(&Tree<'d>, String)> = Vec::new();
    for (index, tree) in sent.into_iter().flat_map(Tree::values).enumerate() {
        let item = at.item(index);
        let place = if matches!(sent, Some(Tree::List(_))) { item } else { *at };
        if form != Form::Graph || checks::TYPES.iter().any(|it| tree.has_type(it)) {
            found.push((tree, place.to_string()));
        } else {
            notes.unread(&place, "GRAPH_NODE", "the node stands outside the credential");
        }
    }
    match found.len() {
        1 => found.pop(),
        0 => {
            let text = "there is no European Digital Credential in it";
            notes.fault(at, "CREDENTIAL_MISSING", text);
            None
        }
        many => {
            let text = format!("there are {many} credentials; send each by itself");
            notes.fault(at, "CREDENTIAL_REPEATED", text);
            None
        }
    }
}
