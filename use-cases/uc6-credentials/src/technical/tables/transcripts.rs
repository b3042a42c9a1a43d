//! Table `uc6_transcripts`: one row a record, with the contract message in its
//! bytes and the columns that lists show or filter by.

use hei_proto::hei::credentials::v1::{self, Origin, Transcript, TranscriptSummary};
use hei_use_case::{Call, Failed, Read, Sight, Table};
use hei_values::{Decision, HeiId, Id, Millis, Refused, Step};
use prost::Message as _;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, QueryTrait};

use super::recipients;
use crate::organisational::transcript::{Standing, State};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "uc6_transcripts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub institution_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub revision: i64,
    pub subject_id: Uuid,
    /// SHA-256 of person, issuer and instances: what makes the record this one.
    pub identity: Vec<u8>,
    /// A `State`.
    pub state: String,
    /// A `Standing`.
    pub standing: String,
    /// When that last changed.
    pub standing_ms: Option<i64>,
    /// The peer that sent it; empty for an imported one.
    pub sender: String,
    /// Its name at that peer.
    pub sent_as: String,
    pub issuer: String,
    pub learner_name: String,
    pub achievement_count: i64,
    pub activity_count: i64,
    /// SHA-256 of the content with its attachments: equal content changes nothing.
    pub content_sha256: Vec<u8>,
    pub create_ms: i64,
    pub update_ms: i64,
    /// The encoded `Transcript`, without what stands in columns and without attachment contents.
    pub body: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

super::table!("transcripts", FEED = true);

/// The records that the caller may see: a learner the own ones, a peer those that
/// were sent to it, staff and systems of the institution all.
pub async fn visible(read: &Read) -> Result<Select<Entity>, Failed> {
    Ok(sight(read).await?.query(read))
}

/// The same for the feed, which tells of deletions too.
pub async fn sight(read: &Read) -> Result<Sight<Entity>, Failed> {
    let all = read.own::<Entity>();
    if let Some(peer) = &read.caller().peer {
        let sent = recipients::sent_to(read, peer)
            .select_only()
            .column(recipients::Column::TranscriptId)
            .into_query();
        return Ok(Sight::Only(all.filter(Column::Id.in_subquery(sent))));
    }
    if read.caller().only_learner() {
        let own = match &read.caller().learner {
            Some(learner) => read.subject(learner).await?,
            None => None,
        };
        return Ok(Sight::Only(all.filter(Column::SubjectId.eq(own.unwrap_or_default()))));
    }
    Ok(Sight::All)
}

/// The record with this identifier, if the caller may see it.
///
/// # Errors
/// NOT_FOUND, whether it is not there or not for the caller.
pub async fn find(read: &Read, id: Id) -> Result<Model, Failed> {
    let query = visible(read).await?.filter(Column::Id.eq(id.0));
    let name = hei_values::name::of(Entity::COLLECTION, id);
    read.one(query).await?.ok_or_else(|| Refused::not_found(&name).into())
}

/// The records that a peer has sent under this name, oldest first; for the node's own use.
/// They are several where the peer named the person differently each time.
pub async fn sent_as(read: &Read, peer: &HeiId, name: &str) -> Result<Vec<Model>, Failed> {
    let sender = hei_values::name::of("peers", peer);
    let own = read.own::<Entity>().filter(Column::Sender.eq(sender));
    read.some(own.filter(Column::SentAs.eq(name)).order_by_asc(Column::Id)).await
}

/// The record with this identity; for the node's own use while it imports.
pub async fn with_identity(read: &Read, identity: &[u8]) -> Result<Option<Model>, Failed> {
    read.one(read.own::<Entity>().filter(Column::Identity.eq(identity))).await
}

/// Saves how a record stands; its content is what it was.
///
/// # Errors
/// Runs again if somebody changed the row since it was read.
pub async fn stand(
    call: &mut Call,
    row: &Model,
    decision: Decision<Standing>,
) -> Result<Model, Failed> {
    let draft = ActiveModel {
        standing: Set(decision.to.name().to_owned()),
        standing_ms: Set(Some(call.now().0)),
        ..Default::default()
    };
    call.replace::<Entity, _>(row, draft, decision).await
}

impl Model {
    /// The stored state.
    ///
    /// # Errors
    /// INTERNAL if somebody wrote another word into the table.
    pub fn current(&self) -> Result<State, Refused> {
        State::from_name(&self.state)
            .ok_or_else(|| Refused::internal(format!("state {:?}", self.state)))
    }

    /// Whether it stands.
    ///
    /// # Errors
    /// INTERNAL if somebody wrote another word into the table.
    pub fn stands(&self) -> Result<Standing, Refused> {
        Standing::from_name(&self.standing)
            .ok_or_else(|| Refused::internal(format!("standing {:?}", self.standing)))
    }

    /// The resource name.
    pub fn name(&self) -> String {
        Entity::name(self)
    }

    /// The tag of this revision.
    pub fn etag(&self) -> String {
        Entity::key(self).etag().text().to_owned()
    }

    /// The record as the contract shows it.
    ///
    /// # Errors
    /// INTERNAL if the bytes do not decode.
    pub fn shown(&self) -> Result<Transcript, Refused> {
        let body = Transcript::decode(self.body.as_slice())
            .map_err(|e| Refused::internal(format!("body of {}: {e}", self.name())))?;
        Ok(Transcript {
            name: self.name(),
            etag: self.etag(),
            create_time: Some(Millis(self.create_ms).to_timestamp()),
            update_time: Some(Millis(self.update_ms).to_timestamp()),
            origin: self.origin()?.into(),
            standing: self.shown_standing()?.into(),
            standing_time: self.standing_ms.map(|ms| Millis(ms).to_timestamp()),
            ..body
        })
    }

    /// The record in a list, from columns alone.
    ///
    /// # Errors
    /// INTERNAL for an unknown state.
    pub fn summary(&self) -> Result<TranscriptSummary, Refused> {
        Ok(TranscriptSummary {
            name: self.name(),
            etag: self.etag(),
            learner_name: self.learner_name.clone(),
            issuer: self.issuer.clone(),
            achievement_count: u32::try_from(self.achievement_count).unwrap_or(u32::MAX),
            activity_count: u32::try_from(self.activity_count).unwrap_or(u32::MAX),
            origin: self.origin()?.into(),
            create_time: Some(Millis(self.create_ms).to_timestamp()),
            update_time: Some(Millis(self.update_ms).to_timestamp()),
            sender: self.sender.clone(),
            standing: self.shown_standing()?.into(),
        })
    }

    /// Its standing as the contract has it.
    ///
    /// # Errors
    /// INTERNAL for an unknown word.
    pub fn shown_standing(&self) -> Result<v1::Standing, Refused> {
        Ok(match self.stands()? {
            Standing::Current => v1::Standing::Current,
            Standing::Withdrawn => v1::Standing::Withdrawn,
            Standing::Superseded => v1::Standing::Superseded,
        })
    }

    fn origin(&self) -> Result<Origin, Refused> {
        Ok(match self.current()? {
            State::Imported => Origin::Imported,
            State::Received => Origin::Received,
            State::Erased => Origin::Unspecified,
        })
    }
}
