//! Load: one request again and again, over several connections with several calls on
//! each, since one connection alone is a queue (h2 takes its streams in turn).

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hei_proto::Rpc;
use tokio::task::JoinSet;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

use crate::processes::{Process, Ran};

/// As many as a campus with a few systems has.
pub const CONNECTIONS: usize = 8;
/// At once on each connection.
pub const CALLS: usize = 4;
/// Before the first round: connections, caches, the allocator.
const WARM_UP: Duration = Duration::from_millis(500);

/// A request and the connections that it goes over.
pub struct Load<R> {
    channels: Vec<Channel>,
    calls: Call<R>,
}

#[derive(Clone)]
struct Call<R> {
    path: &'static str,
    request: R,
    bearer: Option<MetadataValue<Ascii>>,
}

/// Takes any message and keeps nothing of it: what an answer says is not measured.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Skipped {}

impl<R: Rpc + Clone> Load<R> {
    /// Over these connections.
    pub fn new(channels: Vec<Channel>, request: R) -> Self {
        Self { channels, calls: Call { path: R::PATH, request, bearer: None } }
    }

    /// Over connections without TLS.
    pub async fn plain(to: SocketAddr, request: R) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{to}")).unwrap();
        let mut channels = Vec::new();
        for _ in 0..CONNECTIONS {
            channels.push(endpoint.connect().await.unwrap());
        }
        Self::new(channels, request)
    }

    /// With a token, for the floor too: it must read the same bytes.
    pub fn with_token_of(mut self, role: &str) -> Self {
        self.calls.bearer = Some(format!("Bearer token-of-{role}").parse().unwrap());
        self
    }

    /// At another path than the contract's.
    pub fn at(mut self, path: &'static str) -> Self {
        self.calls.path = path;
        self
    }

    /// Asks once.
    pub async fn ask(&self) -> R::Answer {
        self.calls.make(&self.channels[0]).await
    }

    /// Asks this often, one call at a time.
    pub async fn ask_times(&self, times: usize) {
        for n in 0..times {
            self.calls.make::<Skipped>(&self.channels[n % self.channels.len()]).await;
        }
    }

    /// Lets the connections and the server come into their stride.
    pub async fn warm_up(&self) {
        self.until(Instant::now() + WARM_UP).await;
    }

    /// What the server does in this time, and what it takes it.
    pub async fn run(&self, server: &Process, seconds: f64) -> Ran {
        let (cpu, began) = (server.cpu_seconds(), Instant::now());
        let times = self.until(began + Duration::from_secs_f64(seconds)).await;
        let seconds = began.elapsed().as_secs_f64();
        Ran { times, seconds, cpu_seconds: server.cpu_seconds() - cpu }
    }

    async fn until(&self, end: Instant) -> f64 {
        let mut callers = JoinSet::new();
        for channel in &self.channels {
            for _ in 0..CALLS {
                let (channel, calls) = (channel.clone(), self.calls.clone());
                callers.spawn(async move {
                    let mut times = 0.0;
                    while Instant::now() < end {
                        calls.make::<Skipped>(&channel).await;
                        times += 1.0;
                    }
                    times
                });
            }
        }
        callers.join_all().await.into_iter().sum()
    }
}

impl<R: Rpc + Clone> Call<R> {
    async fn make<A: prost::Message + Default + 'static>(&self, channel: &Channel) -> A {
        let mut grpc = tonic::client::Grpc::new(channel.clone());
        grpc.ready().await.unwrap();
        let mut request = tonic::Request::new(self.request.clone());
        if let Some(bearer) = &self.bearer {
            request.metadata_mut().insert("authorization", bearer.clone());
        }
        let codec = tonic_prost::ProstCodec::<R, A>::default();
        let path = PathAndQuery::from_static(self.path);
        grpc.unary(request, path, codec).await.unwrap().into_inner()
    }
}
