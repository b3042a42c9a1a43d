//! Strings that steer something else than they should (reliability.md, S11), in every
//! string field that the contract has: of requests, of messages between nodes and their
//! headers, and in documents. What is text stays as it is; everything else is refused by
//! the name of its field; nobody finds any of it in a log, in the metrics, or a person's
//! in an error.

use hei_proto::hei::credentials::v1::GetTranscriptRequest;
use hei_proto::hei::messaging::v1::{DeliverRequest, EnvelopeHeader};
use hei_testkit::client::{Client, Refusal};
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;
use prost::Message as _;
use prost::bytes::Bytes;
use prost_reflect::{
    DynamicMessage, Kind, MessageDescriptor, MethodDescriptor, ReflectMessage as _, Value,
};
use tonic::Code;

use super::callers::Caller;
use super::contract::{self, is_of_peers, methods, path, roles};
use super::letter;
use super::world::{Whose, World};
use crate::alliance::{Place, import, why};

/// Stands in each of the strings.
const MARK: &str = "CANARY-HOSTILE";
/// Longer than any name.
const LONG: usize = 70_000;
/// No message of the contract is deeper.
const DEPTH_MAX: usize = 3;

/// Where it is taken for something else, and the text.
fn strings() -> Vec<(&'static str, String)> {
    let all = [
        ("SQL", "' OR 1=1; DROP TABLE subjects; --"),
        ("a line", "\r\n{\"level\":\"ERROR\"}"),
        ("a terminal", "\u{1b}[2J\u{1b}]0;title\u{7}"),
        ("the end of a string", "\0after"),
        ("the order of letters", "\u{202e}\u{2066}txt.exe"),
        ("a template", "{{7*7}}${7*7}<%= 7*7 %>"),
        ("a formula", "=HYPERLINK(\"http://x.example\")"),
        ("a path", "../../../../etc/passwd"),
    ];
    let all = all.map(|(what, text)| (what, format!("{MARK}{text}")));
    all.into_iter().chain([("very long", format!("{MARK}{}", "x".repeat(LONG)))]).collect()
}

pub async fn no_string_steers_anything_and_none_is_found_where_it_does_not_belong(place: Place) {
    let world = World::new(&place).await;
    let (mut faults, mut count) = (Vec::new(), 0);
    let pool = contract::pool();
    for method in methods(&pool) {
        let caller = whoever_may(&method);
        let client = caller.client(&world).await;
        count += in_requests(&world, &client, caller, &method, &mut faults).await;
    }
    count += between_nodes(&world, &mut faults).await;
    let kept = in_documents(&world, &mut faults).await;
    for node in [&world.alpha, &world.beta] {
        let (log, metrics) = (node.log(), node.metrics());
        let unread = log.lines().filter(|l| serde_json::from_str::<serde_json::Value>(l).is_err());
        faults.extend(unread.map(|line| format!("no JSON: {line}")));
        let told = log.lines().chain(metrics.lines()).filter(|line| line.contains(MARK));
        faults.extend(told.map(|line| format!("{} says: {line}", node.domain)));
    }
    println!("{count} hostile strings in fields, {kept} kept verbatim, {} faults", faults.len());
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(count > 300 && kept > 10);
}

/// A caller whom the contract lets in.
fn whoever_may(method: &MethodDescriptor) -> Caller {
    if is_of_peers(method) {
        return Caller::Peer;
    }
    let may =
        |caller: &Caller| caller.role().is_some_and(|role| roles(method).iter().any(|r| r == role));
    Caller::campus().into_iter().find(may).unwrap()
}

/// Each string of a message with one field changed, and the field's path.
fn hostile(message: &DynamicMessage, depth: usize, text: &str) -> Vec<(String, DynamicMessage)> {
    let mut made = Vec::new();
    for field in message.descriptor().fields() {
        let mut with = |place: String, value: Value| {
            let mut one = message.clone();
            one.set_field(&field, value);
            made.push((place, one));
        };
        match field.kind() {
            Kind::String if field.is_list() => {
                with(field.name().to_owned(), Value::List(vec![Value::String(text.to_owned())]));
            }
            Kind::String => with(field.name().to_owned(), Value::String(text.to_owned())),
            Kind::Message(_) if !field.is_list() && !field.is_map() && depth < DEPTH_MAX => {
                let inner = message.get_field(&field).as_message().unwrap().clone();
                for (place, changed) in hostile(&inner, depth + 1, text) {
                    with(format!("{}.{place}", field.name()), Value::Message(changed));
                }
            }
            _ => {}
        }
    }
    made
}

async fn in_requests(
    world: &World,
    client: &Client,
    caller: Caller,
    method: &MethodDescriptor,
    faults: &mut Vec<String>,
) -> usize {
    let made = contract::request(world, method, caller.purpose(), Whose::Own);
    let Ok(Some(made)) = made else { panic!("{}: no request", path(method)) };
    let mut count = 0;
    for (what, text) in strings() {
        for (place, request) in hostile(&made.message, 0, &text) {
            count += 1;
            let answer = client.exchange(&path(method), request.encode_to_vec()).await;
            let fault = answer.err().and_then(|refusal| misplaced(&refusal, &place));
            faults.extend(fault.map(|f| format!("{} {place}, {what}: {f}", path(method))));
        }
    }
    count
}

/// What is wrong with a refusal: it is none that a caller can do something about, it does
/// not name the field, or it says a person's identifier.
fn misplaced(refusal: &Refusal, place: &str) -> Option<String> {
    let ours = matches!(refusal.code, Code::Internal | Code::Unknown | Code::DataLoss);
    let root = place.split('.').next().unwrap_or(place);
    let named = refusal.violations.iter().any(|(field, _)| field.contains(root));
    let unnamed = refusal.code == Code::InvalidArgument && !named;
    let personal = ["learner", "document"].contains(&root) && format!("{refusal:?}").contains(MARK);
    (ours || unnamed || personal).then(|| format!("{refusal:?}").chars().take(400).collect())
}

/// Headers and payloads that a partner has signed.
async fn between_nodes(world: &World, faults: &mut Vec<String>) -> usize {
    let pool = contract::pool();
    let client = Caller::Peer.client(world).await;
    let header = pool.get_message_by_name("hei.messaging.v1.EnvelopeHeader").unwrap();
    let mut count = 0;
    for (what, text) in strings() {
        let mut letters = Vec::new();
        let base = letter::delivery(world, |_, _| {});
        let of = DynamicMessage::decode(header.clone(), base.header.clone()).unwrap();
        for (place, changed) in hostile(&of, 0, &text) {
            let changed: EnvelopeHeader = changed.transcode_to().unwrap();
            letters.push((place, letter::delivery(world, |header, _| *header = changed)));
        }
        for (message, name, version) in kinds(&pool) {
            letters.extend(payloads(world, &message, &name, version, &text));
        }
        for (place, delivery) in letters {
            count += 1;
            let fault = match client.call::<DeliverRequest>(delivery).await {
                Err(refusal) if matches!(refusal.code, Code::Internal | Code::Unknown) => {
                    Some(refusal)
                }
                _ => None,
            };
            faults.extend(fault.map(|f| format!("Deliver {place}, {what}: {f:?}")));
        }
    }
    count
}

/// A message of a kind with each of its strings changed; what is not text is as beta sends it.
fn payloads(
    world: &World,
    message: &MessageDescriptor,
    kind: &str,
    version: u32,
    text: &str,
) -> Vec<(String, DeliverRequest)> {
    let base = letter::delivery(world, |_, _| {}).payload;
    // Bytes of another kind read as this one as far as they can.
    let base = DynamicMessage::decode(message.clone(), base);
    let base = base.unwrap_or_else(|_| DynamicMessage::new(message.clone()));
    let letter = |(place, changed): (String, DynamicMessage)| {
        let delivery = letter::delivery(world, |header, payload| {
            (header.kind, header.version) = (kind.to_owned(), version);
            *payload = Bytes::from(changed.encode_to_vec());
        });
        (format!("{kind} {place}"), delivery)
    };
    hostile(&base, 0, text).into_iter().map(letter).collect()
}

/// The kinds of message of the contract.
fn kinds(pool: &prost_reflect::DescriptorPool) -> Vec<(MessageDescriptor, String, u32)> {
    let extension = pool.get_extension_by_name("hei.common.v1.kind").unwrap();
    let kind = |message: MessageDescriptor| {
        let options = message.options();
        if !options.has_extension(&extension) {
            return None;
        }
        let kind = options.get_extension(&extension).as_message()?.clone();
        let name = kind.get_field_by_name("name")?.as_str()?.to_owned();
        let version = kind.get_field_by_name("version")?.as_u32()?;
        Some((message, name, version))
    };
    pool.all_messages().filter_map(kind).collect()
}

/// Documents with such texts: XML forbids some, all others stay as they are. Gives how many.
async fn in_documents(world: &World, faults: &mut Vec<String>) -> usize {
    let sis = world.alpha.campus("sis").await;
    let mut kept = 0;
    for (n, (what, text)) in strings().into_iter().enumerate() {
        let of = Course::of("alpha.example", LEARNER, &format!("hostile-{n}"));
        let courses = [
            Course { title: escaped(&text), ..of.clone() },
            Course { code: escaped(&text), ..of.clone() },
            Course { grade: escaped(&text), ..of.clone() },
            Course { esi: escaped(&text), ..of },
        ];
        for course in courses {
            let imported = match import(&sis, course.elmo()).await {
                Ok(imported) => imported,
                Err(refusal) => {
                    let fault = misplaced(&refusal, "document");
                    faults.extend(fault.map(|f| format!("in a document, {what}: {f}")));
                    continue;
                }
            };
            let name = imported.transcripts[0].name.clone();
            let request = GetTranscriptRequest { name, purpose: why("administration") };
            let shown = sis.call(request).await.unwrap().encode_to_vec();
            let shown = String::from_utf8_lossy(&shown);
            match shown.contains(&text) {
                true => kept += 1,
                false => faults.push(format!("in a document, {what}: not kept: {:.300}", shown)),
            }
        }
    }
    kept
}

/// As character data, each control character by its number (XML 1.0 §4.1).
fn escaped(text: &str) -> String {
    let one = |c: char| match c {
        '<' => "&lt;".to_owned(),
        '&' => "&amp;".to_owned(),
        c if c.is_control() => format!("&#{};", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(one).collect()
}
