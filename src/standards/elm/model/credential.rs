//! hei-elm: the credential itself.

use hei_elmo::Written;

use crate::class::class;
use crate::model::{Concept, DisplayParameter, Identifier, MediaObject, Organisation, Person};

class! {
    /// A European Digital Credential.
    Credential = ["VerifiableCredential", "EuropeanDigitalCredential"] "credential" {
        schemas: Vec<CredentialSchema> = "credentialSchema" Many,
        profiles: Vec<Concept> = "credentialProfiles" Many,
        identifiers: Vec<Identifier> = "identifier" Any,
        display: Option<DisplayParameter> = "displayParameter" One,
        /// When it was issued; sealing writes it.
        issued: Option<Written> = "issued" One,
        issuance_date: Option<Written> = "issuanceDate" Optional,
        valid_from: Option<Written> = "validFrom" One,
        valid_until: Option<Written> = "validUntil" Optional,
        expiration_date: Option<Written> = "expirationDate" Optional,
        /// Who issues and seals; it need not be who awards.
        issuer: Option<Organisation> = "issuer" One,
        evidence: Vec<Evidence> = "evidence" Any,
        attachments: Vec<MediaObject> = "attachment" Any,
        subject: Option<Person> = "credentialSubject" One,
    }
}

class! {
    /// The shapes that it says to conform to; its id is what counts.
    CredentialSchema = ["ShaclValidator2017"] "credentialSchema" {}
}

class! {
    /// Why the issuer may issue: a mandate, a conversion, an accreditation.
    Evidence = ["Evidence"] "evidence" {
        kind: Option<Concept> = "dcType" One,
        statement: Option<String> = "evidenceStatement" Optional,
        embedded: Vec<MediaObject> = "embeddedEvidence" Any,
    }
}
