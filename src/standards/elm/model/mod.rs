//! hei-elm: the classes of ELM, named and ordered as the application profile
//! EDC 3.2 has them. Texts are as sent; a missing member is `None` or empty,
//! never a default.

mod achievement;
mod activity;
mod assessment;
mod claim;
mod concept;
mod credential;
mod display;
mod media;
mod opportunity;
mod organisation;
mod person;
mod place;
mod specification;

pub use achievement::{Achievement, CreditPoint, Entitlement, EntitlementSpecification};
pub use activity::{Activity, ActivitySpecification};
pub use assessment::{
    Assessment, AssessmentSpecification, GradingScheme, ResultCategory, ResultDistribution,
    ShortenedGrading,
};
pub use claim::{AwardingProcess, Claim};
pub use concept::{Concept, ConceptScheme, Identifier, LegalIdentifier};
pub use credential::{Credential, CredentialSchema, Evidence};
pub use display::{DisplayDetail, DisplayParameter, IndividualDisplay};
pub use media::{MediaObject, Note, WebResource};
pub use opportunity::{LearningOpportunity, Period};
pub use organisation::{Group, Organisation};
pub use person::Person;
pub use place::{Address, ContactPoint, Location, Mailbox, Phone};
pub use specification::{LearningOutcome, Specification};
