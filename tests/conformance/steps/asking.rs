//! Sentences about calls that the contract itself tells the suite to make.

use hei_proto::Rpc;
use hei_proto::hei::common::v1::Role;
use hei_proto::hei::credentials::v1::{FetchTranscriptRequest, GetTranscriptRequest};
use hei_proto::hei::messaging::v1::ListMessagesRequest;
use prost::Message as _;
use prost::bytes::Bytes;

use super::partners::UNKNOWN_FIELD;
use super::{Step, records, steps};
use crate::check::{ensure, made};
use crate::clock;
use crate::verdict::{Outcome, Stop};
use crate::wire::{Contract, Method};
use crate::world::World;

pub(super) const STEPS: &[Step] = steps![
    "the partner calls every operation that the descriptor lists" => calls_every_operation,
    "none of them is unimplemented" => none_is_unimplemented,
    "an operation for partners that the descriptor does not list" => unlisted_operation,
    "the partner calls it" => calls_it,
    "the registrar reads it by a request with a field that nobody knows" => reads_with_unknown_field,
    "the registrar lists messages in a state that nobody knows" => lists_in_unknown_state,
    "the learner reads it, and then one that does not exist" => learner_reads_both,
    "the partner reads it, and then one that does not exist" => partner_reads_both,
    "each call of the campus that moves personal data is made without a purpose" => campus_without_purpose,
    "each call of a partner that moves personal data is made without a purpose" => partner_without_purpose,
];

async fn calls_every_operation(world: &mut World, _: &[String]) -> Outcome {
    let (caller, operations) =
        (world.suite.partner().await?.caller(), world.suite.node.descriptor.operations.clone());
    for path in operations {
        let answered = caller.bytes(&path, Bytes::new()).await;
        world.answers.push((path, answered));
    }
    Ok(())
}

async fn none_is_unimplemented(world: &mut World, _: &[String]) -> Outcome {
    ensure(!world.answers.is_empty(), || "the descriptor lists no operation".to_owned())?;
    for (path, answered) in &world.answers {
        if let Err(refusal) = answered {
            ensure(refusal.code != "UNIMPLEMENTED", || format!("{path}: {refusal}"))?;
            ensure(!refusal.is_of_the_way(), || format!("{path}: {refusal}"))?;
        }
    }
    Ok(())
}

/// Of a use case, that is: what every node has for messages need not be listed.
async fn unlisted_operation(world: &mut World, _: &[String]) -> Outcome {
    let listed = &world.suite.node.descriptor.operations;
    let is_unlisted = |method: &Method| !listed.contains(&method.path) && method.is_of_a_use_case();
    let unlisted = Contract::read()?.of_role(Role::Peer).find(is_unlisted);
    let unlisted =
        unlisted.ok_or_else(|| Stop::omit("the descriptor lists every operation for partners"))?;
    world.operation = Some(unlisted.path);
    Ok(())
}

async fn calls_it(world: &mut World, _: &[String]) -> Outcome {
    let path = made(&world.operation, "operation")?.clone();
    let answered = world.suite.partner().await?.caller().bytes(&path, Bytes::new()).await;
    world.heard(answered).map(drop)
}

async fn reads_with_unknown_field(world: &mut World, _: &[String]) -> Outcome {
    let request =
        GetTranscriptRequest { name: world.name()?, purpose: records::purpose("administration") };
    let bytes = [request.encode_to_vec(), UNKNOWN_FIELD.to_vec()].concat();
    let answered =
        world.suite.campus.bytes("registrar", GetTranscriptRequest::PATH, bytes.into()).await?;
    world.heard(answered).map(drop)
}

async fn lists_in_unknown_state(world: &mut World, _: &[String]) -> Outcome {
    let request = ListMessagesRequest { state: 9999, ..Default::default() };
    let answered = world.suite.campus.call("registrar", request).await?;
    world.heard(answered).map(drop)
}

fn absent() -> String {
    format!("transcripts/{}", clock::uuid7(clock::now()))
}

async fn learner_reads_both(world: &mut World, _: &[String]) -> Outcome {
    for name in [world.name()?, absent()] {
        let request = GetTranscriptRequest {
            name: name.clone(),
            purpose: records::purpose("learner_access"),
        };
        let answered = world.suite.campus.call("learner", request).await?;
        world.answers.push((name, answered.map(|shown| shown.encode_to_vec().into())));
    }
    Ok(())
}

async fn partner_reads_both(world: &mut World, _: &[String]) -> Outcome {
    let caller = world.suite.partner().await?.caller();
    for name in [world.name()?, absent()] {
        let request =
            FetchTranscriptRequest { name: name.clone(), purpose: records::purpose("recognition") };
        let answered = caller.call(request).await?;
        world.answers.push((name, answered.map(|shown| shown.encode_to_vec().into())));
    }
    Ok(())
}

/// Each method in a role that may call it and for which there is a token.
async fn campus_without_purpose(world: &mut World, _: &[String]) -> Outcome {
    for method in
        Contract::read()?.methods.iter().filter(|method| method.personal && !method.is_for_peers())
    {
        let known = method.roles.iter().find(|role| world.suite.campus.has(role));
        let role = known.ok_or_else(|| {
            Stop::skip(format!("no token for {}, which {:?} may call", method.path, method.roles))
        })?;
        let answered = world.suite.campus.bytes(role, &method.path, Bytes::new()).await?;
        world.answers.push((method.path.clone(), answered));
    }
    Ok(())
}

async fn partner_without_purpose(world: &mut World, _: &[String]) -> Outcome {
    let (caller, listed) =
        (world.suite.partner().await?.caller(), world.suite.node.descriptor.operations.clone());
    for method in Contract::read()?
        .of_role(Role::Peer)
        .filter(|method| method.personal && listed.contains(&method.path))
    {
        let answered = caller.bytes(&method.path, Bytes::new()).await;
        world.answers.push((method.path, answered));
    }
    Ok(())
}
