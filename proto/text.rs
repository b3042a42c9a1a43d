//! Texts of requests and messages: U+0000 is in none. UTF-8 has it, PostgreSQL keeps no
//! text with it, and SQLite does, so it is refused before anybody looks further.

use std::sync::OnceLock;

use prost::bytes::Bytes;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, Value};

/// The path of the first text field with U+0000 in a request of a method.
pub fn nul_in_request(path: &str, request: &Bytes) -> Option<String> {
    nul_in(request, |pool| {
        let (service, method) = path.strip_prefix('/')?.split_once('/')?;
        let service = pool.get_service_by_name(service)?;
        service.methods().find(|known| known.name() == method).map(|known| known.input())
    })
}

/// The same in a message of a kind.
pub fn nul_in_kind(name: &str, version: u32, payload: &Bytes) -> Option<String> {
    nul_in(payload, |pool| {
        let extension = pool.get_extension_by_name("hei.common.v1.kind")?;
        pool.all_messages().find(|message| {
            let options = message.options();
            let kind = options.get_extension(&extension);
            let kind = kind.as_message();
            let named = |field: &str| kind.and_then(|kind| kind.get_field_by_name(field));
            named("name").is_some_and(|known| known.as_str() == Some(name))
                && named("version").is_some_and(|known| known.as_u32() == Some(version))
        })
    })
}

/// Nearly all messages have no zero byte at all; only one that has is read again.
fn nul_in(
    bytes: &Bytes,
    of: impl Fn(&DescriptorPool) -> Option<MessageDescriptor>,
) -> Option<String> {
    static POOL: OnceLock<Option<DescriptorPool>> = OnceLock::new();
    if !bytes.contains(&0) {
        return None;
    }
    let pool = POOL.get_or_init(|| DescriptorPool::decode(crate::DESCRIPTOR_SET).ok()).as_ref()?;
    let message = DynamicMessage::decode(of(pool)?, bytes.clone()).ok()?;
    in_message(&message)
}

fn in_message(message: &DynamicMessage) -> Option<String> {
    message.fields().find_map(|(field, value)| in_value(field.name(), value))
}

fn in_value(place: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(|| place.to_owned()),
        Value::Message(inner) => in_message(inner).map(|field| format!("{place}.{field}")),
        Value::List(all) => {
            let mut each = all.iter().enumerate();
            each.find_map(|(n, one)| in_value(&format!("{place}[{n}]"), one))
        }
        Value::Map(all) => {
            let key = all.keys().any(|key| key.as_str().is_some_and(|text| text.contains('\0')));
            let inside = || all.values().find_map(|one| in_value(place, one));
            if key { Some(place.to_owned()) } else { inside() }
        }
        _ => None,
    }
}
