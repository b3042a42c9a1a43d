//! Semantic: what a document is and how it is wrapped, in words.

/// The standard of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standard {
    /// EMREX, namespace `tree/v1`.
    Elmo1,
    /// EMREX, namespace `tree/v2`.
    Elmo2,
    /// European Learning Model, with a term that only 3.1 has.
    Elm31,
    /// European Learning Model.
    Elm32,
}

impl Standard {
    /// Its name and version.
    pub fn name(self) -> &'static str {
        match self {
            Self::Elmo1 => "ELMO 1.6/1.7",
            Self::Elmo2 => "ELMO 2.1",
            Self::Elm31 => "ELM 3.1",
            Self::Elm32 => "ELM 3.2",
        }
    }

    /// Where the transcript of that index stands in the document, from 0.
    pub(super) fn place_of(self, index: usize) -> String {
        match self {
            Self::Elmo1 | Self::Elmo2 => format!("/elmo/report[{}]", index + 1),
            Self::Elm31 | Self::Elm32 => "$.credentialSubject.hasClaim".to_owned(),
        }
    }
}

impl From<hei_elmo::Version> for Standard {
    fn from(version: hei_elmo::Version) -> Self {
        match version {
            hei_elmo::Version::V1 => Self::Elmo1,
            hei_elmo::Version::V2 => Self::Elmo2,
        }
    }
}

impl From<hei_elm::ContextCopy> for Standard {
    fn from(copy: hei_elm::ContextCopy) -> Self {
        match copy {
            hei_elm::ContextCopy::V3_1 => Self::Elm31,
            hei_elm::ContextCopy::V3_2 => Self::Elm32,
        }
    }
}

/// What stands around a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    Xml,
    Gzip,
    Base64,
    Form,
    JsonLd,
    Upload,
    Graph,
    Presentation,
    Seal,
}

impl Wrapping {
    /// The media type of the bytes as they are.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Xml => "application/xml",
            Self::Gzip => "application/gzip",
            Self::Base64 => "text/plain",
            Self::Form => "application/x-www-form-urlencoded",
            Self::JsonLd | Self::Graph | Self::Presentation => "application/ld+json",
            // It has no context of its own: JSON with JSON-LD in a member.
            Self::Upload => "application/json",
            // RFC 7515 §9.2.1: JWS JSON Serialization.
            Self::Seal => "application/jose+json",
        }
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Xml => "XML",
            Self::Gzip => "gzip of XML",
            Self::Base64 => "base64",
            Self::Form => "form of EMREX",
            Self::JsonLd => "JSON-LD",
            Self::Upload => "upload to the Commission's issuer (\"credential\")",
            Self::Graph => "node of a @graph",
            Self::Presentation => "verifiable presentation",
            Self::Seal => "sealed container (JAdES)",
        }
    }
}

impl From<Option<hei_elmo::Wrapping>> for Wrapping {
    fn from(wrapping: Option<hei_elmo::Wrapping>) -> Self {
        match wrapping {
            Some(hei_elmo::Wrapping::Gzip) => Self::Gzip,
            Some(hei_elmo::Wrapping::Base64) => Self::Base64,
            Some(hei_elmo::Wrapping::Form) => Self::Form,
            Some(hei_elmo::Wrapping::None) | None => Self::Xml,
        }
    }
}

impl From<hei_elm::Form> for Wrapping {
    fn from(form: hei_elm::Form) -> Self {
        match form {
            hei_elm::Form::Bare => Self::JsonLd,
            hei_elm::Form::Wrapped => Self::Upload,
            hei_elm::Form::Graph => Self::Graph,
            hei_elm::Form::Presentation => Self::Presentation,
            hei_elm::Form::Sealed => Self::Seal,
        }
    }
}
