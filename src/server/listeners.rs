//! The four listeners together: what each needs before it may listen, and how they
//! end. Nothing that a listener lacks is found out after the start.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hei_values::{Code, Refused};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clients::{Clients, Digest};
use crate::connection::{Answering, Doorstep, House, Listener, Manners};
use crate::door::{Door, Gate};
use crate::limits;
use crate::metrics::Metrics;
use crate::peer::{self, Partners};
use crate::plain::{Description, Ops, Public};
use crate::refusals::configuration;
use crate::routes::{Health, Table};
use crate::rpc::Serve;
use crate::settings::{Limits, Settings, Tls};
use crate::tls::Certified;

const H2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// All that comes in, before anything listens.
pub struct Server {
    /// Addresses, clients, maxima.
    pub settings: Settings,
    /// Whether campus and ops listeners answer reflection.
    pub development: bool,
    /// The methods of the campus listener.
    pub campus: Vec<Arc<dyn Serve>>,
    /// The methods of the peer listener.
    pub peer: Vec<Arc<dyn Serve>>,
    /// The methods of the ops listener.
    pub ops: Vec<Arc<dyn Serve>>,
    /// The keys of the peer listener: ours and those of partners.
    pub partners: Partners,
    /// SHA-256 of the token that makes a caller of the ops listener the operator.
    pub operator_token_sha256: Digest,
    /// What `/.well-known/hei-node` answers.
    pub description: Description,
    /// The certificate that the node made itself, for a public listener without files.
    pub own_certificate: Option<Certified>,
    /// What the process counts.
    pub metrics: Metrics,
}

/// Where the listeners are, with the ports that they got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// Campus listener.
    pub campus: SocketAddr,
    /// Peer listener.
    pub peer: SocketAddr,
    /// Public listener.
    pub public: SocketAddr,
    /// Ops listener.
    pub ops: SocketAddr,
}

/// Bound listeners.
pub struct Listeners {
    listeners: Vec<Listener>,
    health: Vec<Health>,
    addresses: Addresses,
    metrics: Metrics,
    draining: CancellationToken,
    connections_max: usize,
}

/// How a shutdown went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut at the limit.
    pub cut: usize,
}

impl Settings {
    /// Whether the listeners could start, as far as the settings and their files tell.
    ///
    /// # Errors
    /// CONFIG_INVALID with what to change.
    pub fn check(&self) -> Result<(), Refused> {
        Clients::configured(&self.campus.client)?;
        campus_doorstep(self.campus.address, self.campus.tls.as_ref())?;
        if let Some(files) = &self.public.tls {
            Certified::read(files)?;
        }
        only_loopback(self.ops.address)
    }
}

impl Server {
    /// Binds all four.
    ///
    /// # Errors
    /// CONFIG_INVALID with what to change; ADDRESS_TAKEN.
    pub async fn bind(self) -> Result<Listeners, Refused> {
        let Settings { campus, peer, public, ops, limits } = self.settings;
        let clients = Clients::configured(&campus.client)?;
        let campus_step = campus_doorstep(campus.address, campus.tls.as_ref())?;
        let peer_step = Doorstep::Peer(peer::Doorstep::new(self.partners)?);
        let public_step =
            public_doorstep(public.address, public.tls.as_ref(), self.own_certificate)?;
        only_loopback(ops.address)?;

        let mut plan = Plan::new(&limits);
        let door = plan.door("campus", &self.campus, self.development, clients).await?;
        let campus = plan.listen("campus", campus.address, campus_step, CAMPUS, door).await?;
        let door = plan.door("peer", &self.peer, false, peer::ByPin).await?;
        let peer = plan.listen("peer", peer.address, peer_step, PEER, door).await?;
        let answering = Arc::new(Public(self.description));
        let public = plan.listen("public", public.address, public_step, PUBLIC, answering).await?;
        let operator = Clients::operator(self.operator_token_sha256);
        let door = plan.door("ops", &self.ops, self.development, operator).await?;
        let answering = Arc::new(Ops { door, metrics: self.metrics.clone() });
        let ops = plan.listen("ops", ops.address, Doorstep::Plain, OPS, answering).await?;

        let Plan { listeners, health, draining, .. } = plan;
        let addresses = Addresses { campus, peer, public, ops };
        let connections_max = limits.connections_max;
        let metrics = self.metrics;
        Ok(Listeners { listeners, health, addresses, metrics, draining, connections_max })
    }
}

impl Listeners {
    /// Where they are.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Serves until `shutdown`, then finishes the calls in flight, and after
    /// `limit` cuts what is left.
    pub async fn run(self, shutdown: CancellationToken, limit: Duration) -> Drained {
        let houses: Vec<Arc<House>> =
            self.listeners.iter().map(|listener| Arc::clone(&listener.house)).collect();
        let mut tasks = JoinSet::new();
        tasks.spawn(self.metrics.upkeep(self.draining.clone()));
        for listener in self.listeners {
            tasks.spawn(listener.run());
        }
        shutdown.cancelled().await;
        for health in &self.health {
            health.stop().await;
        }
        self.draining.cancel();
        let ended = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(limit, ended).await.is_ok() {
            return Drained { cut: 0 };
        }
        let open =
            |house: &Arc<House>| self.connections_max - house.connections.available_permits();
        let cut = houses.iter().map(open).sum();
        tracing::warn!(cut, "connections cut at the drain limit");
        tasks.shutdown().await;
        Drained { cut }
    }
}

const CAMPUS: Manners = Manners {
    http1: false,
    streams_max: limits::CAMPUS_STREAMS_MAX,
    age: limits::CONNECTION_AGE,
    grace: None,
};
const PEER: Manners = Manners { streams_max: limits::PEER_STREAMS_MAX, ..CAMPUS };
const OPS: Manners = Manners { http1: true, streams_max: limits::OTHER_STREAMS_MAX, ..CAMPUS };
const PUBLIC: Manners = Manners {
    age: limits::PUBLIC_CONNECTION_AGE,
    grace: Some(limits::PUBLIC_CONNECTION_GRACE),
    ..OPS
};

/// What has been bound so far.
struct Plan {
    limits: Limits,
    listeners: Vec<Listener>,
    health: Vec<Health>,
    draining: CancellationToken,
}

impl Plan {
    fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            listeners: Vec::new(),
            health: Vec::new(),
            draining: CancellationToken::new(),
        }
    }

    async fn door(
        &mut self,
        listener: &'static str,
        served: &[Arc<dyn Serve>],
        reflection: bool,
        gate: impl Gate,
    ) -> Result<Arc<Door>, Refused> {
        let Table { router, methods, health } = Table::new(served, reflection).await?;
        self.health.push(health);
        Ok(Arc::new(Door {
            listener,
            router,
            methods,
            gate: Box::new(gate),
            room: Semaphore::new(self.limits.calls_max),
            call_max: Duration::from_millis(self.limits.call_ms_max),
            draining: self.draining.clone(),
        }))
    }

    async fn listen(
        &mut self,
        name: &'static str,
        address: SocketAddr,
        doorstep: Doorstep,
        manners: Manners,
        answering: Arc<dyn Answering>,
    ) -> Result<SocketAddr, Refused> {
        let taken = |fault: std::io::Error| {
            let told = format!("the {name} listener cannot have {address}: {fault}");
            Refused::new(Code::FailedPrecondition, "ADDRESS_TAKEN", told)
        };
        let tcp = TcpListener::bind(address).await.map_err(taken)?;
        let bound = tcp.local_addr().map_err(taken)?;
        let connections = Arc::new(Semaphore::new(self.limits.connections_max));
        let draining = self.draining.clone();
        let house = House { name, doorstep, manners, answering, connections, draining };
        self.listeners.push(Listener { tcp, house: Arc::new(house) });
        Ok(bound)
    }
}

fn campus_doorstep(address: SocketAddr, files: Option<&Tls>) -> Result<Doorstep, Refused> {
    match files {
        Some(files) => Ok(Doorstep::Tls(Certified::read(files)?.acceptor(&[H2], true)?)),
        None if address.ip().is_loopback() => Ok(Doorstep::Plain),
        None => Err(configuration(format!(
            "the campus listener at {address} is not on loopback and has no TLS: \
             set campus.tls.certificate and campus.tls.key, or campus.address to 127.0.0.1"
        ))),
    }
}

fn public_doorstep(
    address: SocketAddr,
    files: Option<&Tls>,
    own: Option<Certified>,
) -> Result<Doorstep, Refused> {
    let certified = match files {
        Some(files) => Some(Certified::read(files)?),
        None => own,
    };
    match certified {
        Some(certified) => Ok(Doorstep::Tls(certified.acceptor(&[H2, HTTP1], false)?)),
        None if address.ip().is_loopback() => Ok(Doorstep::Plain),
        None => Err(configuration(format!(
            "the public listener at {address} is not on loopback and has no certificate: \
             set public.tls.certificate and public.tls.key"
        ))),
    }
}

/// The operator's token goes over it in clear.
fn only_loopback(address: SocketAddr) -> Result<(), Refused> {
    match address.ip().is_loopback() {
        true => Ok(()),
        false => Err(configuration(format!(
            "the ops listener at {address} must stay on loopback: set ops.address to 127.0.0.1; \
             from another machine, reach it through a tunnel"
        ))),
    }
}
