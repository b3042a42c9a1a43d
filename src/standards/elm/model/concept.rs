//! hei-elm: concepts of controlled lists, and identifiers.

use hei_elmo::Written;

use crate::class::class;
use crate::texts::Texts;

class! {
    /// A concept; its id is what counts.
    Concept = ["Concept"] "concept" {
        in_schemes: Vec<ConceptScheme> = "inScheme" Any,
        notation: Option<String> = "notation" Optional,
        pref_labels: Texts = "prefLabel" Any,
        alt_labels: Texts = "altLabel" Any,
        definitions: Texts = "definition" Any,
    }
}

class! {
    /// The list that a concept is in.
    ConceptScheme = ["ConceptScheme"] "conceptScheme" {}
}

class! {
    /// An identifier within a scheme.
    Identifier = ["Identifier"] "identifier" {
        notation: Option<String> = "notation" One,
        scheme_name: Option<String> = "schemeName" Optional,
        scheme_id: Option<String> = "schemeId" Optional,
        scheme_version: Option<String> = "schemeVersion" Optional,
        scheme_agency: Texts = "schemeAgency" Optional,
        issued: Option<Written> = "dateIssued" Optional,
        kinds: Vec<Concept> = "dcType" Any,
    }
}

class! {
    /// An identifier that a country gives.
    LegalIdentifier = ["LegalIdentifier"] "legalIdentifier" {
        notation: Option<String> = "notation" One,
        spatial: Option<Concept> = "spatial" One,
        scheme_name: Option<String> = "schemeName" Optional,
        scheme_id: Option<String> = "schemeId" Optional,
        scheme_version: Option<String> = "schemeVersion" Optional,
        scheme_agency: Texts = "schemeAgency" Optional,
        issued: Option<Written> = "dateIssued" Optional,
        kinds: Vec<Concept> = "dcType" Any,
    }
}
