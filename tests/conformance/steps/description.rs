//! Sentences about what the node says of itself: health, descriptor, machines, metrics.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use hei_proto::hei::credentials::v1::GetTranscriptRequest;
use hei_proto::hei::messaging::v1::{KeyUse, NodeDescriptor};
use hei_proto::hei::node::v1::{GetNodeRequest, StateMachine};
use prost::Message as _;
use prost::bytes::Bytes;

use super::{Step, gap, records, steps};
use crate::check::{ensure, made, same};
use crate::clock;
use crate::documents::Course;
use crate::peer::signed_by;
use crate::verdict::{Outcome, Stop};
use crate::wire::{Answered, Contract, get};
use crate::world::World;

/// How long a node may take to count its queue.
const COUNTED_MS: i64 = 60_000;
const HEALTH: &str = "/grpc.health.v1.Health/Check";
/// A HealthCheckResponse whose status is SERVING.
const SERVING: &[u8] = &[0x08, 0x01];

pub(super) const STEPS: &[Step] = steps![
    "a node that claims \"{}\"" => claims,
    "anybody asks for the health of the server" => asks_health,
    "anybody asks for the health of each service that the node offers its campus" => asks_each_health,
    "anybody asks for the health of the service \"{}\"" => asks_health_of,
    "it is serving" => is_serving,
    "each of them is serving" => is_serving,
    "the registrar asks what the node is" => asks_what_it_is,
    "its descriptor is signed by the key that its fingerprint names" => is_signed,
    "the descriptor was made in the past and expires in the future" => is_dated,
    "it claims roles of use cases, each with a version" => claims_roles,
    "it names the operations and the kinds of message that partners may use" => names_operations,
    "it names its standards, each with a version" => names_standards,
    "it names the largest message that it takes" => names_limit,
    "the public address of the node" => has_public,
    "the descriptor at the public address is the same" => is_public,
    "it publishes state machines, each with a beginning and moves between named states" => publishes_machines,
    "in the machine \"{}\" no move goes by \"{}\" from \"{}\"" => no_move,
    "in the machine \"{}\" a move goes by \"{}\" from \"{}\" to \"{}\"" => a_move,
    "the ops address of the node" => has_ops,
    "the registrar asks for a transcript that does not exist" => asks_for_nothing,
    "the metrics tell the time that calls took" => tell_time,
    "the metrics count refusals for the reason \"{}\"" => count_refusals,
    "the metrics come to tell how many messages wait" => tell_waiting,
    "the metrics tell when each source was harvested" => tell_harvests,
];

async fn claims(world: &mut World, gaps: &[String]) -> Outcome {
    let (claim, all) = (format!("{}@", gap(gaps, 0)?), &world.suite.node.descriptor.claims);
    match all.iter().any(|one| one.starts_with(&claim)) {
        true => Ok(()),
        false => Err(Stop::omit("the node does not claim that")),
    }
}

/// A HealthCheckRequest: field 1 is the service's name, shorter than 128 bytes.
async fn health(world: &World, service: &str) -> Outcome<Answered<Bytes>> {
    let length = u8::try_from(service.len()).ok().filter(|n| *n < 128);
    let length = length.ok_or_else(|| Stop::error(format!("{service} is too long a name")))?;
    let request = match length {
        0 => Vec::new(),
        some => [&[0x0a, some], service.as_bytes()].concat(),
    };
    world.suite.campus.anybody(HEALTH, request.into()).await
}

async fn asks_health(world: &mut World, _: &[String]) -> Outcome {
    let answered = health(world, "").await?;
    world.answers.push(("the server".to_owned(), answered));
    Ok(())
}

/// The services of the packages that each node has, and of those whose use cases it claims.
async fn asks_each_health(world: &mut World, _: &[String]) -> Outcome {
    let claims = &world.suite.node.descriptor.claims;
    let mut services: Vec<_> = Contract::read()?
        .methods
        .iter()
        .filter(|method| !method.is_for_peers() && method.is_offered(claims))
        .map(|method| method.service().to_owned())
        .collect();
    services.dedup();
    for service in services {
        let answered = health(world, &service).await?;
        world.answers.push((service, answered));
    }
    Ok(())
}

async fn asks_health_of(world: &mut World, gaps: &[String]) -> Outcome {
    let answered = health(world, gap(gaps, 0)?).await?;
    world.heard(answered).map(drop)
}

async fn is_serving(world: &mut World, _: &[String]) -> Outcome {
    ensure(!world.answers.is_empty(), || "nobody was asked".to_owned())?;
    for (service, answered) in &world.answers {
        let serving = answered.as_ref().is_ok_and(|answer| answer.as_ref() == SERVING);
        ensure(serving, || format!("{service}: {answered:?}"))?;
    }
    Ok(())
}

async fn asks_what_it_is(world: &mut World, _: &[String]) -> Outcome {
    let answered = world.suite.campus.call("registrar", GetNodeRequest {}).await?;
    world.told = world.heard(answered)?;
    world.settled()
}

fn descriptor(world: &World) -> Outcome<NodeDescriptor> {
    let signed = made(&made(&world.told, "answer")?.descriptor, "descriptor")?;
    NodeDescriptor::decode(signed.descriptor.clone())
        .map_err(|e| Stop::fail(format!("the descriptor: {e}")))
}

async fn is_signed(world: &mut World, _: &[String]) -> Outcome {
    let told = made(&world.told, "answer")?;
    let signed = made(&told.descriptor, "descriptor")?;
    same("the signing key", &signed.key_id, &told.fingerprint)?;
    let descriptor = descriptor(world)?;
    same("the institution", &descriptor.institution, &told.institution)?;
    let (bytes, signature) = (&signed.descriptor, &signed.signature);
    signed_by(
        &descriptor,
        KeyUse::Descriptor,
        &signed.key_id,
        "hei-descriptor-v1\n",
        bytes,
        signature,
    )
}

async fn is_dated(world: &mut World, _: &[String]) -> Outcome {
    let descriptor = descriptor(world)?;
    let (made, expires) = (descriptor.create_time, descriptor.expire_time);
    let between = made.zip(expires).is_some_and(|(made, expires)| {
        clock::millis(&made) <= clock::now() && clock::now() < clock::millis(&expires)
    });
    ensure(between && descriptor.version > 0, || {
        format!("version {}, made {made:?}, expires {expires:?}", descriptor.version)
    })
}

async fn claims_roles(world: &mut World, _: &[String]) -> Outcome {
    let claims = descriptor(world)?.claims;
    let versioned = |claim: &String| {
        let parts = claim
            .split_once('/')
            .and_then(|(use_case, rest)| Some((use_case, rest.split_once('@')?)));
        parts.is_some_and(|(use_case, (role, version))| {
            use_case.starts_with("uc") && !role.is_empty() && !version.is_empty()
        })
    };
    ensure(!claims.is_empty() && claims.iter().all(versioned), || format!("it claims {claims:?}"))
}

async fn names_operations(world: &mut World, _: &[String]) -> Outcome {
    let NodeDescriptor { operations, kinds, .. } = descriptor(world)?;
    let known = Contract::read()?;
    let strange: Vec<_> =
        operations.iter().filter(|path| !known.methods.iter().any(|m| m.path == **path)).collect();
    ensure(!operations.is_empty() && strange.is_empty(), || {
        format!("not of the contract: {strange:?}")
    })?;
    let versioned = |kind: &String| {
        kind.split_once('/').is_some_and(|(_, version)| version.parse::<u32>().is_ok())
    };
    ensure(!kinds.is_empty() && kinds.iter().all(versioned), || format!("its kinds are {kinds:?}"))
}

async fn names_standards(world: &mut World, _: &[String]) -> Outcome {
    let standards = descriptor(world)?.standards;
    let versioned = |name: &String| {
        name.rsplit_once(' ').is_some_and(|(_, v)| v.starts_with(|c: char| c.is_ascii_digit()))
    };
    ensure(!standards.is_empty() && standards.iter().all(versioned), || {
        format!("its standards are {standards:?}")
    })
}

async fn names_limit(world: &mut World, _: &[String]) -> Outcome {
    let limits = descriptor(world)?.limits;
    let named = limits.iter().any(|limit| limit.name == "message_bytes" && limit.value > 0);
    ensure(named, || format!("its limits are {limits:?}"))
}

async fn has_public(world: &mut World, _: &[String]) -> Outcome {
    let given = world.suite.setup.public.is_some();
    if given { Ok(()) } else { Err(Stop::skip("the setup names no public address")) }
}

async fn is_public(world: &mut World, _: &[String]) -> Outcome {
    let base = made(&world.suite.setup.public, "public address")?;
    let body = get(base, "/.well-known/hei-node").await?;
    let document: serde_json::Value =
        serde_json::from_slice(&body).map_err(|e| Stop::fail(format!("it is no JSON: {e}")))?;
    let signed = made(&made(&world.told, "answer")?.descriptor, "descriptor")?;
    for (member, wanted) in [("descriptor", &signed.descriptor), ("signature", &signed.signature)] {
        let found = document.get(member).and_then(|value| value.as_str()).and_then(base64);
        ensure(found.as_deref() == Some(wanted), || format!("member {member} is another"))?;
    }
    Ok(())
}

/// The bytes of a member of proto3 JSON: either alphabet, padded or not.
fn base64(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    STANDARD_NO_PAD.decode(bare).or_else(|_| URL_SAFE_NO_PAD.decode(bare)).ok()
}

async fn publishes_machines(world: &mut World, _: &[String]) -> Outcome {
    let machines = &made(&world.told, "answer")?.machines;
    ensure(!machines.is_empty(), || "it publishes none".to_owned())?;
    for machine in machines {
        let begins = machine.moves.iter().any(|one| one.from.is_empty());
        let named = machine.moves.iter().all(|one| !one.step.is_empty() && !one.to.is_empty());
        // Whatever a move starts from, another one has led to.
        let reached =
            |state: &str| state.is_empty() || machine.moves.iter().any(|one| one.to == state);
        let connected = machine.moves.iter().all(|one| reached(&one.from));
        ensure(begins && named && connected, || {
            format!("the machine {} is {:?}", machine.name, machine.moves)
        })?;
    }
    Ok(())
}

fn machine<'w>(world: &'w World, name: &str) -> Outcome<&'w StateMachine> {
    let machines = &made(&world.told, "answer")?.machines;
    machines
        .iter()
        .find(|machine| machine.name == name)
        .ok_or_else(|| Stop::fail(format!("there is no machine {name}")))
}

async fn no_move(world: &mut World, gaps: &[String]) -> Outcome {
    let (machine, step, from) = (machine(world, gap(gaps, 0)?)?, gap(gaps, 1)?, gap(gaps, 2)?);
    let found = machine.moves.iter().find(|one| one.step == step && one.from == from);
    ensure(found.is_none(), || format!("there is {found:?}"))
}

async fn a_move(world: &mut World, gaps: &[String]) -> Outcome {
    let (machine, step, from, to) =
        (machine(world, gap(gaps, 0)?)?, gap(gaps, 1)?, gap(gaps, 2)?, gap(gaps, 3)?);
    let found =
        machine.moves.iter().any(|one| one.step == step && one.from == from && one.to == to);
    ensure(found, || format!("its moves are {:?}", machine.moves))
}

async fn has_ops(world: &mut World, _: &[String]) -> Outcome {
    let given = world.suite.setup.ops.is_some();
    if given { Ok(()) } else { Err(Stop::skip("the setup names no ops address")) }
}

async fn asks_for_nothing(world: &mut World, _: &[String]) -> Outcome {
    let name = format!("transcripts/{}", clock::uuid7(clock::now()));
    let request = GetTranscriptRequest { name, purpose: records::purpose("administration") };
    let answered = world.suite.campus.call("registrar", request).await?;
    world.heard(answered).map(drop)
}

/// The metrics of this name that have a label, whatever others they have.
async fn metrics(world: &World, name: &str, label: &str) -> Outcome<Vec<String>> {
    let base = made(&world.suite.setup.ops, "ops address")?;
    let text = get(base, "/metrics").await?;
    let text = String::from_utf8_lossy(&text);
    let wanted = |line: &&str| line.starts_with(name) && line.contains(label);
    Ok(text.lines().filter(wanted).map(str::to_owned).collect())
}

async fn has_metric(world: &World, name: &str, label: &str) -> Outcome {
    let found = metrics(world, name, label).await?;
    ensure(!found.is_empty(), || format!("no line of the metrics is {name} with {label}"))
}

async fn tell_time(world: &mut World, _: &[String]) -> Outcome {
    has_metric(world, "hei_rpc_seconds", "").await
}

async fn count_refusals(world: &mut World, gaps: &[String]) -> Outcome {
    has_metric(world, "hei_refused_total", &format!("reason=\"{}\"", gap(gaps, 0)?)).await
}

/// The queue is counted from time to time, when something happens at all: an import does.
async fn tell_waiting(world: &mut World, _: &[String]) -> Outcome {
    let end = clock::now().saturating_add(COUNTED_MS);
    while metrics(world, "hei_outbox_waiting", "").await?.is_empty() && clock::now() < end {
        world.course = Course::new(&world.suite.node.domain, &clock::fresh());
        records::imports(world, &[]).await?;
        tokio::time::sleep(Duration::from_millis(1000)).await;
    }
    has_metric(world, "hei_outbox_waiting", "").await
}

async fn tell_harvests(world: &mut World, _: &[String]) -> Outcome {
    has_metric(world, "hei_harvest_age_seconds", "").await
}
