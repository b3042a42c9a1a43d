//! Semantic: organisations of a credential. The body that awards stands at
//! every achievement; all its nodes have ids, so that it is one in the graph.

use hei_elm::{Address, LegalIdentifier, Location, Organisation, Texts, UNDETERMINED, WebResource};
use hei_proto::hei::common::v1::{CodedValue, Identifier};
use hei_proto::hei::credentials::v1 as credentials;

use super::super::{EIDAS, Issuer, Lost, NAME, REGISTRATION, TAX, URI, VAT, concept};
use super::{identifier, texts};

/// Where the body stands first.
const BODY: &str = "$.credentialSubject.hasClaim[0].awardedBy.awardingBody[0]";

/// The body that awards.
pub fn awarding(it: &credentials::Organisation, lost: &mut Lost) -> Organisation {
    let mut body = Organisation {
        id: Some("urn:epass:org:1".to_owned()),
        legal_names: named(texts(&it.titles), BODY, lost),
        locations: location(it.country.as_ref(), 1, BODY, lost),
        ..Organisation::default()
    };
    let named = |it: &&Identifier| it.scheme == NAME;
    for (index, it) in it.identifiers.iter().enumerate().filter(|(_, it)| !named(it)) {
        identify(&mut body, index, &it.scheme, &it.value);
    }
    if !it.url.is_empty() {
        body.homepages.push(WebResource {
            id: Some("urn:epass:webResource:org-1".to_owned()),
            content_url: Some(it.url.clone()),
            ..WebResource::default()
        });
    }
    body
}

/// Who issues the credential.
pub fn issuing(it: &Issuer, lost: &mut Lost) -> Organisation {
    let at = "$.issuer";
    let names = texts(&it.legal_names);
    let names = if names.0.is_empty() { Texts::one(UNDETERMINED, &it.domain) } else { names };
    let mut domain = identifier("schac", &it.domain);
    domain.id = Some("urn:epass:identifier:org-2".to_owned());
    let spatial = it.country.as_ref().and_then(concept::country);
    let eidas = it.eidas.as_ref();
    let eidas = eidas.map(|value| LegalIdentifier { spatial, ..legal(value, "org-2") });
    Organisation {
        id: Some("urn:epass:org:2".to_owned()),
        identifiers: vec![domain],
        legal_names: names,
        eidas_identifier: eidas,
        locations: location(it.country.as_ref(), 2, at, lost),
        ..Organisation::default()
    }
}

/// An identifier in its place: one that a country gives, the node's own
/// address, or one of any other scheme.
fn identify(to: &mut Organisation, index: usize, scheme: &str, value: &str) {
    let name = format!("org-1-{}", index + 1);
    let (kind, country) = scheme.split_once(':').unwrap_or((scheme, ""));
    let given = country.len() == 3 && country.bytes().all(|it| it.is_ascii_alphanumeric());
    let spatial = given.then(|| concept::country_by(country));
    let legal = || LegalIdentifier { spatial: spatial.clone(), ..legal(value, &name) };
    match kind {
        EIDAS if given && to.eidas_identifier.is_none() => to.eidas_identifier = Some(legal()),
        REGISTRATION if given && to.registration.is_none() => to.registration = Some(legal()),
        TAX if given => to.tax_identifiers.push(legal()),
        VAT if given => to.vat_identifiers.push(legal()),
        URI if is_iri(value) && to.id.as_deref().is_some_and(|it| it.starts_with("urn:epass:")) => {
            to.id = Some(value.to_owned());
        }
        _ => {
            let mut one = identifier(scheme, value);
            one.id = Some(format!("urn:epass:identifier:{name}"));
            to.identifiers.push(one);
        }
    }
}

/// What may stand as the id of a node (RFC 3987).
fn is_iri(text: &str) -> bool {
    let barred = |it: char| it.is_whitespace() || it.is_control() || "<>\"{}|\\^`".contains(it);
    ["https://", "http://", "did:"].iter().any(|it| text.starts_with(it)) && !text.contains(barred)
}

fn legal(value: &str, name: &str) -> LegalIdentifier {
    LegalIdentifier {
        id: Some(format!("urn:epass:legalIdentifier:{name}")),
        notation: Some(value.to_owned()),
        ..LegalIdentifier::default()
    }
}

fn named(names: Texts, at: &str, lost: &mut Lost) -> Texts {
    if names.0.is_empty() {
        let told = "the shapes require a legal name; an empty one was written";
        lost.tell(format!("{at}.legalName"), "FILLED", told);
        return Texts::one(UNDETERMINED, "");
    }
    names
}

/// The shapes require a location with an address with a country; no country is
/// made up.
fn location(
    country: Option<&CodedValue>,
    number: usize,
    at: &str,
    lost: &mut Lost,
) -> Vec<Location> {
    let Some(found) = country.and_then(concept::country) else {
        let (code, told) = match country {
            Some(_) => ("COUNTRY_UNKNOWN", "the country is not in the EU's table"),
            None => ("COUNTRY_MISSING", "the shapes require a country, and there is none"),
        };
        lost.tell(format!("{at}.location"), code, told);
        return Vec::new();
    };
    let address = Address {
        id: Some(format!("urn:epass:address:org-{number}")),
        country: Some(found),
        ..Address::default()
    };
    vec![Location {
        id: Some(format!("urn:epass:location:org-{number}")),
        addresses: vec![address],
        ..Location::default()
    }]
}
