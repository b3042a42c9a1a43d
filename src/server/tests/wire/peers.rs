//! The peer listener: what the key of a partner is to us decides each call.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hei_client::pins::{self, Pins};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tonic::Code;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::house::{House, Node, SIS, WHO, call, echo, node, open, reason, server, who};

#[tokio::test]
async fn a_trusted_partner_calls_as_its_institution_and_needs_no_token() {
    let (a, b) = (node("uni-a.example"), node("uni-b.example"));
    let pins = Arc::new(Pins::new());
    pins.replace([a.pinned(false)]);
    let (house, b) = listening(b, &pins).await;
    let peer = dial(&a, &b, house.at.peer).await;
    assert_eq!(call(&peer, WHO, "", "").await.unwrap(), "peers/uni-a.example [Peer]");
}

#[tokio::test]
async fn who_is_not_trusted_gets_the_reason_at_every_call_whatever_else_it_has() {
    let (a, b) = (node("uni-a.example"), node("uni-b.example"));
    let pins = Arc::new(Pins::new());
    let (house, b) = listening(b, &pins).await;
    for (pinned, expected) in [(vec![], "PEER_UNTRUSTED"), (vec![a.pinned(true)], "PEER_SUSPENDED")]
    {
        pins.replace(pinned);
        let peer = dial(&a, &b, house.at.peer).await;
        for path in [WHO, "/toy.v1.ToyService/Other"] {
            let said = call(&peer, path, SIS, "").await.unwrap_err();
            assert_eq!(reason(&said), (Code::PermissionDenied, expected.into()));
        }
    }
}

#[tokio::test]
async fn the_peer_listener_tells_its_health_and_never_reflects() {
    let (a, b) = (node("uni-a.example"), node("uni-b.example"));
    let pins = Arc::new(Pins::new());
    pins.replace([a.pinned(false)]);
    let (house, b) = listening(b, &pins).await;
    let peer = dial(&a, &b, house.at.peer).await;
    for service in ["", "toy.v1.ToyService"] {
        let request = HealthCheckRequest { service: service.to_owned() };
        let answer = HealthClient::new(peer.clone()).check(request).await.unwrap();
        assert_eq!(answer.into_inner().status(), ServingStatus::Serving);
    }
    for path in crate::health::REFLECT {
        let said = call(&peer, path, "", "").await.unwrap_err();
        assert_eq!(reason(&said), (Code::Unimplemented, "METHOD_UNKNOWN".into()));
    }
}

/// B with these pins, and what callers must know of it.
async fn listening(b: Node, pins: &Arc<Pins>) -> (House, pins::PinnedKey) {
    let known = b.pinned(false);
    let mut server = server(vec![echo(), who()]);
    server.partners.identity = b.identity;
    server.partners.pins = Arc::clone(pins);
    (open(server).await, known)
}

/// A channel from `own` to the node with this key.
async fn dial(own: &Node, known: &pins::PinnedKey, at: SocketAddr) -> Channel {
    let pins = Arc::new(Pins::new());
    pins.replace([known.clone()]);
    let peer = known.peer.clone();
    let connector = pins::connector(&own.identity, peer.clone(), Arc::clone(&pins)).unwrap();
    let connect = tower::service_fn(move |_: http::Uri| {
        let (connector, pins, peer) = (connector.clone(), Arc::clone(&pins), peer.clone());
        async move {
            let tcp = TcpStream::connect(at).await.unwrap();
            pins::initiate(&connector, tcp, &peer, &pins, Duration::from_secs(5))
                .await
                .map(TokioIo::new)
        }
    });
    Endpoint::from_static("http://uni-b.example").connect_with_connector(connect).await.unwrap()
}
