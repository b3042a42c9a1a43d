//! The composition root of a running node: opens what it stands on, puts use cases,
//! mechanisms and listeners together, and takes them down again in order.

mod files;
mod wiring;

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use hei_evidence::keys::Keyring;
use hei_messaging::peers::PeerBook;
use hei_messaging::wire::Network;
use hei_messaging::{Desk, Messaging, Parts};
use hei_server::{Addresses, Listeners, Metrics};
use hei_store::page::Pager;
use hei_store::{Store, institution};
use hei_use_case::rights::Rights;
use hei_use_case::{Jobs, Kinds, Node, Spool, UseCase};
use hei_values::{Faults, Id, Refused};
use sea_orm_migration::MigrationTrait;
use tokio_util::sync::CancellationToken;

use crate::{Config, Surroundings};
pub use files::{OPERATOR_TOKEN_FILE, OPS_ADDRESS_FILE};

/// A node that listens.
pub struct Running {
    listeners: Listeners,
    messaging: Messaging,
    jobs: Jobs,
    store: Store,
    _lock: File,
    drain: Duration,
    /// Where it listens.
    pub addresses: Addresses,
    /// The token of the client that a development node makes itself.
    pub development_token: Option<String>,
    /// The thumbprint of its descriptor key.
    pub fingerprint: String,
}

/// Every migration of the node, in order.
pub fn migrations(config: &Config, around: &Surroundings) -> Vec<Box<dyn MigrationTrait>> {
    let own = hei_store::migrations().into_iter();
    let own = own.chain(hei_evidence::migrations()).chain(hei_messaging::migrations());
    own.chain((around.use_cases)(config).into_iter().flat_map(|u| u.migrations)).collect()
}

/// Whether `serve` would start, as far as the configuration tells.
///
/// # Errors
/// CONFIG_INVALID.
pub fn check(config: &Config) -> Result<(), Refused> {
    wiring::server_settings(config, None).check()?;
    let rights = Rights::new(&crate::use_cases(config), config.retention.clone());
    rights.map(drop).map_err(|why| crate::config::invalid(&format!("[[retention]]: {why}")))
}

/// Opens the database under the data folder's lock and brings it to this version
/// (SQLite), or sees that somebody did (PostgreSQL).
async fn open_store(config: &Config, around: &Surroundings) -> Result<Store, Refused> {
    let store = Store::open_with(&config.database(), around.faults.clone()).await?;
    store.prepare(migrations(config, around)).await?;
    let woken = store.clone();
    around.clock.when_set(Box::new(move || woken.wake()));
    Ok(store)
}

/// Starts a node: after this its listeners are bound.
///
/// # Errors
/// What keeps it from starting, in one sentence with what to do.
pub async fn start(config: &Config, around: &Surroundings) -> Result<Running, Refused> {
    let Surroundings { clock, faults, use_cases } = around.clone();
    check(config)?;
    files::make_folder(&config.data_folder)?;
    let lock = files::lock(&config.data_folder)?;
    let store = open_store(config, around).await?;
    let keys = Keyring::open_or_create(&config.keys())?;
    let keys = Arc::new(keys.with_faults(faults.clone()));
    let metrics = Metrics::install(&config.domain()?)?;
    let now = clock.now();
    let mut random = [0; 10];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| Refused::internal("no randomness"))?;
    let institution = institution::own(&store, &config.domain()?, Id::new(now, random)).await?;
    let book = PeerBook::new();
    let desk = Desk::new(keys.clone(), config.purpose.clone(), institution.clone(), book);
    let pager = Pager::new(keys.page_key());
    let spool = Spool::open(config.data_folder.join("spool"))?;
    let use_cases = use_cases(config);
    let rights = Rights::new(&use_cases, config.retention.clone()).map_err(Refused::internal)?;
    let (store_of, clock_of) = (store.clone(), clock.clone());
    let node = Node { store: store_of, clock: clock_of, institution, pager, desk, spool, rights };
    let node = Arc::new(node);
    let messaging = messaging(config, &node, &use_cases, faults).await?;
    let jobs = use_cases.iter().flat_map(|u| u.jobs.iter().cloned()).collect();
    let worker = files::worker(&config.data_folder)?;
    let jobs = Jobs::new(node.clone(), jobs, worker, hei_server::encoded)?;
    let development = files::development_client(config)?;
    let server =
        wiring::server(config, &node, &messaging, use_cases, metrics, development.as_ref())?;
    let listeners = server.bind().await?;
    let addresses = listeners.addresses();
    files::write_ops_address(&config.data_folder, addresses.ops)?;
    Ok(Running {
        listeners,
        messaging,
        jobs,
        store,
        _lock: lock,
        drain: Duration::from_secs(config.limits.drain_seconds),
        addresses,
        development_token: development.map(|d| d.token),
        fingerprint: keys.key_id(hei_evidence::keys::KeyUse::Descriptor).to_owned(),
    })
}

async fn messaging(
    config: &Config,
    node: &Arc<Node>,
    use_cases: &[UseCase],
    faults: Arc<dyn Faults>,
) -> Result<Messaging, Refused> {
    let outbound = hei_client::Outbound::new(config.outbound.clone());
    let identity = wiring::identity(config, &node.desk)?;
    Messaging::open(Parts {
        desk: node.desk.clone(),
        store: node.store.clone(),
        clock: node.clock.clone(),
        wire: Arc::new(Network::new(outbound, node.desk.clone(), identity)),
        faults,
        effects: Arc::new(Kinds::new(node.clone(), use_cases)),
        settings: config.messaging.clone(),
        described: wiring::described(config, use_cases),
    })
    .await
}

impl Running {
    /// Serves until `stop`, then drains: no new calls and no new step of a job, those in
    /// flight finish, then the sender and the feed, then the database.
    pub async fn until(self, stop: CancellationToken) {
        let behind = CancellationToken::new();
        let institution = self.messaging.desk().institution().id;
        let delivering = self.messaging.run(behind.clone());
        let feeding = self.store.feed(institution, behind.cancelled());
        let following = self.store.follow_others(behind.cancelled());
        let working = self.jobs.run(stop.clone());
        let listening = async {
            let drained = self.listeners.run(stop, self.drain).await;
            behind.cancel();
            drained
        };
        let (drained, ..) = tokio::join!(listening, delivering, feeding, following, working);
        self.store.close().await;
        tracing::info!(cut = drained.cut, "the node has ended");
    }
}
