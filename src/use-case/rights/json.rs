//! Messages of the contract as JSON, for whoever takes their data along (GDPR Art. 20):
//! the mapping of Protocol Buffers, with names as they stand in the contract's JSON.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hei_values::{Millis, Refused};
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    ReflectMessage as _, Value as Held,
};
use serde_json::{Map, Value};

static POOL: LazyLock<Option<DescriptorPool>> =
    LazyLock::new(|| DescriptorPool::decode(hei_proto::DESCRIPTOR_SET).ok());

/// A message by its full name.
///
/// # Errors
/// INTERNAL if there is none of this name, or the bytes are none.
pub fn message(full_name: &str, bytes: &[u8]) -> Result<Value, Refused> {
    let found = pool()?.get_message_by_name(full_name);
    of(found.ok_or_else(|| unknown(full_name))?, bytes)
}

/// What answered a call of a method, by its path.
///
/// # Errors
/// INTERNAL if there is no such method, or the bytes are no answer of it.
pub fn answer_to(path: &str, bytes: &[u8]) -> Result<Value, Refused> {
    let (service, method) =
        path.trim_start_matches('/').split_once('/').ok_or_else(|| unknown(path))?;
    let service = pool()?.get_service_by_name(service).ok_or_else(|| unknown(path))?;
    let found = service.methods().find(|one| one.name() == method);
    of(found.ok_or_else(|| unknown(path))?.output(), bytes)
}

/// A message between nodes by its kind, or what answers it; a kind that is not known any
/// more stays as it is, in base64.
pub fn of_kind(kind: &str, bytes: &[u8], is_answer: bool) -> Value {
    let read = || {
        let (message, answer) = find_kind(kind)?;
        let descriptor =
            if is_answer { pool().ok()?.get_message_by_name(&answer)? } else { message };
        of(descriptor, bytes).ok()
    };
    read().unwrap_or_else(|| STANDARD.encode(bytes).into())
}

/// The message of a kind and the name of its answer.
fn find_kind(kind: &str) -> Option<(MessageDescriptor, String)> {
    let pool = pool().ok()?;
    let extension = pool.get_extension_by_name("hei.common.v1.kind")?;
    let text = |option: &DynamicMessage, field: &str| {
        option.get_field_by_name(field).and_then(|it| it.as_str().map(str::to_owned))
    };
    pool.all_messages().find_map(|message| {
        let options = message.options();
        let option = options.get_extension(&extension);
        let option = option.as_message()?;
        let is_it = text(option, "name").is_some_and(|name| name == kind);
        is_it.then(|| text(option, "answer")).flatten().map(|answer| (message, answer))
    })
}

fn pool() -> Result<&'static DescriptorPool, Refused> {
    POOL.as_ref().ok_or_else(|| Refused::internal("the contract does not read"))
}

fn unknown(name: &str) -> Refused {
    Refused::internal(format!("the contract has no {name}"))
}

fn of(descriptor: MessageDescriptor, bytes: &[u8]) -> Result<Value, Refused> {
    let name = descriptor.full_name().to_owned();
    let read = DynamicMessage::decode(descriptor, bytes);
    let read = read.map_err(|error| Refused::internal(format!("{name}: {error}")))?;
    Ok(object(&read))
}

fn object(message: &DynamicMessage) -> Value {
    if message.descriptor().full_name() == "google.protobuf.Timestamp" {
        return time(message);
    }
    let members =
        message.fields().map(|(field, held)| (field.json_name().to_owned(), value(&field, held)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn time(stamp: &DynamicMessage) -> Value {
    let part = |name: &str| stamp.get_field_by_name(name);
    let seconds = part("seconds").and_then(|it| it.as_i64()).unwrap_or_default();
    let nanos = part("nanos").and_then(|it| it.as_i32()).unwrap_or_default();
    let millis = seconds.saturating_mul(1000).saturating_add(i64::from(nanos / 1_000_000));
    Millis(millis).to_rfc3339().into()
}

fn value(field: &FieldDescriptor, held: &Held) -> Value {
    let kind = match field.kind() {
        Kind::Enum(names) => Some(names),
        _ => None,
    };
    single(kind.as_ref(), held)
}

fn single(names: Option<&EnumDescriptor>, held: &Held) -> Value {
    match held {
        Held::Bool(it) => (*it).into(),
        Held::I32(it) => (*it).into(),
        Held::U32(it) => (*it).into(),
        // A number of 64 bits is a text in JSON.
        Held::I64(it) => it.to_string().into(),
        Held::U64(it) => it.to_string().into(),
        Held::F32(it) => (*it).into(),
        Held::F64(it) => (*it).into(),
        Held::String(it) => it.as_str().into(),
        Held::Bytes(it) => STANDARD.encode(it).into(),
        Held::EnumNumber(it) => {
            let name = names.and_then(|names| names.get_value(*it));
            name.map_or((*it).into(), |name| name.name().into())
        }
        Held::Message(it) => object(it),
        Held::List(all) => all.iter().map(|one| single(names, one)).collect(),
        Held::Map(all) => {
            Value::Object(all.iter().map(|(key, one)| (key_text(key), single(None, one))).collect())
        }
    }
}

fn key_text(key: &prost_reflect::MapKey) -> String {
    use prost_reflect::MapKey::{Bool, I32, I64, String, U32, U64};
    match key {
        Bool(it) => it.to_string(),
        I32(it) => it.to_string(),
        I64(it) => it.to_string(),
        U32(it) => it.to_string(),
        U64(it) => it.to_string(),
        String(it) => it.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use hei_proto::Kind as _;
    use hei_proto::hei::node::v1::{NoticeKind, Piece, RecordNotice, Subject};
    use prost::Message as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_is_written_as_protocol_buffers_map_it_to_json() {
        let subject = Subject {
            name: "subjects/1".to_owned(),
            create_time: Some(Millis(1_790_000_000_123).to_timestamp()),
            ..Subject::default()
        };
        let written = message("hei.node.v1.Subject", &subject.encode_to_vec()).unwrap();
        let expected = json!({"name": "subjects/1", "createTime": "2026-09-21T14:13:20.123Z"});
        assert_eq!(written, expected);
        let piece = Piece { content: vec![255].into(), size_bytes: 1, ..Piece::default() };
        let written = message("hei.node.v1.Piece", &piece.encode_to_vec()).unwrap();
        assert_eq!(written, json!({"content": "/w==", "sizeBytes": "1"}));
    }

    #[test]
    fn a_message_between_nodes_is_known_by_its_kind() {
        let notice =
            RecordNotice { record: "transcripts/1".to_owned(), kind: NoticeKind::Erasure.into() };
        let written = of_kind(RecordNotice::NAME, &notice.encode_to_vec(), false);
        let expected = json!({"record": "transcripts/1", "kind": "NOTICE_KIND_ERASURE"});
        assert_eq!(written, expected);
        assert_eq!(of_kind("no.such.kind", &[1], false), json!("AQ=="));
    }
}
