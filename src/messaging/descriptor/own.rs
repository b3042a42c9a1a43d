//! Our own descriptor: made from the configuration, kept by version, made anew when
//! what it says has changed or its life runs out.

use std::sync::Arc;

use hei_evidence::keys::{DESCRIPTOR_DOMAIN, KeyUse, Keyring};
use hei_proto::hei::common::v1::LocalizedText;
use hei_proto::hei::messaging::v1::{self, Key, Limit, NodeDescriptor, SignedDescriptor};
use hei_store::institution::Institution;
use hei_store::{Conn, Failed, Store};
use hei_values::{Millis, Refused};
use prost::Message as _;
use prost_types::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::table;
use crate::limits::{DESCRIPTOR_MS, DESCRIPTOR_MS_LEFT_MIN};

/// What the node says of itself, from its configuration and its use cases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Described {
    /// The institution's name by language.
    pub titles: Vec<LocalizedText>,
    /// "host:port" of the peer listener, as partners reach it.
    pub peer_address: String,
    /// As "uc6/receiver@1".
    pub claims: Vec<String>,
    /// The RPCs that peers may call.
    pub operations: Vec<String>,
    /// The kinds of message that it takes, as "name/version".
    pub kinds: Vec<String>,
    /// Standards with version.
    pub standards: Vec<String>,
    /// Maxima by name, as "message_bytes".
    pub limits: Vec<(String, u64)>,
}

/// Our signed descriptor: the last one if it still says what is so, else a new one.
///
/// # Errors
/// Those of the database.
pub async fn own(
    store: &Store,
    institution: &Institution,
    keys: &Arc<Keyring>,
    described: &Described,
    now: Millis,
) -> Result<SignedDescriptor, Refused> {
    let (institution, keys, described) = (institution.clone(), keys.clone(), described.clone());
    let work = async move |conn: Conn| {
        let before = last(&conn, &institution).await?;
        let content = content(&institution, &keys, &described, before.as_ref(), now);
        if let Some(last) = before.as_ref().filter(|last| still_right(last, &content, now)) {
            return Ok(signed(last.clone()));
        }
        let version = version(before.as_ref(), now);
        let made = make(content, version, &keys, now)?;
        table::Entity::insert(row(&institution, version, &made, now))
            .exec_without_returning(&conn)
            .await?;
        Ok(made)
    };
    store.transact(work).await
}

async fn last(conn: &Conn, institution: &Institution) -> Result<Option<table::Model>, Failed> {
    let mine = table::Entity::find().filter(table::Column::InstitutionId.eq(institution.id));
    Ok(mine.order_by_desc(table::Column::Version).one(conn).await?)
}

fn still_right(last: &table::Model, content: &NodeDescriptor, now: Millis) -> bool {
    let fresh = last.expire_ms - now.0 > DESCRIPTOR_MS_LEFT_MIN;
    fresh && decoded(last).map(without_life).as_ref() == Some(content)
}

fn without_life(descriptor: NodeDescriptor) -> NodeDescriptor {
    NodeDescriptor { version: 0, create_time: None, expire_time: None, ..descriptor }
}

fn decoded(row: &table::Model) -> Option<NodeDescriptor> {
    NodeDescriptor::decode(row.descriptor.as_slice()).ok()
}

/// A version is the second of its making or, if that is used up, the next number:
/// a node whose database was lost or restored still makes a higher one than its
/// partners have pinned.
fn version(before: Option<&table::Model>, now: Millis) -> i64 {
    before.map_or(1, |last| last.version + 1).max(now.0 / 1000)
}

/// Everything but version and life.
fn content(
    institution: &Institution,
    keys: &Keyring,
    described: &Described,
    before: Option<&table::Model>,
    now: Millis,
) -> NodeDescriptor {
    let known = before.and_then(decoded).map(|d| d.keys).unwrap_or_default();
    let limit = |(name, value): &(String, u64)| Limit { name: name.clone(), value: *value };
    NodeDescriptor {
        institution: institution.domain.to_string(),
        titles: described.titles.clone(),
        keys: KeyUse::ALL.map(|use_| key(keys, use_, &known, now)).to_vec(),
        peer_address: described.peer_address.clone(),
        claims: described.claims.clone(),
        operations: described.operations.clone(),
        kinds: described.kinds.clone(),
        standards: described.standards.clone(),
        limits: described.limits.iter().map(limit).collect(),
        ..NodeDescriptor::default()
    }
}

fn key(keys: &Keyring, use_: KeyUse, known: &[Key], now: Millis) -> Key {
    let contract_use = match use_ {
        KeyUse::Descriptor => v1::KeyUse::Descriptor,
        KeyUse::Tls => v1::KeyUse::Tls,
        KeyUse::Message => v1::KeyUse::Message,
        KeyUse::Receipt => v1::KeyUse::Receipt,
    };
    let public_key = keys.public(use_).to_vec();
    let key_id = keys.key_id(use_).to_owned();
    let since = known.iter().find(|k| k.key_id == key_id).and_then(|k| k.not_before_time);
    Key {
        key_id,
        r#use: contract_use.into(),
        public_key: public_key.into(),
        not_before_time: Some(since.unwrap_or_else(|| now.to_timestamp())),
        not_after_time: None::<Timestamp>,
        revoke_time: None,
    }
}

pub(crate) fn make(
    content: NodeDescriptor,
    version: i64,
    keys: &Keyring,
    now: Millis,
) -> Result<SignedDescriptor, Refused> {
    let descriptor = NodeDescriptor {
        version: u64::try_from(version).unwrap_or(0),
        create_time: Some(now.to_timestamp()),
        expire_time: Some(now.plus(DESCRIPTOR_MS).to_timestamp()),
        ..content
    }
    .encode_to_vec();
    let signature = keys.sign(KeyUse::Descriptor, DESCRIPTOR_DOMAIN, &descriptor)?.into();
    Ok(SignedDescriptor {
        descriptor: descriptor.into(),
        key_id: keys.key_id(KeyUse::Descriptor).to_owned(),
        signature,
    })
}

/// A descriptor without a database, for golden files and tests.
#[cfg(test)]
pub(crate) fn fixed(
    institution: &Institution,
    keys: &Keyring,
    described: &Described,
    version: i64,
    now: Millis,
) -> Result<SignedDescriptor, Refused> {
    make(content(institution, keys, described, None, now), version, keys, now)
}

fn row(
    institution: &Institution,
    version: i64,
    made: &SignedDescriptor,
    now: Millis,
) -> table::ActiveModel {
    table::ActiveModel {
        institution_id: Set(institution.id),
        version: Set(version),
        descriptor: Set(made.descriptor.to_vec()),
        key_id: Set(made.key_id.clone()),
        signature: Set(made.signature.to_vec()),
        create_ms: Set(now.0),
        expire_ms: Set(now.plus(DESCRIPTOR_MS).0),
    }
}

fn signed(row: table::Model) -> SignedDescriptor {
    SignedDescriptor {
        descriptor: row.descriptor.into(),
        key_id: row.key_id,
        signature: row.signature.into(),
    }
}
