//! Two nodes that have pinned each other, each with a store of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use hei_evidence::keys::{KeyUse, Keyring};
use hei_evidence::log;
use hei_messaging::descriptor::Described;
use hei_messaging::outbox::{self, Filter, Row, State};
use hei_messaging::peers::{self, PeerBook};
use hei_messaging::{Desk, Messaging, Parts, Purposes, Settings};
use hei_proto::hei::messaging::v1::{DeliverRequest, EvidenceLeaf};
use hei_store::institution::Institution;
use hei_store::{Conn, Engine, Failed, Store, institution, subjects};
use hei_testkit::suite::{self, Fresh};
use hei_values::{Clock, HeiId, Id, Millis, NoFaults, Outgoing, Purpose, Refused, Version};
use prost::Message as _;
use prost::bytes::Bytes;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use uuid::Uuid;

use crate::cable::{End, Exchange};
use crate::notes::{self, KIND, Notes};

/// 2026-03-29T00:59:59.123Z.
pub const START: Millis = Millis(1_774_745_999_123);
pub const SECOND: i64 = 1_000;
pub const DAY: i64 = 86_400_000;

/// A clock that stands until it is moved.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::Relaxed))
    }
}

/// A node.
pub struct Node {
    pub messaging: Messaging,
    pub store: Store,
    pub notes: Arc<Notes>,
    pub institution: Institution,
    pub keys: Arc<Keyring>,
    pub person: Uuid,
    pub clock: TestClock,
    /// The kinds that its descriptor lists after the next restart.
    pub kinds: Vec<String>,
    exchange: Arc<Exchange>,
}

/// Two nodes and what is between them.
pub struct Two {
    pub a: Node,
    pub b: Node,
    pub exchange: Arc<Exchange>,
    pub clock: TestClock,
    _files: (Fresh, Fresh),
}

impl Two {
    pub async fn new(at: Fresh) -> Self {
        let other = match at.store.engine() {
            Engine::Sqlite => suite::sqlite(notes::migrations).await,
            Engine::Postgres => suite::postgres("messaging", notes::migrations).await.unwrap(),
        };
        let clock = TestClock(Arc::new(AtomicI64::new(START.0)));
        let exchange = Exchange::new();
        let a = Node::new(1, "a.example", at.store.clone(), &clock, &exchange).await;
        let b = Node::new(11, "b.example", other.store.clone(), &clock, &exchange).await;
        a.add(&b).await.unwrap();
        b.add(&a).await.unwrap();
        Self { a, b, exchange, clock, _files: (at, other) }
    }

    /// What a has sent, in order.
    pub async fn outbox(&self) -> Vec<Row> {
        self.a.outbox().await
    }

    /// The last attempt to deliver, once more.
    pub fn last_request(&self) -> DeliverRequest {
        self.exchange.requests().pop().unwrap()
    }
}

impl Node {
    pub async fn new(
        seed: u8,
        domain: &str,
        store: Store,
        clock: &TestClock,
        exchange: &Arc<Exchange>,
    ) -> Self {
        let domain: HeiId = domain.parse().unwrap();
        let fresh = Id::new(START, [seed; 10]);
        let institution = institution::own(&store, &domain, fresh).await.unwrap();
        let keys = Arc::new(Keyring::from_seed(seed).unwrap());
        let person = person(&store, institution.id, seed).await;
        let notes = Notes::new(Some(person));
        let kinds = described().kinds;
        let messaging = open(&store, &institution, &keys, &notes, clock, exchange, &kinds).await;
        exchange.plug_in(&messaging);
        let (clock, exchange) = (clock.clone(), exchange.clone());
        Self { messaging, store, notes, institution, keys, person, clock, kinds, exchange }
    }

    /// As after a crash: what was in memory is gone.
    pub async fn restart(&mut self) {
        let (store, institution, kinds) = (&self.store, &self.institution, &self.kinds);
        let (keys, notes, clock) = (&self.keys, &self.notes, &self.clock);
        self.messaging = open(store, institution, keys, notes, clock, &self.exchange, kinds).await;
        self.exchange.plug_in(&self.messaging);
    }

    pub fn domain(&self) -> &HeiId {
        &self.institution.domain
    }

    pub fn desk(&self) -> Desk {
        self.messaging.desk().clone()
    }

    /// Pins another node.
    pub async fn add(&self, other: &Self) -> Result<(), Refused> {
        let url = format!("https://{}", other.domain());
        let fingerprint = other.keys.key_id(KeyUse::Descriptor);
        let pinned = self.messaging.fetch_descriptor(&url, fingerprint).await?;
        self.change(async move |conn, desk, now| {
            peers::pin(&conn, &desk, &url, &pinned, "operator", now).await.map(drop)
        })
        .await
    }

    pub async fn suspend(&self, other: &Self) -> Result<(), Refused> {
        let peer = other.domain().clone();
        self.change(async move |conn, desk, now| {
            peers::suspend(&conn, &desk, &peer, "", "operator", now).await.map(drop)
        })
        .await
    }

    pub async fn resume(&self, other: &Self) -> Result<(), Refused> {
        let peer = other.domain().clone();
        self.change(async move |conn, desk, now| {
            peers::resume(&conn, &desk, &peer, "", "operator", now).await.map(drop)
        })
        .await
    }

    pub async fn remove(&self, other: &Self) -> Result<(), Refused> {
        let peer = other.domain().clone();
        self.change(async move |conn, desk, now| {
            peers::remove(&conn, &desk, &peer, "", "operator", now).await.map(drop)
        })
        .await
    }

    /// Changes peers and lets the book follow, as `run` does.
    async fn change<F, Fut>(&self, change: F) -> Result<(), Refused>
    where
        F: FnOnce(Conn, Desk, Millis) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = Result<(), Failed>> + Send + 'static,
    {
        let (desk, now) = (self.desk(), self.clock.now());
        self.store.transact(async move |conn| change(conn, desk, now).await).await?;
        self.messaging.follow_peers().await
    }

    /// Queues a note.
    pub async fn send(&self, to: &Self, text: &str) -> Id {
        self.enqueue(note(to, text, text)).await.unwrap()
    }

    /// Queues a message about this node's person.
    pub async fn enqueue(&self, message: Outgoing) -> Result<Id, Refused> {
        let (desk, now, person) = (self.desk(), self.clock.now(), self.person);
        let work =
            async move |conn: Conn| outbox::enqueue(&conn, &desk, message, Some(person), now).await;
        self.store.transact(work).await
    }

    /// Tries what is due.
    pub async fn send_due(&self) {
        self.messaging.send_due().await.unwrap();
    }

    pub async fn outbox(&self) -> Vec<Row> {
        let all = Filter::default();
        outbox::page(&self.store.reader(), self.institution.id, &all, None, 1000).await.unwrap()
    }

    pub async fn states(&self) -> Vec<State> {
        self.outbox().await.iter().map(|row| row.state().unwrap()).collect()
    }

    /// Everything that notes did here.
    pub async fn done(&self) -> Vec<String> {
        notes::done(&self.store).await
    }

    /// The evidence log without partners: event and reason, sorted.
    pub async fn evidence(&self) -> Vec<(String, String)> {
        let leaf = |leaf: EvidenceLeaf| (log::event(leaf.happened()), leaf.reason);
        let leaves = self.leaves().await.into_iter().map(leaf);
        let mut told: Vec<_> = leaves.filter(|(event, _)| event != "peer").collect();
        // The clock stands, and identifiers of one millisecond have no order.
        told.sort();
        told
    }

    pub async fn leaves(&self) -> Vec<EvidenceLeaf> {
        let rows = log::table::Entity::find()
            .order_by_asc(log::table::Column::AtMs)
            .order_by_asc(log::table::Column::Id)
            .all(&self.store.reader())
            .await
            .unwrap();
        rows.iter().map(|row| EvidenceLeaf::decode(row.leaf.as_slice()).unwrap()).collect()
    }

    pub fn commits(&self) -> u64 {
        *self.store.commits().borrow()
    }
}

/// A text in one version only.
pub fn versions(text: &str) -> Vec<Version> {
    vec![version(1, text)]
}

/// A text in a version.
pub fn version(number: u32, text: &str) -> Version {
    Version { number, payload: Bytes::copy_from_slice(text.as_bytes()) }
}

/// A note to a node; notes of one key go in order.
pub fn note(to: &Node, text: &str, order_key: &str) -> Outgoing {
    Outgoing {
        to: to.domain().clone(),
        kind: KIND,
        versions: versions(text),
        resource: format!("notes/{order_key}"),
        order_key: order_key.to_owned(),
        purpose: Purpose::Recognition,
    }
}

async fn person(store: &Store, institution: Uuid, seed: u8) -> Uuid {
    let id = Id::new(START, [seed; 10]).0;
    let work =
        async move |conn: Conn| subjects::create(&conn, institution, id, [7; 32], &[], START).await;
    store.transact(work).await.unwrap();
    id
}

async fn open(
    store: &Store,
    institution: &Institution,
    keys: &Arc<Keyring>,
    notes: &Arc<Notes>,
    clock: &TestClock,
    exchange: &Arc<Exchange>,
    kinds: &[String],
) -> Messaging {
    let book = PeerBook::new();
    let desk = Desk::new(keys.clone(), purposes(), institution.clone(), book);
    let end = End { own: institution.domain.clone(), exchange: exchange.clone() };
    let parts = Parts {
        desk,
        store: store.clone(),
        clock: Arc::new(clock.clone()),
        wire: Arc::new(end),
        faults: Arc::new(NoFaults),
        effects: notes.clone(),
        settings: Settings::default(),
        described: Described { kinds: kinds.to_vec(), ..described() },
    };
    Messaging::open(parts).await.unwrap()
}

pub fn described() -> Described {
    Described {
        peer_address: "node.example:7442".into(),
        kinds: ["hei.test.note/1", "hei.test.letter/1"].map(str::to_owned).to_vec(),
        limits: vec![("message_bytes".into(), 100)],
        ..Described::default()
    }
}

fn purposes() -> Purposes {
    let row = r#"[{"code":"recognition","legal_basis":"GDPR Art. 6(1)(e)","data_categories":["achievements"]}]"#;
    serde_json::from_str(row).unwrap()
}
