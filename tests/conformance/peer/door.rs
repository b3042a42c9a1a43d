//! Where the node finds a partner: the descriptor at the public address, and the peer listener, which takes
//! every envelope whose signature holds.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hei_proto::Rpc as _;
use hei_proto::hei::credentials::v1::{TranscriptSent, TranscriptTaken};
use hei_proto::hei::messaging::v1::{
    DeliverRequest, DeliverResponse, EnvelopeHeader, GetDescriptorRequest, KeyUse, NodeDescriptor,
    Receipt, SignedDescriptor, SignedReceipt,
};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use prost::Message as _;
use prost::bytes::Bytes;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tonic::Status;

use super::keys::{Keys, Use, sha256};
use super::{proof, tls};
use crate::clock;
use crate::suite::Node;
use crate::wire::Raw;

const DESCRIPTOR_MS: i64 = 30 * 24 * 3600 * 1000;
const REQUEST_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Open until dropped.
pub(super) struct Doors {
    /// The public listener.
    pub public: SocketAddr,
    desk: Arc<Desk>,
    _open: JoinSet<()>,
}

/// What is known behind the doors.
struct Desk {
    domain: String,
    peer_address: String,
    keys: Arc<Keys>,
    node: Arc<Node>,
    received: Mutex<Vec<DeliverRequest>>,
}

impl Doors {
    pub async fn open(
        domain: &str,
        at: IpAddr,
        keys: Arc<Keys>,
        node: Arc<Node>,
    ) -> io::Result<Self> {
        let (public, peer) = (TcpListener::bind((at, 0)).await?, TcpListener::bind((at, 0)).await?);
        let address = public.local_addr()?;
        let secure = tls::server(&keys, node.channel_keys()).map_err(io::Error::other)?;
        let open = tls::public(&keys).map_err(io::Error::other)?;
        let desk = Arc::new(Desk {
            domain: domain.to_owned(),
            peer_address: peer.local_addr()?.to_string(),
            keys,
            node,
            received: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(listen(peer, TlsAcceptor::from(Arc::new(secure)), desk.clone(), true));
        tasks.spawn(listen(public, TlsAcceptor::from(Arc::new(open)), desk.clone(), false));
        Ok(Self { public: address, desk, _open: tasks })
    }

    pub fn received(&self) -> Vec<DeliverRequest> {
        self.desk.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Accepts connections until its task is dropped.
async fn listen(listener: TcpListener, acceptor: TlsAcceptor, desk: Arc<Desk>, of_peers: bool) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((tcp, _)) = listener.accept().await else { return };
        let (acceptor, desk) = (acceptor.clone(), desk.clone());
        connections.spawn(async move {
            let Ok(secure) = acceptor.accept(tcp).await else { return };
            let (io, server) = (TokioIo::new(secure), Builder::new(TokioExecutor::new()));
            // A connection that breaks is the node's to notice.
            let _ = match of_peers {
                true => {
                    server
                        .serve_connection(
                            io,
                            hyper::service::service_fn(move |r| call(desk.clone(), r)),
                        )
                        .await
                }
                false => {
                    server
                        .serve_connection(
                            io,
                            hyper::service::service_fn(move |r| read(desk.clone(), r)),
                        )
                        .await
                }
            };
        });
    }
}

/// The public address: one document.
async fn read(
    desk: Arc<Desk>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let found = request.uri().path() == "/.well-known/hei-node";
    let body = if found { desk.descriptor_json() } else { String::new() };
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    if !found {
        *answer.status_mut() = StatusCode::NOT_FOUND;
    }
    answer.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    Ok(answer)
}

/// The peer listener: two methods.
async fn call(
    desk: Arc<Desk>,
    request: Request<Incoming>,
) -> Result<Response<tonic::body::Body>, Infallible> {
    let path = request.uri().path().to_owned();
    let mut grpc = tonic::server::Grpc::new(Raw).max_decoding_message_size(REQUEST_BYTES_MAX);
    let answered = tower::service_fn(move |asked: tonic::Request<Bytes>| {
        let answer = match path.as_str() {
            DeliverRequest::PATH => desk.take(asked.into_inner()),
            GetDescriptorRequest::PATH => Ok(desk.descriptor().encode_to_vec().into()),
            _ => Err(Status::unimplemented("this partner has no such method")),
        };
        std::future::ready(answer.map(tonic::Response::new))
    });
    Ok(grpc.unary(answered, request).await)
}

impl Desk {
    fn descriptor(&self) -> SignedDescriptor {
        let now = clock::now();
        let descriptor = NodeDescriptor {
            institution: self.domain.clone(),
            version: u64::try_from(now / 1000).unwrap_or(1),
            create_time: Some(clock::timestamp(now)),
            expire_time: Some(clock::timestamp(now + DESCRIPTOR_MS)),
            keys: self.keys.described(),
            peer_address: self.peer_address.clone(),
            claims: vec!["uc6/issuer@1".to_owned(), "uc6/receiver@1".to_owned()],
            operations: vec![
                DeliverRequest::PATH.to_owned(),
                GetDescriptorRequest::PATH.to_owned(),
            ],
            kinds: vec!["hei.credentials.transcript/1".to_owned()],
            standards: vec!["ELMO 2.1.1".to_owned()],
            ..NodeDescriptor::default()
        }
        .encode_to_vec();
        let signature = self.keys.sign(Use::Descriptor, "hei-descriptor-v1\n", &descriptor);
        SignedDescriptor {
            descriptor: descriptor.into(),
            key_id: self.keys.id(Use::Descriptor),
            signature: signature.into(),
        }
    }

    fn descriptor_json(&self) -> String {
        let signed = self.descriptor();
        serde_json::json!({
            "descriptor": STANDARD.encode(&signed.descriptor),
            "keyId": signed.key_id,
            "signature": STANDARD.encode(&signed.signature),
        })
        .to_string()
    }

    /// What an honest receiver does: keeps, checks, signs.
    fn take(&self, request: Bytes) -> Result<Bytes, Status> {
        let request =
            DeliverRequest::decode(request).map_err(|e| Status::invalid_argument(e.to_string()))?;
        self.received.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let header = EnvelopeHeader::decode(request.header.clone())
            .map_err(|e| Status::invalid_argument(e.to_string()))?;
        let node = &self.node.descriptor;
        proof::signed_by(
            node,
            KeyUse::Message,
            &header.key_id,
            "hei-envelope-v1\n",
            &request.header,
            &request.signature,
        )
        .map_err(|stop| Status::unauthenticated(stop.told))?;
        let sent = TranscriptSent::decode(request.payload.clone())
            .map_err(|e| Status::invalid_argument(e.to_string()))?;
        let answer = TranscriptTaken {
            name: format!("transcripts/{}", clock::uuid7(clock::now())),
            achievement_count: achievements(&sent.document),
        }
        .encode_to_vec();
        let receipt = Some(self.receipt(&request.header, &header, &answer));
        Ok(DeliverResponse { receipt, answer: answer.into() }.encode_to_vec().into())
    }

    fn receipt(&self, bytes: &[u8], header: &EnvelopeHeader, answer: &[u8]) -> SignedReceipt {
        let receipt = Receipt {
            message_id: header.message_id.clone(),
            header_sha256: sha256(bytes).into(),
            receiver: self.domain.clone(),
            sender: header.sender.clone(),
            receive_time: Some(clock::timestamp(clock::now())),
            answer_sha256: sha256(answer).into(),
            // This partner keeps no log that anybody could look at.
            leaf_hash: sha256(bytes).into(),
            key_id: self.keys.id(Use::Receipt),
        }
        .encode_to_vec();
        let signature = self.keys.sign(Use::Receipt, "hei-receipt-v1\n", &receipt);
        SignedReceipt { receipt: receipt.into(), signature: signature.into() }
    }
}

/// How many a document reports, by the element of ELMO.
fn achievements(document: &[u8]) -> u32 {
    let text = String::from_utf8_lossy(document);
    u32::try_from(text.matches("<learningOpportunitySpecification").count()).unwrap_or(0)
}
