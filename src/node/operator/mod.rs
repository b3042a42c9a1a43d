//! The operator's side of the node: partners, messages, disclosures, files, the rights of
//! persons, and what the node is. It registers like a use case and holds no rule of its own.

mod blobs;
mod disclosures;
mod messages;
mod node;
mod operations;
mod peers;
mod subjects;
mod sweeps;

use std::sync::Arc;

use hei_messaging::{Messaging, peers as partners};
use hei_proto::hei::node::v1::{GetNodeRequest, Move, RecordNotice, StateMachine};
use hei_use_case::rights::{mechanisms, rules};
use hei_use_case::{Handler, UseCase, answered, command, deposit, errand, feed, query, received};

/// What needs nothing but the node's tables.
pub fn use_case() -> UseCase {
    UseCase {
        name: "node",
        campus: vec![
            query(messages::get_check, messages::get),
            query(messages::list_check, messages::list),
            command(messages::replay_check, messages::replay),
            deposit(blobs::upload_check, blobs::upload_describe, blobs::upload),
            query(blobs::get_check, blobs::get),
            feed(blobs::download_check, blobs::download),
            query(disclosures::check, disclosures::handle),
            query(peers::get_check, peers::get),
            query(peers::list_check, peers::list),
            query(operations::get_check, operations::get),
            query(operations::list_check, operations::list),
            query(operations::wait_check, operations::wait),
            command(operations::cancel_check, operations::cancel),
            command(operations::delete_check, operations::delete),
            query(subjects::find::check, subjects::find::handle),
            query(subjects::get::check, subjects::get::handle),
            query(subjects::overview::check, subjects::overview::handle),
            query(subjects::export::check, subjects::export::handle),
            command(subjects::restrict::check, subjects::restrict::handle),
            command(subjects::restrict::lift_check, subjects::restrict::lift),
            command(subjects::erase::check, subjects::erase::handle),
        ],
        received: vec![received(subjects::notice::check, subjects::notice::handle)],
        answered: vec![answered::<RecordNotice, _>(subjects::notice::learn)],
        jobs: sweeps::all(),
        machines: vec![
            (partners::MACHINE.name, partners::MACHINE.published()),
            (rules::MACHINE.name, rules::MACHINE.published()),
        ],
        subject_data: mechanisms(),
        ..UseCase::default()
    }
}

/// What needs the running messaging: the way out, and our own descriptor.
pub fn node_handlers(messaging: &Messaging, use_cases: &[UseCase]) -> Vec<Handler> {
    let fetching = messaging.clone();
    let fetch = move |it: Arc<peers::Add>| {
        let messaging = fetching.clone();
        async move { messaging.fetch_descriptor(&it.url, &it.fingerprint).await }
    };
    let (described, machines) = (messaging.clone(), Arc::new(machines(use_cases)));
    let check = move |_: GetNodeRequest| {
        let descriptor = described.descriptor();
        Ok(node::Checked { descriptor, machines: machines.clone() })
    };
    let decisions = [
        errand(peers::add_check, fetch, peers::add),
        command(peers::suspend_check, peers::suspend),
        command(peers::resume_check, peers::resume),
        command(peers::remove_check, peers::remove),
    ];
    let mut handlers = vec![query(check, node::handle)];
    // A decision about a peer counts from its answer on, for open connections too.
    handlers.extend(decisions.map(|decision| {
        let messaging = messaging.clone();
        decision.then(move || {
            let messaging = messaging.clone();
            async move { messaging.follow_peers().await }
        })
    }));
    handlers
}

/// The state machines that the rules execute.
fn machines(use_cases: &[UseCase]) -> Vec<StateMachine> {
    let all = use_cases.iter().flat_map(|u| &u.machines);
    let shown = |m: &hei_values::Move| Move {
        from: m.from.to_owned(),
        step: m.step.to_owned(),
        to: m.to.to_owned(),
    };
    all.map(|(name, moves)| StateMachine {
        name: (*name).to_owned(),
        moves: moves.iter().map(shown).collect(),
    })
    .collect()
}
