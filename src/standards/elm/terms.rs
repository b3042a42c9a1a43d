//! hei-elm: which keys the contexts define, as facts. EDC context 3.1 and 3.2
//! stand under the same address; they differ in the five terms below. Tests
//! compare all of it with the published files.

use crate::context::ContextCopy;

pub(crate) const PREFIXES: &str =
    "adms clv cred dc elm foaf locn org person rdf rdfs rov skos vc xsd";

/// Classes; Concept is skos's, Location and PeriodOfTime are dc's, the rest elm's.
pub(crate) const CLASSES: &str = "Accreditation Address Agent Amount AwardingOpportunity AwardingProcess Claim Concept \
ConceptScheme ContactPoint CreditPoint DisplayDetail DisplayParameter EuropeanDigitalCredential \
EuropeanDigitalPresentation Evidence Geometry GradingScheme Grant Group Identifier IndividualDisplay \
LearningAchievement LearningAchievementSpecification LearningActivity LearningActivitySpecification \
LearningAssessment LearningAssessmentSpecification LearningEntitlement LearningEntitlementSpecification \
LearningOpportunity LearningOutcome LegalIdentifier Location Mailbox MediaObject Note Organisation PeriodOfTime \
Person Phone PriceDetail Qualification ResultCategory ResultDistribution ShaclValidator2017 ShortenedGrading \
Specification VerificationCheck WebResource";

/// What holds a language map.
pub(crate) const TEXTS: &str = "altLabel birthName category definition description familyName fullName geographicName \
givenName legalName noteLiteral patronymicName prefLabel schemeAgency title";

/// What holds nodes, or their identifiers.
pub(crate) const NODES: &str = "accreditation accreditingAgent additionalNote address admissionProcedure amount assessedBy \
attachment attachmentType awardedBy awardingBody awardingOpportunity awards bannerImage citizenshipCountry contactForm \
contactPoint contentEncoding contentType countryCode creator credentialProfiles creditPoint creditReceived dateModified \
dcType decision descriptionHtml directedBy displayDetail displayParameter educationalSystemNote educationLevel \
educationSubject eIDASIdentifier elmSubject emailAddress embeddedEvidence entitledBy entitlementStatus entitlesTo \
entryRequirement eqfLevel evidenceTarget framework fullAddress gender generalisationOf grade gradeStatus gradingScheme \
grant groupMemberOf hasClaim hasCredential hasPart hasSubOrganization homepage identifier idVerification image \
individualDisplay influencedBy influences inScheme isPartOf landingPage language learningAchievementSpecification \
learningActivitySpecification learningOpportunity learningOutcome learningOutcomeSummary learningSchedule learningSetting \
limitCredentialType limitEQFLevel limitField limitJurisdiction limitNationalOccupation limitOccupation limitOrganisation \
limitQualification location logo member memberOf mode nationalID noteFormat nqfLevel organisation phone placeOfBirth \
priceDetail primaryLanguage provenBy proves providedBy publisher qualificationCode registration relatedESCOSkill \
relatedSkill report resultCategory reusabilityLevel scheduleInformation shortenedGrading spatial spatialCode \
specialisationOf specifiedBy subject subOrganizationOf supplementaryDocument targetGroup taxIdentifier temporal \
thematicArea unit used vatIdentifier verificationCheck verificationStatus";

/// What holds strings, numbers, dates.
pub(crate) const VALUES: &str = "applicationDeadline areaDialingCode awardingDate contactHour content contentSize contentURL \
count countryDialing dateCreated dateIssued dateOfBirth dialNumber duration endDate evidenceStatement expiryDate \
isPartialQualification label latitude levelOfCompletion longitude maximumDuration maximumScore minimumScore notation page \
percentageEqual percentageHigher percentageLower phoneNumber point reviewDate schemeId schemeName schemeVersion score \
startDate status summaryDisplay valid value volumeOfLearning workload";

/// Only in the copy of 3.1: the misspelt term.
pub(crate) const ONLY_3_1: &str = "resultDestribution";
/// Only in the copy of 3.2.
pub(crate) const ONLY_3_2: &str = "CredentialStatus Proof TermsOfUse resultDistribution";

/// What the W3C context defines everywhere.
pub(crate) const VC_ANYWHERE: &str = "EcdsaSecp256k1Signature2019 EcdsaSecp256r1Signature2019 Ed25519Signature2018 \
RsaSignature2018 VerifiableCredential VerifiablePresentation id proof type";
/// What it defines on the credential only: a type-scoped context does not reach
/// the nodes within (JSON-LD 1.1 §4.1.8).
pub(crate) const VC_CREDENTIAL: &str = "credentialSchema credentialStatus credentialSubject evidence expirationDate holder \
issuanceDate issued issuer refreshService sec termsOfUse validFrom validUntil";

const RESULT_DISTRIBUTION: &str = "resultDistribution";

/// Terms written for another: ELMO's name for the same thing, which ELM has for
/// something else (`elm:category`, a text).
const MISTAKEN: &[(&str, &str)] = &[("resultCategory", "category")];

/// The term under which a member may stand by mistake.
pub(crate) fn mistaken(term: &str) -> Option<&'static str> {
    MISTAKEN.iter().find(|(right, _)| *right == term).map(|(_, wrong)| *wrong)
}

/// The spelling of a term in that copy.
pub(crate) fn spelling(term: &str, copy: ContextCopy) -> &str {
    match copy {
        ContextCopy::V3_1 if term == RESULT_DISTRIBUTION => ONLY_3_1,
        _ => term,
    }
}

/// Whether a JSON-LD processor would keep the key.
pub(crate) fn is_defined(name: &str, copy: ContextCopy, on_credential: bool) -> bool {
    if name.starts_with('@') {
        return true;
    }
    let own = match copy {
        ContextCopy::V3_1 => ONLY_3_1,
        ContextCopy::V3_2 => ONLY_3_2,
    };
    let lists = [NODES, VALUES, TEXTS, CLASSES, own, VC_ANYWHERE, PREFIXES];
    lists.iter().any(|list| has(list, name))
        || (on_credential && has(VC_CREDENTIAL, name))
        || is_iri(name, on_credential)
}

/// A compact IRI of a known prefix, or an absolute one (JSON-LD 1.1 §4.1.5).
fn is_iri(name: &str, on_credential: bool) -> bool {
    name.split_once(':').is_some_and(|(prefix, rest)| {
        rest.starts_with("//") || has(PREFIXES, prefix) || (on_credential && prefix == "sec")
    })
}

/// Whether the keys below it are languages.
pub(crate) fn holds_texts(name: &str) -> bool {
    has(TEXTS, name)
}

/// Whether only that copy knows it, as a key or as a type.
pub(crate) fn is_only(name: &str, copy: ContextCopy) -> bool {
    match copy {
        ContextCopy::V3_1 => has(ONLY_3_1, name),
        ContextCopy::V3_2 => has(ONLY_3_2, name),
    }
}

fn has(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == name)
}
