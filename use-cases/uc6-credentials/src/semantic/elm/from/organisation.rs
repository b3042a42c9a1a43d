//! Semantic: organisations of a credential as institutions.

use hei_elm::{AwardingProcess, Identifier, LegalIdentifier, Location};
use hei_proto::hei::common::v1::{self, CodedValue};
use hei_proto::hei::credentials::v1::Organisation;

use super::super::{EIDAS, Lost, REGISTRATION, TAX, URI, VAT, concept};
use super::by_language;

/// The bodies of an award. Without any, an institution of which nothing is known.
pub fn bodies(it: Option<&AwardingProcess>, at: &str, lost: &mut Lost) -> Vec<Organisation> {
    let bodies = it.map(|it| it.awarding_bodies.as_slice()).unwrap_or_default();
    if bodies.is_empty() {
        return vec![Organisation::default()];
    }
    let one = |(index, it)| organisation(it, &format!("{at}.awardingBody[{index}]"), lost);
    bodies.iter().enumerate().map(one).collect()
}

/// What a transcript does not say of an award: all but bodies and day.
pub fn process(it: Option<&AwardingProcess>, at: &str, lost: &mut Lost) {
    let Some(it) = it else { return };
    lost.members(
        &format!("{at}.awardedBy"),
        &[
            ("identifier", !it.identifiers.is_empty()),
            ("description", !it.descriptions.0.is_empty()),
            ("educationalSystemNote", it.educational_system_note.is_some()),
            ("location", it.location.is_some()),
            ("additionalNote", !it.notes.is_empty()),
        ],
    );
}

pub fn organisation(it: &hei_elm::Organisation, at: &str, lost: &mut Lost) -> Organisation {
    lost.members(
        at,
        &[
            ("altLabel", !it.alt_labels.0.is_empty()),
            ("prefLabel", !it.pref_labels.0.is_empty()),
            ("dcType", !it.kinds.is_empty()),
            ("logo", it.logo.is_some()),
            ("contactPoint", !it.contact_points.is_empty()),
            ("groupMemberOf", !it.groups.is_empty()),
            ("subOrganizationOf", it.part_of.is_some()),
            ("hasSubOrganization", !it.parts.is_empty()),
            ("additionalNote", !it.notes.is_empty()),
        ],
    );
    lost.but_first(at, "homepage", it.homepages.len());
    Organisation {
        identifiers: identifiers(it, at, lost),
        titles: by_language(&it.legal_names, &format!("{at}.legalName"), lost),
        country: country(&it.locations, &format!("{at}.location"), lost),
        url: it.homepages.first().and_then(|it| it.content_url.clone()).unwrap_or_default(),
    }
}

/// All that names the institution. The id of its node counts where it is an
/// address; "urn:epass:org:1" is another institution in every document.
fn identifiers(it: &hei_elm::Organisation, at: &str, lost: &mut Lost) -> Vec<v1::Identifier> {
    let mut found = plain(&it.identifiers, at, lost);
    let single = [(EIDAS, &it.eidas_identifier), (REGISTRATION, &it.registration)];
    let single = single.into_iter().flat_map(|(kind, it)| it.iter().map(move |it| (kind, it)));
    let vat = it.vat_identifiers.iter().map(|it| (VAT, it));
    let tax = it.tax_identifiers.iter().map(|it| (TAX, it));
    found.extend(single.chain(vat).chain(tax).filter_map(|(kind, it)| legal(it, kind)));
    let address = it
        .id
        .as_deref()
        .filter(|id| ["https://", "http://", "did:"].iter().any(|start| id.starts_with(start)));
    found.extend(address.map(|id| v1::Identifier { scheme: URI.to_owned(), value: id.to_owned() }));
    found
}

/// Identifiers of a scheme; one without a value is none.
pub fn plain(list: &[Identifier], at: &str, lost: &mut Lost) -> Vec<v1::Identifier> {
    let mut found = Vec::with_capacity(list.len());
    for (index, it) in list.iter().enumerate() {
        lost.members(
            &format!("{at}.identifier[{index}]"),
            &[
                ("schemeId", it.scheme_id.is_some() && it.scheme_name.is_some()),
                ("schemeVersion", it.scheme_version.is_some()),
                ("schemeAgency", !it.scheme_agency.0.is_empty()),
                ("dateIssued", it.issued.is_some()),
                ("dcType", !it.kinds.is_empty()),
            ],
        );
        let scheme = it.scheme_name.clone().or_else(|| it.scheme_id.clone()).unwrap_or_default();
        let value = it.notation.clone().filter(|it| !it.is_empty());
        found.extend(value.map(|value| v1::Identifier { scheme, value }));
    }
    found
}

/// An identifier that a country gives.
pub fn legal(it: &LegalIdentifier, kind: &str) -> Option<v1::Identifier> {
    let country = it.spatial.as_ref().and_then(concept::country_code);
    let scheme = country.map_or_else(|| kind.to_owned(), |it| format!("{kind}:{it}"));
    let value = it.notation.clone().filter(|it| !it.is_empty())?;
    Some(v1::Identifier { scheme, value })
}

/// The first country; of an address a transcript has no more.
pub fn country(list: &[Location], at: &str, lost: &mut Lost) -> Option<CodedValue> {
    let mut found = None;
    for (index, it) in list.iter().enumerate() {
        let at = format!("{at}[{index}]");
        lost.members(
            &at,
            &[
                ("identifier", !it.identifiers.is_empty()),
                ("geographicName", !it.names.0.is_empty()),
                ("description", !it.descriptions.0.is_empty()),
                ("spatialCode", !it.spatial_codes.is_empty()),
            ],
        );
        for (index, address) in it.addresses.iter().enumerate() {
            let at = format!("{at}.address[{index}]");
            lost.members(&at, &[("fullAddress", address.full_address.is_some())]);
            let country = address.country.as_ref().map(concept::country_of);
            if found.is_some() && country.is_some() && country != found {
                lost.tell(format!("{at}.countryCode"), "REPEATED", "a transcript has one country");
            }
            found = found.or(country);
        }
    }
    found
}
