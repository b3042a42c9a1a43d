//! How a document becomes records, whichever door it came through.

use hei_evidence::keys::sha256;
use hei_proto::hei::credentials::v1::{ImportedTranscript, Outcome, Transcript};
use hei_use_case::{Call, Failed, Table};
use hei_values::{Decision, Refused, Step, Valid, Violation, Violations};
use prost::Message as _;
use prost::bytes::Bytes;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::prelude::Uuid;

use super::files::Files;
use super::tables::{documents, held, transcripts};
use crate::organisational::standing::{self, Standing};
use crate::organisational::transcript::{Facts, State};
use crate::refusal::Refusal;
use crate::semantic::document::{self, Limits};
use crate::semantic::record;

/// A document that was read and found good, with the bytes as they came.
pub struct Document {
    /// The bytes.
    pub bytes: Bytes,
    /// What they say.
    pub read: document::Document,
}

impl Document {
    /// Whether all its transcripts are of one institution. Local identifiers of a learner
    /// are that institution's then; else nobody can say whose they are.
    fn is_of_one_issuer(&self) -> bool {
        let issuer = |t: &Valid<Transcript>| t.issuer.as_ref().map(record::issuer_key);
        let mut issuers = self.read.transcripts.iter().map(issuer);
        let first = issuers.next();
        issuers.all(|one| Some(one) == first)
    }
}

/// Reads a document of the field `document` of a request.
///
/// # Errors
/// A violation per fault, all at once; TOO_LARGE as a violation of the setting.
pub fn read(bytes: Bytes, limits: &Limits) -> Result<Document, Violations> {
    if bytes.is_empty() {
        return Err(Violation::missing("document").into());
    }
    let read = document::read(&bytes, limits)?;
    Ok(Document { bytes, read })
}

/// Who says that a record is so.
pub enum Source<'a> {
    /// A file of this campus.
    Campus,
    /// The peer that sent it, and its name for it.
    Peer { sender: &'a hei_values::HeiId, named: &'a str },
}

/// Keeps the records of a document: new ones, changed ones; equal ones stay as they are.
///
/// # Errors
/// NOT_DATA_OWNER, AMBIGUOUS_MATCH.
pub async fn keep(
    call: &mut Call,
    document: &Document,
    source: &Source<'_>,
) -> Result<Vec<ImportedTranscript>, Failed> {
    let mut kept = Vec::with_capacity(document.read.transcripts.len());
    for (index, transcript) in document.read.transcripts.iter().enumerate() {
        kept.push(keep_one(call, document, index, transcript, source).await?);
    }
    Ok(kept)
}

async fn keep_one(
    call: &mut Call,
    document: &Document,
    index: usize,
    transcript: &Valid<Transcript>,
    source: &Source<'_>,
) -> Result<ImportedTranscript, Failed> {
    let new = New::of(call, document, transcript, source).await?;
    let there = transcripts::with_identity(call, &new.identity).await?;
    if let Source::Peer { sender, .. } = source {
        // Before anything is said of what is here: nobody but the issuer is told.
        new.must_come_from(sender).map_err(Refused::from)?;
    }
    if let Some(row) = there.as_ref().filter(|row| new.changes_nothing(row, source)) {
        return Ok(imported(row, Outcome::Unchanged));
    }
    let files = Files::of(call, new.subject, document, transcript);
    let before = there.as_ref().map(held::files_of).transpose()?.unwrap_or_default();
    let (row, outcome) = match there {
        None => (insert(call, &new, &files, source).await?, Outcome::Created),
        Some(row) => (revise(call, &row, &new, &files, source).await?, Outcome::Revised),
    };
    files.keep(call).await?;
    insert_document(call, document, index, &row, files.document).await?;
    // What the revision before had beside its document, which stays as it came.
    held::abandon(call, new.subject, before).await?;
    Ok(imported(&row, outcome))
}

fn imported(row: &transcripts::Model, outcome: Outcome) -> ImportedTranscript {
    ImportedTranscript {
        name: row.name(),
        outcome: outcome.into(),
        etag: row.etag(),
        achievement_count: u32::try_from(row.achievement_count).unwrap_or(u32::MAX),
        activity_count: u32::try_from(row.activity_count).unwrap_or(u32::MAX),
    }
}

/// A record as the document has it, before it is known whether it is here.
struct New {
    subject: Uuid,
    identity: Vec<u8>,
    issuer: String,
    learner_name: String,
    achievement_count: u32,
    activity_count: u32,
    content_sha256: Vec<u8>,
}

impl New {
    async fn of(
        call: &Call,
        document: &Document,
        transcript: &Valid<Transcript>,
        source: &Source<'_>,
    ) -> Result<Self, Failed> {
        let issuer = transcript.issuer.as_ref().map(record::issuer_key).unwrap_or_default();
        let content_sha256 = sha256(&transcript.encode_to_vec()).to_vec();
        let learner = transcript.learner.clone().unwrap_or_default();
        let mut joining = match document.is_of_one_issuer() {
            true => record::joining(&learner, &issuer),
            false => record::joining_everywhere(&learner),
        };
        if joining.is_empty() {
            // Nobody can say that two such documents are about one person.
            joining.push(record::only_this_document(&content_sha256));
        }
        let subject = match source {
            Source::Campus => call.subject(&joining).await?,
            Source::Peer { .. } => call.subject_as_known(&joining).await?,
        };
        let identity = format!("{subject}\n{}", record::identity(transcript));
        Ok(Self {
            subject,
            identity: sha256(identity.as_bytes()).to_vec(),
            issuer,
            learner_name: record::display_name(&learner),
            achievement_count: record::achievement_count(transcript),
            activity_count: record::activity_count(transcript),
            content_sha256,
        })
    }

    fn must_come_from(&self, sender: &hei_values::HeiId) -> Result<(), Refusal> {
        crate::organisational::transcript::from_issuer(&self.issuer, sender)
    }

    /// Equal content from the campus changes nothing; from the issuer it may still turn
    /// an imported record into a received one, or a withdrawn one into one that stands.
    fn changes_nothing(&self, row: &transcripts::Model, source: &Source<'_>) -> bool {
        let settled = match source {
            Source::Campus => true,
            Source::Peer { named, .. } => {
                let stands = row.standing == Standing::Current.name();
                row.state == State::Received.name() && stands && row.sent_as == *named
            }
        };
        settled && row.content_sha256 == self.content_sha256
    }

    fn decide(
        &self,
        name: &str,
        state: Option<State>,
        source: &Source<'_>,
    ) -> Result<Decision<State>, Refusal> {
        let facts = Facts { name, state, issuer: &self.issuer };
        match source {
            Source::Campus => crate::organisational::transcript::import(&facts),
            Source::Peer { sender, .. } => {
                crate::organisational::transcript::receive(&facts, sender)
            }
        }
    }

    fn draft(
        &self,
        files: &Files,
        state: State,
        source: &Source<'_>,
        now: i64,
    ) -> transcripts::ActiveModel {
        let (sender, sent_as) = match source {
            Source::Campus => (String::new(), String::new()),
            Source::Peer { sender, named } => {
                (hei_values::name::of("peers", sender), (*named).to_owned())
            }
        };
        transcripts::ActiveModel {
            subject_id: Set(self.subject),
            identity: Set(self.identity.clone()),
            state: Set(state.name().to_owned()),
            standing: Set(Standing::Current.name().to_owned()),
            sender: Set(sender),
            sent_as: Set(sent_as),
            issuer: Set(self.issuer.clone()),
            learner_name: Set(self.learner_name.clone()),
            achievement_count: Set(i64::from(self.achievement_count)),
            activity_count: Set(i64::from(self.activity_count)),
            content_sha256: Set(self.content_sha256.clone()),
            update_ms: Set(now),
            body: Set(files.body.clone()),
            institution_id: NotSet,
            id: NotSet,
            revision: NotSet,
            standing_ms: NotSet,
            create_ms: NotSet,
        }
    }
}

async fn insert(
    call: &mut Call,
    new: &New,
    files: &Files,
    source: &Source<'_>,
) -> Result<transcripts::Model, Failed> {
    let id = call.fresh_id()?;
    let name = hei_values::name::of(transcripts::Entity::COLLECTION, id);
    let decision = new.decide(&name, None, source).map_err(Refused::from)?;
    let draft = transcripts::ActiveModel {
        institution_id: Set(call.institution().id),
        id: Set(id.0),
        revision: Set(1),
        create_ms: Set(call.now().0),
        ..new.draft(files, decision.to, source, call.now().0)
    };
    call.insert::<transcripts::Entity, _>(draft, decision).await
}

async fn revise(
    call: &mut Call,
    row: &transcripts::Model,
    new: &New,
    files: &Files,
    source: &Source<'_>,
) -> Result<transcripts::Model, Failed> {
    let (name, state) = (row.name(), row.current()?);
    let mut decision = new.decide(&name, Some(state), source).map_err(Refused::from)?;
    let mut draft = new.draft(files, decision.to, source, call.now().0);
    let stands = row.stands()?;
    if stands != Standing::Current {
        let renewed = standing::renew(&name, stands).map_err(Refused::from)?;
        decision.effects.extend(renewed.effects);
        draft.standing_ms = Set(Some(call.now().0));
    }
    call.replace::<transcripts::Entity, _>(row, draft, decision).await
}

async fn insert_document(
    call: &mut Call,
    document: &Document,
    index: usize,
    row: &transcripts::Model,
    blob: Uuid,
) -> Result<(), Failed> {
    let draft = documents::ActiveModel {
        institution_id: Set(row.institution_id),
        id: Set(call.fresh_id()?.0),
        revision: Set(1),
        subject_id: Set(row.subject_id),
        transcript_id: Set(row.id),
        transcript_revision: Set(row.revision),
        report_index: Set(i64::try_from(index).unwrap_or(i64::MAX)),
        report_count: Set(i64::try_from(document.read.transcripts.len()).unwrap_or(i64::MAX)),
        sha256: Set(sha256(&document.bytes).to_vec()),
        receive_ms: Set(call.now().0),
        media_type: Set(document.read.wrapping.media_type().to_owned()),
        blob_id: Set(blob),
    };
    call.insert::<documents::Entity, _>(draft, Decision::follows(())).await?;
    Ok(())
}

/// A record with all that its document says, attachments included.
///
/// # Errors
/// INTERNAL if the stored document cannot be read any more.
pub fn whole(stored: &documents::Document, limits: &Limits) -> Result<Valid<Transcript>, Refused> {
    // The reason alone: a fault's text may hold what it is about.
    let read = document::read(&stored.bytes, limits).map_err(|f| {
        Refused::internal(format!("a stored document: {}", Refused::from(f).reason))
    })?;
    let index = usize::try_from(stored.row.report_index).unwrap_or(usize::MAX);
    let found = read.transcripts.into_iter().nth(index);
    found.ok_or_else(|| Refused::internal("a stored document lost a report"))
}
