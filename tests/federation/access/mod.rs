//! Who may call what about whom, generated from the contract itself (reliability.md, S6):
//! every method, every caller, everybody's things. A method that is new in the contract is
//! in it by itself.

mod callers;
mod contract;
mod hostile;
mod letter;
mod world;

use hei_proto::hei::messaging::v1::MessageState;
use hei_proto::hei::node::v1::ListDisclosuresRequest;
use hei_testkit::client::{Client, Refusal};
use hei_testkit::documents::Course;
use hei_testkit::nodes::LEARNER;
use prost::Message as _;
use prost::bytes::Bytes;
use prost_reflect::MethodDescriptor;
use tonic::Code;

use crate::alliance::{Place, import, imported, on_each_engine, send, two, until, why};
use callers::Caller;
use contract::{is_of_peers, methods, path, roles};
use world::{FOREIGN, OTHER, Whose, World};

type Answer = Result<Vec<Bytes>, Refusal>;

/// One question of the matrix.
struct Cell<'a> {
    method: &'a MethodDescriptor,
    caller: Caller,
    whose: Whose,
    names_one: bool,
    kept_by: Option<&'static str>,
    is_stale: bool,
}

/// What came of all.
#[derive(Default)]
struct Told {
    cells: usize,
    let_in: usize,
    faults: Vec<String>,
}

async fn every_method_answers_every_caller_about_everybody_as_the_contract_declares(place: Place) {
    let world = World::new(&place).await;
    let pool = contract::pool();
    let (campus, peers): (Vec<_>, Vec<_>) =
        methods(&pool).into_iter().partition(|m| !is_of_peers(m));
    let ruleless = campus.iter().chain(&peers).filter(|method| roles(method).is_empty()).count();
    let mut told = Told::default();
    for caller in
        Caller::campus().into_iter().chain([Caller::Peer, Caller::Suspended, Caller::Stranger])
    {
        caller.prepare(&world).await;
        let client = caller.client(&world).await;
        for method in campus.iter().chain(&peers) {
            ask(&world, &client, caller, method, &mut told).await;
        }
        caller.leave(&world).await;
    }
    println!(
        "{} methods, {ruleless} without a rule, {} cells, {} let in, {} not as declared",
        campus.len() + peers.len(),
        told.cells,
        told.let_in,
        told.faults.len()
    );
    assert!(told.faults.is_empty(), "\n{}\n", told.faults.join("\n"));
    assert!(ruleless == 0 && told.let_in > 50 && told.cells > 300);
}

/// All cells of a method and a caller.
async fn ask(
    world: &World,
    client: &Client,
    caller: Caller,
    method: &MethodDescriptor,
    told: &mut Told,
) {
    let mut hidden = Vec::new();
    for whose in Whose::ALL {
        let made = match contract::request(world, method, caller.purpose(), whose) {
            Ok(Some(made)) => made,
            Ok(None) => continue,
            Err(missing) => {
                told.faults.push(format!("{}: {missing}", path(method)));
                continue;
            }
        };
        let contract::Request { message, names_one, kept_by, is_stale } = made;
        let cell = Cell { method, caller, whose, names_one, kept_by, is_stale };
        let answer = client.exchange(&path(method), message.encode_to_vec()).await;
        told.cells += 1;
        told.let_in += usize::from(cell.is_let_in());
        let faults = cell.judge(&answer).into_iter().chain(cell.leaks(world, &answer));
        let place = format!("{} as {caller:?} about {whose:?}", path(method));
        told.faults.extend(faults.map(|fault| format!("{place}: {fault}")));
        if cell.must_not_exist()
            && let Err(refusal) = answer
        {
            hidden.push((refusal.code, refusal.reason, without_names(world, &refusal.message)));
        }
    }
    // What is hidden and what is not there get the same answer but for the name.
    hidden.dedup();
    if hidden.len() > 1 {
        told.faults.push(format!("{} as {caller:?}: existence shows: {hidden:?}", path(method)));
    }
}

fn without_names(world: &World, message: &str) -> String {
    let names = Whose::ALL.into_iter().flat_map(|whose| world.names(whose));
    names.fold(message.to_owned(), |text, name| text.replace(name, "…"))
}

impl Cell<'_> {
    /// The caller is let in, the method is where it calls, and it has the role.
    fn is_let_in(&self) -> bool {
        let here = is_of_peers(self.method) == (self.caller == Caller::Peer);
        here && self.caller.role().is_some_and(|role| roles(self.method).contains(&role.to_owned()))
    }

    /// It asks for one thing that is none of its business.
    fn must_not_exist(&self) -> bool {
        let kept = self.kept_by.is_some_and(|role| self.caller.role() != Some(role));
        let hidden = match self.whose {
            _ if kept => true,
            Whose::Own => false,
            Whose::Other => self.caller.is_narrow(),
            Whose::Foreign | Whose::Absent => true,
        };
        self.is_let_in() && self.names_one && hidden
    }

    /// What the contract declares for it, and is not so.
    fn judge(&self, answer: &Answer) -> Option<String> {
        let (code, reason) = match answer {
            Ok(_) => (Code::Ok, ""),
            Err(refusal) => (refusal.code, refusal.reason.as_str()),
        };
        let expected = self.expected();
        if expected.contains(&(code, reason)) {
            return None;
        }
        let Err(Refusal { code: Code::InvalidArgument, violations, .. }) = answer else {
            return Some(format!("{answer:?}, and it is declared to be {expected:?}"));
        };
        Some(format!(
            "no request could be made, since it lacks {violations:?}: give samples of these \
             fields in tests/federation/access/contract.rs"
        ))
    }

    fn expected(&self) -> Vec<(Code, &'static str)> {
        let Some(role) = self.caller.role() else { return vec![self.caller.at_the_door()] };
        if is_of_peers(self.method) != (self.caller == Caller::Peer) {
            return vec![(Code::Unimplemented, "METHOD_UNKNOWN")];
        }
        if !roles(self.method).contains(&role.to_owned()) {
            return vec![(Code::PermissionDenied, "SCOPE_MISSING")];
        }
        match (self.must_not_exist(), self.is_stale) {
            (true, _) => vec![(Code::NotFound, "NOT_FOUND")],
            (false, true) => vec![(Code::Aborted, "REVISION_CONFLICT")],
            // Whoever is told in which state a thing is may see it.
            (false, false) if self.names_one => {
                vec![(Code::Ok, ""), (Code::FailedPrecondition, "ILLEGAL_TRANSITION")]
            }
            (false, false) => vec![(Code::Ok, "")],
        }
    }

    /// What the answer says that the caller must not know.
    fn leaks(&self, world: &World, answer: &Answer) -> Vec<String> {
        let text = match answer {
            Ok(answers) => {
                answers.iter().map(|one| String::from_utf8_lossy(one).into_owned()).collect()
            }
            Err(refusal) => format!("{refusal:?}"),
        };
        let mut secrets = vec![FOREIGN];
        if self.caller.is_narrow() {
            secrets.push(OTHER);
        }
        if answer.is_ok() {
            secrets.extend(world.names(Whose::Foreign));
            secrets
                .extend(world.names(Whose::Other).into_iter().filter(|_| self.caller.is_narrow()));
        }
        let found = secrets.into_iter().filter(|secret| text.contains(secret));
        found.map(|secret| format!("{secret} stands in the answer")).collect()
    }
}

async fn the_learner_reads_who_received_what_and_why_and_no_one_elses(place: Place) {
    let (alpha, _beta) = two(&place).await;
    let sis = alpha.campus("sis").await;
    let own = imported(&sis, "X").await;
    let somebody = LEARNER.replace(":1", ":2");
    let other = import(&sis, Course::of("alpha.example", &somebody, "X").elmo()).await.unwrap();
    for name in [&own, &other.transcripts[0].name] {
        let message = send(&sis, name, "beta.example").await.unwrap();
        until(&sis, &message, MessageState::Delivered).await;
    }
    let learner = alpha.campus("learner").await;
    let ask = |value: &str| ListDisclosuresRequest {
        learner: Some(hei_proto::hei::common::v1::Identifier {
            scheme: "esi".to_owned(),
            value: value.to_owned(),
        }),
        purpose: why("learner_access"),
        ..Default::default()
    };
    for asked in [LEARNER, somebody.as_str()] {
        let log = learner.call(ask(asked)).await.unwrap().disclosures;
        assert_eq!(log.len(), 1, "asked for {asked}");
        assert_eq!((log[0].recipient.as_str(), &log[0].resource), ("peers/beta.example", &own));
        assert_eq!(log[0].purpose.as_ref().unwrap().code, "recognition");
        assert_eq!(log[0].legal_basis, "GDPR Art. 6(1)(e)");
        assert_eq!(log[0].data_categories, ["identity", "achievements"]);
    }
    let registrar = alpha.campus("registrar").await;
    let log = registrar.call(ask(&somebody)).await.unwrap().disclosures;
    assert_eq!((log.len(), &log[0].resource), (1, &other.transcripts[0].name));
}

use hostile::no_string_steers_anything_and_none_is_found_where_it_does_not_belong;

on_each_engine!(
    no_string_steers_anything_and_none_is_found_where_it_does_not_belong,
    every_method_answers_every_caller_about_everybody_as_the_contract_declares,
    the_learner_reads_who_received_what_and_why_and_no_one_elses,
);
