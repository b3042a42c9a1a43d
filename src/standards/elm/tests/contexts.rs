//! The tables of terms are the published contexts.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::terms::*;

fn context(name: &str) -> Option<Value> {
    let bytes = standard(&format!("context/{name}"))?;
    Some(serde_json::from_slice::<Value>(&bytes).unwrap()["@context"].clone())
}

fn words(list: &str) -> impl Iterator<Item = (String, &str)> {
    list.split_ascii_whitespace().map(move |it| (it.to_owned(), list))
}

/// Which of the lists a term belongs to.
fn list(term: &Value) -> &'static str {
    match term {
        Value::String(iri) if iri.ends_with(['/', '#']) || iri.ends_with("m8g") => PREFIXES,
        Value::String(_) => CLASSES,
        term if term["@container"] == "@language" => TEXTS,
        term if term["@type"] == "@id" => NODES,
        _ => VALUES,
    }
}

#[test]
fn both_copies_of_the_edc_context_are_known_term_by_term() {
    let (Some(old), Some(new)) = (context("edc-ap-3.1.jsonld"), context("edc-ap-3.2.jsonld"))
    else {
        return;
    };
    let (old, new) = (old.as_object().unwrap(), new.as_object().unwrap());
    let published: BTreeSet<(String, &str)> = old
        .iter()
        .filter(|(name, _)| new.contains_key(*name))
        .map(|(name, term)| (name.clone(), list(term)))
        .collect();
    let known: BTreeSet<(String, &str)> =
        [PREFIXES, CLASSES, TEXTS, NODES, VALUES].into_iter().flat_map(words).collect();
    assert_eq!(known, published);
    let only = |one: &serde_json::Map<String, Value>, other: &serde_json::Map<String, Value>| {
        let names = one.keys().filter(|name| !other.contains_key(*name));
        names.cloned().collect::<BTreeSet<String>>()
    };
    let names = |list| words(list).map(|(name, _)| name).collect::<BTreeSet<String>>();
    assert_eq!(names(ONLY_3_1), only(old, new));
    assert_eq!(names(ONLY_3_2), only(new, old));
}

#[test]
fn the_w3c_context_is_known_term_by_term() {
    let Some(published) = context("w3c-vc-v1.jsonld") else { return };
    let keys = |it: &Value| -> BTreeSet<String> {
        it.as_object().unwrap().keys().filter(|key| !key.starts_with('@')).cloned().collect()
    };
    let anywhere = keys(&published);
    let on_credential = keys(&published["VerifiableCredential"]["@context"]);
    let names = |list| words(list).map(|(name, _)| name).collect::<BTreeSet<String>>();
    assert_eq!(names(VC_ANYWHERE), anywhere);
    let elsewhere: BTreeSet<String> = names(PREFIXES).union(&anywhere).cloned().collect();
    let scoped: BTreeSet<String> = on_credential.difference(&elsewhere).cloned().collect();
    assert_eq!(names(VC_CREDENTIAL), scoped);
}

/// Every member of the model is a term that the context of 3.2 defines.
#[test]
fn the_model_has_no_member_that_the_context_does_not_define() {
    use crate::class::Node;
    fn undefined<T: Node>() -> Vec<&'static str> {
        let credential = T::KIND == "credential";
        let terms = T::TERMS.iter();
        terms.copied().filter(|it| !is_defined(it, ContextCopy::V3_2, credential)).collect()
    }
    let none: [&str; 0] = [];
    assert_eq!(undefined::<Credential>(), none);
    assert_eq!(undefined::<Evidence>(), none);
    assert_eq!(undefined::<Person>(), none);
    assert_eq!(undefined::<Organisation>(), none);
    assert_eq!(undefined::<Group>(), none);
    assert_eq!(undefined::<Location>(), none);
    assert_eq!(undefined::<Address>(), none);
    assert_eq!(undefined::<ContactPoint>(), none);
    assert_eq!(undefined::<Phone>(), none);
    assert_eq!(undefined::<MediaObject>(), none);
    assert_eq!(undefined::<WebResource>(), none);
    assert_eq!(undefined::<Note>(), none);
    assert_eq!(undefined::<Concept>(), none);
    assert_eq!(undefined::<Identifier>(), none);
    assert_eq!(undefined::<LegalIdentifier>(), none);
    assert_eq!(undefined::<AwardingProcess>(), none);
    assert_eq!(undefined::<Achievement>(), none);
    assert_eq!(undefined::<CreditPoint>(), none);
    assert_eq!(undefined::<Activity>(), none);
    assert_eq!(undefined::<ActivitySpecification>(), none);
    assert_eq!(undefined::<Assessment>(), none);
    assert_eq!(undefined::<AssessmentSpecification>(), none);
    assert_eq!(undefined::<GradingScheme>(), none);
    assert_eq!(undefined::<ResultDistribution>(), none);
    assert_eq!(undefined::<ResultCategory>(), none);
    assert_eq!(undefined::<ShortenedGrading>(), none);
    assert_eq!(undefined::<Entitlement>(), none);
    assert_eq!(undefined::<EntitlementSpecification>(), none);
    assert_eq!(undefined::<Specification>(), none);
    assert_eq!(undefined::<LearningOutcome>(), none);
    assert_eq!(undefined::<LearningOpportunity>(), none);
    assert_eq!(undefined::<Period>(), none);
    assert_eq!(undefined::<DisplayParameter>(), none);
    assert_eq!(undefined::<IndividualDisplay>(), none);
    assert_eq!(undefined::<DisplayDetail>(), none);
}
