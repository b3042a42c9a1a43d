//! The floor of every call: a bare tonic server that takes any request and answers as
//! many bytes as the node does. It is this program once more, as a process of its own, so
//! that its processor time and its memory are known.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use prost::bytes::Bytes;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::load::Skipped;
use crate::partner;
use crate::processes::Process;

/// Where the floor answers.
pub const PATH: &str = "/floor.Echo/Answer";

/// What makes this program a floor.
#[derive(clap::Args)]
pub struct Arguments {
    /// The size of each answer.
    #[arg(long, hide = true)]
    pub echo_bytes: Option<usize>,
    /// Whose keys it shows; without them there is no TLS.
    #[arg(long, hide = true)]
    pub echo_keys: Option<PathBuf>,
}

/// A running floor.
pub struct Echo {
    pub address: SocketAddr,
    pub process: Process,
    child: Child,
    /// It ends when this closes.
    _stdin: ChildStdin,
}

impl Echo {
    /// Without TLS.
    pub fn plain(answer_bytes: usize) -> Self {
        Self::start(answer_bytes, &[])
    }

    /// With the TLS of a node's peer listener, by the keys in its data folder.
    pub fn with_keys(answer_bytes: usize, data: &Path) -> Self {
        Self::start(answer_bytes, &["--echo-keys".as_ref(), data])
    }

    fn start(answer_bytes: usize, more: &[&Path]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--echo-bytes", &answer_bytes.to_string()])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let (address, process) = (address.trim().parse().unwrap(), Process::of(child.id()));
        let stdin = child.stdin.take().unwrap();
        Self { address, process, child, _stdin: stdin }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says where it is and answers until standard input closes.
pub async fn serve(answer_bytes: usize, keys: Option<&Path>) {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    let answer = Answer { bytes: vec![b'x'; answer_bytes.saturating_sub(FRAME_BYTES)].into() };
    let server = Server::builder().add_service(Answering(answer));
    match keys {
        None => server
            .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
            .await
            .unwrap(),
        Some(data) => server.serve_with_incoming(partner::accept(listener, data)).await.unwrap(),
    }
}

/// Tag and length of the one field, so that the message is as large as was asked for.
const FRAME_BYTES: usize = 3;

#[derive(Clone, PartialEq, prost::Message)]
struct Answer {
    #[prost(bytes = "bytes", tag = "1")]
    bytes: Bytes,
}

/// What tonic's code generator would write for one method, no more.
#[derive(Clone)]
struct Answering(Answer);

impl NamedService for Answering {
    const NAME: &'static str = "floor.Echo";
}

impl tonic::codegen::Service<http::Request<Body>> for Answering {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = self.clone();
        let codec = tonic_prost::ProstCodec::<Answer, Skipped>::default();
        Box::pin(async move { Ok(Grpc::new(codec).unary(method, request).await) })
    }
}

impl UnaryService<Skipped> for Answering {
    type Response = Answer;
    type Future = std::future::Ready<Result<Response<Answer>, Status>>;

    fn call(&mut self, _: Request<Skipped>) -> Self::Future {
        std::future::ready(Ok(Response::new(self.0.clone())))
    }
}
