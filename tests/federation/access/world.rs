//! Two institutions that have lived the same in one database, of which one is served now:
//! whatever the other has left, in any table, is a canary.

use std::collections::BTreeMap;

use hei_proto::hei::common::v1::Identifier;
use hei_proto::hei::credentials::v1::ImportTranscriptRequest;
use hei_proto::hei::messaging::v1::MessageState;
use hei_proto::hei::node::v1::{FindSubjectRequest, GetNodeRequest, UploadBlobRequest};
use hei_testkit::client::Client;
use hei_testkit::documents::Course;
use hei_testkit::nodes::{LEARNER, Node};
use hei_testkit::tables::Tables;

use crate::alliance::{Place, befriend, eventually, list, send, until, why};
use crate::operations::operations;

/// Whose a thing is, seen from the learner who asks and from the institution that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// The caller's own.
    Own,
    /// Another person's.
    Other,
    /// Another institution's in the same database.
    Foreign,
    /// Nobody's.
    Absent,
}

impl Whose {
    pub const ALL: [Self; 4] = [Self::Own, Self::Other, Self::Foreign, Self::Absent];
}

/// What only the other learner's records say.
pub const OTHER: &str = "CANARY-OTHER";
/// What only the other institution's records say.
pub const FOREIGN: &str = "CANARY-FOREIGN";

/// The other learner.
pub fn somebody_else() -> String {
    LEARNER.replace(":1", ":2")
}

pub struct World {
    /// The node that is asked.
    pub alpha: Node,
    /// Its partner.
    pub beta: Node,
    /// A partner of the other institution only.
    pub gamma: Node,
    /// The thing of each collection that is asked for.
    things: Things,
    /// Beta's fingerprint.
    pub fingerprint: String,
    /// A document that beta has issued.
    pub from_beta: Vec<u8>,
}

/// What a life has left.
struct Left {
    own: String,
    other: String,
    own_file: String,
    other_file: String,
    own_person: String,
    other_person: String,
    message: String,
    operation: String,
}

/// Things that only one role sees: what the node does by itself is its operator's.
pub fn keeper(collection: &str) -> Option<&'static str> {
    (collection == "operations").then_some("operator")
}

impl World {
    pub async fn new(place: &Place) -> Self {
        let mut gamma = place.node("gamma.example").await;
        let mut bravo = place.node("bravo.example").await;
        let foreign = live(&mut bravo, &mut gamma, FOREIGN, FOREIGN).await;
        bravo.terminate();
        let mut beta = place.node("beta.example").await;
        let mut alpha = place.node("alpha.example").await.after(&bravo);
        let left = live(&mut alpha, &mut beta, "X", OTHER).await;
        everywhere(&alpha).await;
        let fingerprint = beta.operator().await.call(GetNodeRequest {}).await.unwrap().fingerprint;
        let mut things = things(left, foreign);
        let own: Vec<String> = of(&things, Whose::Own).map(str::to_owned).collect();
        // A sweep has the same name at each institution.
        things.retain(|(_, whose), name| *whose == Whose::Own || !own.contains(name));
        let from_beta = course("beta.example", LEARNER, "Y").elmo();
        Self { alpha, beta, gamma, things, fingerprint, from_beta }
    }

    /// The name of a thing of a collection; none where nobody else can have one.
    ///
    /// # Errors
    /// If there is nothing of that collection here.
    pub fn thing(&self, collection: &str, whose: Whose) -> Result<Option<&str>, String> {
        let one = |whose| self.things.iter().find(|((c, w), _)| *c == collection && *w == whose);
        if one(Whose::Own).is_none() {
            return Err(format!(
                "there is nothing of the collection {collection} to be asked for: let `live` and \
                 `things` in tests/federation/access/world.rs make it"
            ));
        }
        Ok(one(whose).map(|(_, name)| name.as_str()))
    }

    /// The names of what is somebody's.
    pub fn names(&self, whose: Whose) -> Vec<&str> {
        of(&self.things, whose).collect()
    }
}

type Things = BTreeMap<(&'static str, Whose), String>;

fn of(things: &Things, whose: Whose) -> impl Iterator<Item = &str> {
    things.iter().filter(move |((_, w), _)| *w == whose).map(|(_, name)| name.as_str())
}

fn things(left: Left, foreign: Left) -> Things {
    let absent = |collection: &str| format!("{collection}/0198c0de-0000-7000-8000-000000000001");
    BTreeMap::from([
        (("transcripts", Whose::Own), left.own),
        (("transcripts", Whose::Other), left.other),
        (("transcripts", Whose::Foreign), foreign.own),
        (("transcripts", Whose::Absent), absent("transcripts")),
        (("blobs", Whose::Own), left.own_file),
        (("blobs", Whose::Other), left.other_file),
        (("blobs", Whose::Foreign), foreign.own_file),
        (("blobs", Whose::Absent), absent("blobs")),
        (("subjects", Whose::Own), left.own_person),
        (("subjects", Whose::Other), left.other_person),
        (("subjects", Whose::Foreign), foreign.own_person),
        (("subjects", Whose::Absent), absent("subjects")),
        (("messages", Whose::Own), left.message),
        (("messages", Whose::Foreign), foreign.message),
        (("messages", Whose::Absent), absent("messages")),
        (("operations", Whose::Own), left.operation),
        (("operations", Whose::Foreign), foreign.operation),
        (("operations", Whose::Absent), absent("operations")),
        (("peers", Whose::Own), "peers/beta.example".to_owned()),
        (("peers", Whose::Foreign), "peers/gamma.example".to_owned()),
        (("peers", Whose::Absent), "peers/nobody.example".to_owned()),
    ])
}

fn course(issuer: &str, learner: &str, mark: &str) -> Course {
    let of = Course::of(issuer, learner, mark);
    Course { title: format!("title {mark}"), grade: mark.chars().take(20).collect(), ..of }
}

/// Starts a node and its partner and does all that leaves rows: each table has some after.
async fn live(node: &mut Node, partner: &mut Node, own: &str, other: &str) -> Left {
    for one in [&*node, &*partner] {
        one.write_config(&[node, partner]);
    }
    node.start();
    partner.start();
    befriend(node, partner).await;
    let sis = node.campus("sis").await;
    let import = async |learner: &str, mark: &str, n: u32| {
        let request = ImportTranscriptRequest {
            document: course(&node.domain, learner, mark).elmo().into(),
            purpose: why("administration"),
            request_id: format!("00000000-0000-4000-8000-{n:012}"),
            ..Default::default()
        };
        sis.call(request).await.unwrap().transcripts[0].name.clone()
    };
    let left = import(LEARNER, own, 1).await;
    let (mark_of_other, other) = (other, import(&somebody_else(), other, 2).await);
    let message = send(&sis, &left, &partner.domain).await.unwrap();
    until(&sis, &message, MessageState::Delivered).await;
    back(&partner.campus("sis").await, partner, node, own).await;
    let own_file = file(&sis, LEARNER, own).await;
    let other_file = file(&sis, &somebody_else(), mark_of_other).await;
    let registrar = node.campus("registrar").await;
    let own_person = person(&registrar, LEARNER).await;
    let other_person = person(&registrar, &somebody_else()).await;
    let operation = a_sweep(node).await;
    Left { own: left, other, own_file, other_file, own_person, other_person, message, operation }
}

/// The learner as a person whose data is held.
async fn person(registrar: &Client, learner: &str) -> String {
    let identifier = Identifier { scheme: "esi".to_owned(), value: learner.to_owned() };
    let purpose = why("data_subject_rights");
    let request = FindSubjectRequest { identifier: Some(identifier), purpose };
    registrar.call(request).await.unwrap().name
}

/// A file about a learner.
async fn file(sis: &Client, learner: &str, mark: &str) -> String {
    let request = UploadBlobRequest {
        learner: Some(Identifier { scheme: "esi".to_owned(), value: learner.to_owned() }),
        purpose: why("administration"),
        chunk: mark.to_owned().into(),
        ..Default::default()
    };
    sis.upload(futures_util::stream::once(async { request })).await.unwrap().name
}

/// What the node does by itself, again and again.
async fn a_sweep(node: &Node) -> String {
    let operator = node.operator().await;
    let all = async || operations(&operator, "").await;
    eventually("a sweep has its row", async || !all().await.is_empty()).await;
    all().await.remove(0).name
}

/// The partner sends one of its own records.
async fn back(sis: &Client, partner: &Node, node: &Node, mark: &str) {
    let document = course(&partner.domain, LEARNER, mark).elmo();
    let record = crate::alliance::import(sis, document).await.unwrap();
    let message = send(sis, &record.transcripts[0].name, &node.domain).await.unwrap();
    until(sis, &message, MessageState::Delivered).await;
    assert_eq!(list(&node.campus("sis").await, 50).await.len(), 3);
}

/// Whatever table the one institution has rows in, the other has too.
async fn everywhere(node: &Node) {
    let tables = Tables::open(&node.database_to_read()).await;
    let (mut shared, mut alone) = (Vec::new(), Vec::new());
    for table in tables.of_institutions().await {
        let sql = format!("SELECT count(DISTINCT institution_id) FROM {table}");
        match tables.number(&sql).await {
            0 => {}
            2 => shared.push(table),
            _ => alone.push(table),
        }
    }
    println!("{} tables with rows of two institutions", shared.len());
    assert_eq!(alone, Vec::<String>::new(), "tables in which only one has rows");
    assert!(shared.len() > 8, "{shared:?}");
}
