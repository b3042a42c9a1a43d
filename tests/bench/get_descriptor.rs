//! What a call costs that answers from memory: GetDescriptor on the peer listener, and
//! GetNode on the campus listener, which has the same descriptor in it. The floor of
//! either is a bare tonic server behind the same kind of connection that answers as many
//! bytes (B1 of the set of benchmarks).

use std::fmt::Debug;

use hei_proto::Rpc;
use hei_proto::hei::messaging::v1::GetDescriptorRequest;
use hei_proto::hei::node::v1::GetNodeRequest;
use hei_testkit::nodes::Node;
use hei_testkit::scratch::Folder;
use prost::Message as _;

use crate::Plan;
use crate::echo::{self, Echo};
use crate::figures::{Aim, Report, ratio};
use crate::load::Load;
use crate::partner::Partner;
use crate::place;
use crate::processes::{Process, Ran, cpu_us, per_second};

/// Of the floor's calls for the same processor time.
const SHARE: Aim = Aim::AtLeast(0.7);

pub async fn measure(plan: Plan, report: &Report) {
    let folder = Folder::new();
    // Beta stays up: alpha would go on asking for it while calls come in its name.
    let (alpha, beta) = place::two(folder.path()).await;
    by_a_partner(&alpha, &beta, plan, report).await;
    by_the_campus(&alpha, plan, report).await;
}

async fn by_a_partner(alpha: &Node, beta: &Node, plan: Plan, report: &Report) {
    let partner = Partner { own: beta.folder.clone(), called: alpha.folder.clone() };
    let channels = partner.channels(alpha.ports.peer).await;
    let node = Load::new(channels, GetDescriptorRequest::default());
    let floor = Echo::with_keys(node.ask().await.encoded_len(), &alpha.folder);
    let channels = partner.channels(floor.address).await;
    let bare = Load::new(channels, GetDescriptorRequest::default()).at(echo::PATH);
    let rounds = take_turns(alpha, &node, &floor, &bare, plan).await;
    tell("GetDescriptor, peer listener, TLS", "tonic echo, same TLS, same bytes", &rounds, report);
}

async fn by_the_campus(alpha: &Node, plan: Plan, report: &Report) {
    let load = async |to| Load::plain(to, GetNodeRequest {}).await.with_token_of("sis");
    let node = load(alpha.ports.campus).await;
    let floor = Echo::plain(node.ask().await.encoded_len());
    let bare = load(floor.address).await.at(echo::PATH);
    let rounds = take_turns(alpha, &node, &floor, &bare, plan).await;
    tell("GetNode, campus listener, token", "tonic echo, same bytes", &rounds, report);
}

/// The rounds of the node and of its floor.
pub type Rounds = (Vec<Ran>, Vec<Ran>);

/// Loads the node and its floor in turn.
pub async fn take_turns<R: Rpc + Clone + Debug>(
    node: &Node,
    load: &Load<R>,
    floor: &Echo,
    bare: &Load<R>,
    plan: Plan,
) -> Rounds {
    let process = Process::of(node.pid());
    load.warm_up().await;
    bare.warm_up().await;
    let (mut own, mut least) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        least.push(bare.run(&floor.process, plan.seconds).await);
        own.push(load.run(&process, plan.seconds).await);
        place::forget_log(node);
    }
    (own, least)
}

fn tell(name: &str, floor: &str, (own, least): &Rounds, report: &Report) {
    report.say(name, "µs of CPU a call", &cpu_us(own));
    report.say("", "calls/s", &per_second(own));
    report.say(floor, "µs of CPU a call", &cpu_us(least));
    report.say("", "calls/s", &per_second(least));
    let share = ratio(&cpu_us(least), &cpu_us(own));
    report.judge("  calls per core, share of the floor's", "", &share, SHARE);
}
