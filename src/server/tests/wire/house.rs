//! A server of toy methods, and clients for it.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Buf as _, BufMut as _, Bytes};
use futures_util::future::BoxFuture;
use hei_client::pins::{Identity, PinnedKey, SpkiHash};
use hei_proto::Access;
use hei_server::settings::{Client, Settings};
use hei_server::{Addresses, Drained, Metrics, Partners, Serve, Server};
use hei_values::{HeiId, Principal, Refused, Role};
use rustls::pki_types::PrivateKeyDer;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_types::StatusExt as _;

fn sha256(text: &str) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref().try_into().unwrap()
}

pub const SIS: &str = "token of the student information system";
pub const OPERATOR: &str = "token of the operator";
pub const CAP: u32 = 64;

pub type Answer = Result<Bytes, Refused>;
type Work = dyn Fn(Principal, Bytes) -> BoxFuture<'static, Answer> + Send + Sync;

/// A method that does what a test says.
pub struct Toy {
    path: &'static str,
    request_bytes_max: u32,
    work: Box<Work>,
}

impl Serve for Toy {
    fn path(&self) -> &'static str {
        self.path
    }

    fn access(&self) -> Access {
        let request_bytes_max = self.request_bytes_max;
        Access { roles: &[Role::Sis], personal: false, serves_rights: false, request_bytes_max }
    }

    fn serve(&self, caller: Principal, request: Bytes) -> BoxFuture<'_, Answer> {
        (self.work)(caller, request)
    }
}

pub fn toy<F, Fut>(path: &'static str, work: F) -> Arc<dyn Serve>
where
    F: Fn(Principal, Bytes) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    let work = Box::new(move |caller, request| -> BoxFuture<'static, Answer> {
        Box::pin(work(caller, request))
    });
    Arc::new(Toy { path, request_bytes_max: CAP, work })
}

pub const ECHO: &str = "/toy.v1.ToyService/Echo";
pub const WHO: &str = "/toy.v1.ToyService/Who";

/// Answers what it got.
pub fn echo() -> Arc<dyn Serve> {
    toy(ECHO, |_, request| async move { Ok(request) })
}

/// The same, for larger requests.
pub fn echo_much(path: &'static str, request_bytes_max: u32) -> Arc<dyn Serve> {
    let work = Box::new(|_, request| -> BoxFuture<'static, Answer> {
        Box::pin(async move { Ok(request) })
    });
    Arc::new(Toy { path, request_bytes_max, work })
}

/// Answers who calls.
pub fn who() -> Arc<dyn Serve> {
    toy(WHO, |caller, _| async move { Ok(format!("{} {:?}", caller.client, caller.roles).into()) })
}

/// A node's name and key.
pub struct Node {
    pub institution: HeiId,
    pub identity: Identity,
}

pub fn node(domain: &str) -> Node {
    let made = rcgen::generate_simple_self_signed([domain.to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let identity = Identity { certificate: made.cert.der().clone(), key };
    Node { institution: HeiId::read("", domain).unwrap(), identity }
}

impl Node {
    pub fn pinned(&self, suspended: bool) -> PinnedKey {
        let key = SpkiHash::of_certificate(&self.identity.certificate).unwrap();
        PinnedKey { peer: self.institution.clone(), key, suspended }
    }
}

fn metrics() -> Metrics {
    static ONCE: OnceLock<Metrics> = OnceLock::new();
    ONCE.get_or_init(|| Metrics::install(&"uni.example".parse().unwrap()).unwrap()).clone()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn client(name: &str, token: &str) -> Client {
    Client {
        name: name.to_owned(),
        token_sha256: Some(hex(&sha256(token))),
        roles: vec!["sis".to_owned()],
        ..Client::default()
    }
}

/// A server on free ports with one client, and the methods on each listener.
pub fn server(methods: Vec<Arc<dyn Serve>>) -> Server {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut settings = Settings::default();
    settings.campus.address = free;
    settings.campus.client = vec![client("student-system", SIS)];
    settings.peer.address = free;
    settings.public.address = free;
    settings.ops.address = free;
    Server {
        settings,
        development: true,
        campus: methods.clone(),
        peer: methods.clone(),
        ops: methods,
        partners: Partners { identity: node("uni-b.example").identity, pins: Arc::default() },
        operator_token_sha256: sha256(OPERATOR),
        description: Arc::new(|| Bytes::from_static(br#"{"institution":"uni-b.example"}"#)),
        own_certificate: None,
        metrics: metrics(),
    }
}

/// A running server; it ends with the value.
pub struct House {
    pub at: Addresses,
    shutdown: CancellationToken,
    running: JoinSet<Drained>,
}

pub async fn open(server: Server) -> House {
    open_until(server, Duration::from_secs(20)).await
}

pub async fn open_until(server: Server, limit: Duration) -> House {
    let listeners = server.bind().await.unwrap();
    let at = listeners.addresses();
    let shutdown = CancellationToken::new();
    let mut running = JoinSet::new();
    running.spawn(listeners.run(shutdown.clone(), limit));
    House { at, shutdown, running }
}

impl House {
    /// Begins the shutdown.
    pub fn close(&self) {
        self.shutdown.cancel();
    }

    /// How it ended.
    pub async fn ended(mut self) -> Drained {
        self.running.join_next().await.unwrap().unwrap()
    }
}

pub async fn channel(at: SocketAddr) -> Channel {
    Endpoint::new(format!("http://{at}")).unwrap().connect().await.unwrap()
}

/// A call by tonic's client.
pub async fn call(
    channel: &Channel,
    path: &'static str,
    token: &str,
    request: impl Into<Bytes>,
) -> Result<Bytes, Status> {
    let mut request = Request::new(request.into());
    if !token.is_empty() {
        let value = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static(path);
    grpc.unary(request, path, Raw).await.map(tonic::Response::into_inner)
}

/// Code and reason, as the contract names them.
pub fn reason(said: &Status) -> (tonic::Code, String) {
    let info = said.get_details_error_info().expect("an answer that is not OK has a reason");
    assert_eq!(info.domain, hei_server::DOMAIN);
    (said.code(), info.reason)
}

#[derive(Default)]
pub struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
