//! The contract as the matrix walks through it: methods with what they say of access,
//! fields, and requests that are made of samples.

use hei_testkit::nodes::LEARNER;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
    Value,
};

use super::letter;
use super::world::{self, Whose, World, somebody_else};

/// Resources that a request names though no path of REST does.
const NAMED: [(&str, &str); 2] = [
    ("hei.credentials.v1.FetchTranscriptRequest.name", "transcripts"),
    ("google.longrunning.WaitOperationRequest.name", "operations"),
];
/// A revision that no resource has.
const STALE: &str = "\"stale\"";

pub fn pool() -> DescriptorPool {
    DescriptorPool::decode(hei_proto::DESCRIPTOR_SET).unwrap()
}

/// Every method that a node serves: ours, and those of others that have a rule.
pub fn methods(pool: &DescriptorPool) -> Vec<MethodDescriptor> {
    let all = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    all.filter(|one| one.full_name().starts_with("hei.") || !roles(one).is_empty()).collect()
}

pub fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// Whether peers call it, and not the campus.
pub fn is_of_peers(method: &MethodDescriptor) -> bool {
    method.parent_service().name().ends_with("PeerService")
}

/// The roles that the contract names, in lower case; none without a rule.
pub fn roles(method: &MethodDescriptor) -> Vec<String> {
    let pool = method.parent_pool().clone();
    let Some(access) = option(method, "hei.common.v1.access") else { return Vec::new() };
    let roles = access.get_field_by_name("roles").unwrap();
    let names = pool.get_enum_by_name("hei.common.v1.Role").unwrap();
    let name = |v: &Value| {
        let name = names.get_value(v.as_enum_number().unwrap()).unwrap().name().to_owned();
        name.trim_start_matches("ROLE_").to_lowercase()
    };
    roles.as_list().unwrap().iter().map(name).collect()
}

fn option(method: &MethodDescriptor, name: &str) -> Option<DynamicMessage> {
    let extension = method.parent_pool().get_extension_by_name(name)?;
    let options = method.options();
    options
        .has_extension(&extension)
        .then(|| options.get_extension(&extension).as_message().cloned())?
}

/// The collection of a resource that a field of the request names: "{name=transcripts/*}".
fn collection(method: &MethodDescriptor, field: &FieldDescriptor) -> Option<String> {
    if let Some((_, named)) = NAMED.iter().find(|(known, _)| *known == field.full_name()) {
        return Some((*named).to_owned());
    }
    let rule = option(method, "google.api.http")?;
    let verbs = ["get", "put", "post", "delete", "patch"];
    let route = verbs.iter().find_map(|verb| {
        rule.has_field_by_name(verb).then(|| rule.get_field_by_name(verb).unwrap().into_owned())
    })?;
    let route = route.as_str()?.to_owned();
    let (_, rest) = route.split_once(&format!("{{{}=", field.name()))?;
    let (collection, _) = rest.split_once('/')?;
    (!collection.contains('}')).then(|| collection.to_owned())
}

/// A request, and what it does that the answer depends on.
pub struct Request {
    pub message: DynamicMessage,
    /// It asks for one resource.
    pub names_one: bool,
    /// The only role that sees this resource, where there is one.
    pub kept_by: Option<&'static str>,
    /// It names a revision that no resource has, so that it changes nothing.
    pub is_stale: bool,
}

/// A request of a method about somebody's things; none where there is no such thing.
///
/// # Errors
/// What is missing to make one.
pub fn request(
    world: &World,
    method: &MethodDescriptor,
    purpose: &str,
    whose: Whose,
) -> Result<Option<Request>, String> {
    let input = method.input();
    let mut made = Request {
        message: DynamicMessage::new(input.clone()),
        names_one: false,
        kept_by: None,
        is_stale: false,
    };
    if input.full_name() == "hei.messaging.v1.DeliverRequest" {
        made.message.transcode_from(&letter::delivery(world, |_, _| {})).unwrap();
        return Ok((whose != Whose::Absent).then_some(made));
    }
    for field in input.fields() {
        let value = match collection(method, &field) {
            Some(named) => match world.thing(&named, whose)? {
                Some(name) => {
                    made.names_one = true;
                    made.kept_by = world::keeper(&named);
                    Value::String(name.to_owned())
                }
                None => return Ok(None),
            },
            None => match sample(world, &field, purpose, whose) {
                Some(value) => value,
                None => continue,
            },
        };
        made.is_stale |= field.name() == "etag";
        made.message.set_field(&field, value);
    }
    // Without a name there is nothing that could be absent.
    Ok((made.names_one || whose != Whose::Absent).then_some(made))
}

/// A value for a field by its name or type; what is not listed stays unset.
fn sample(world: &World, field: &FieldDescriptor, purpose: &str, whose: Whose) -> Option<Value> {
    let text = |text: &str| Some(Value::String(text.to_owned()));
    let learner = if whose == Whose::Other { somebody_else() } else { LEARNER.to_owned() };
    let peer = if whose == Whose::Foreign { "peers/gamma.example" } else { "peers/beta.example" };
    match (field.name(), field.kind()) {
        ("purpose", Kind::Message(coded)) => {
            Some(of_texts(&coded, &[("scheme", "hei-purpose"), ("code", purpose)]))
        }
        (_, Kind::Message(m)) if m.full_name() == "hei.common.v1.Identifier" => {
            Some(of_texts(&m, &[("scheme", "esi"), ("value", &learner)]))
        }
        ("page_size", _) => Some(Value::I32(50)),
        ("etag", _) => text(STALE),
        ("peer", Kind::String) => text(peer),
        ("url", Kind::String) => text(&world.beta.url()),
        ("fingerprint", Kind::String) => text(&world.fingerprint),
        // The jobs that the node does by itself never end.
        ("timeout", Kind::Message(duration)) => {
            let mut made = DynamicMessage::new(duration);
            made.set_field_by_name("nanos", Value::I32(1_000_000));
            Some(Value::Message(made))
        }
        ("format" | "ground" | "reason", Kind::Enum(_)) => Some(Value::EnumNumber(1)),
        ("document", Kind::Bytes) => Some(Value::Bytes(world.from_beta.clone().into())),
        _ => None,
    }
}

fn of_texts(message: &MessageDescriptor, fields: &[(&str, &str)]) -> Value {
    let mut made = DynamicMessage::new(message.clone());
    for (name, text) in fields {
        made.set_field_by_name(name, Value::String((*text).to_owned()));
    }
    Value::Message(made)
}
