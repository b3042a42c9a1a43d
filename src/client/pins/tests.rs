//! Handshakes between nodes over real sockets on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::cell::Cell;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use hei_values::HeiId;
use rustls::client::danger::ServerCertVerifier;
use rustls::server::ServerSessionMemoryCache;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, HandshakeKind, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

use super::verify::{AnyKey, OnePeer};
use super::*;
use crate::fixtures::{Made, certificate, listener};
use crate::proof::{Proof, provider};

const LIMIT: Duration = Duration::from_secs(5);

type Served = Result<PeerStream<server::TlsStream<TcpStream>>, Failed>;
type Called = Result<PeerStream<client::TlsStream<TcpStream>>, Failed>;

/// Nodes A and B, each with the other's key.
struct Two {
    a: Made,
    b: Made,
    pins_of_a: Arc<Pins>,
    pins_of_b: Arc<Pins>,
}

fn hei(name: &str) -> HeiId {
    format!("{name}.example").parse().unwrap()
}

fn pin(name: &str, made: &Made, suspended: bool) -> PinnedKey {
    PinnedKey { peer: hei(name), key: SpkiHash::of_ed25519(&made.public), suspended }
}

fn two() -> Two {
    let (a, b) = (certificate("a.example"), certificate("b.example"));
    let (pins_of_a, pins_of_b) = (Arc::new(Pins::new()), Arc::new(Pins::new()));
    pins_of_a.replace([pin("b", &b, false)]);
    pins_of_b.replace([pin("a", &a, false)]);
    Two { a, b, pins_of_a, pins_of_b }
}

impl Two {
    fn door_of_b(&self) -> TlsAcceptor {
        acceptor(&self.b.identity).unwrap()
    }

    fn call_of_a(&self) -> TlsConnector {
        connector(&self.a.identity, hei("b"), self.pins_of_a.clone()).unwrap()
    }

    /// A calls B through these ends.
    async fn meet(&self, door: &TlsAcceptor, call: &TlsConnector) -> (Served, Called) {
        let (listener, port) = listener().await;
        let serve = async {
            let (tcp, _) = listener.accept().await.unwrap();
            accept(door, tcp, &self.pins_of_b, LIMIT).await
        };
        let dial = async {
            let tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            initiate(call, tcp, &hei("b"), &self.pins_of_a, LIMIT).await
        };
        tokio::join!(serve, dial)
    }

    async fn meet_as_usual(&self) -> (Served, Called) {
        self.meet(&self.door_of_b(), &self.call_of_a()).await
    }

    fn verifier_of_a(&self) -> Arc<dyn ServerCertVerifier> {
        let pins = self.pins_of_a.clone();
        Arc::new(OnePeer { proof: Proof::new(), peer: hei("b"), pins })
    }

    /// A's end by hand: rustls' defaults, so it keeps sessions.
    fn willing_call(&self, version: &'static SupportedProtocolVersion) -> TlsConnector {
        let Identity { certificate, key } = &self.a.identity;
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(self.verifier_of_a())
            .with_client_auth_cert(vec![certificate.clone()], key.clone_key())
            .unwrap();
        TlsConnector::from(Arc::new(config))
    }

    /// B's end by hand, likewise.
    fn willing_door(&self, version: &'static SupportedProtocolVersion) -> TlsAcceptor {
        let Identity { certificate, key } = &self.b.identity;
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_client_cert_verifier(Arc::new(AnyKey(Proof::new())))
            .with_single_cert(vec![certificate.clone()], key.clone_key())
            .unwrap();
        config.session_storage = ServerSessionMemoryCache::new(8);
        TlsAcceptor::from(Arc::new(config))
    }
}

/// B says a word and A hears it, which also brings A the tickets that B gives.
async fn exchange((served, called): (Served, Called)) -> (Standing, HandshakeKind) {
    let (mut served, mut called) = (served.unwrap(), called.unwrap());
    served.write_all(b"word").await.unwrap();
    served.flush().await.unwrap();
    let mut heard = [0; 4];
    called.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"word");
    (served.standing().clone(), called.tls().get_ref().1.handshake_kind().unwrap())
}

#[tokio::test]
async fn two_nodes_with_each_others_keys_meet_over_h2_and_know_each_other() {
    let two = two();
    let (served, called) = two.meet_as_usual().await;
    let alpn = served.as_ref().unwrap().tls().get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
    assert_eq!(alpn.as_deref(), Some(b"h2".as_slice()));
    assert_eq!(called.as_ref().unwrap().standing(), &Standing::Trusted(hei("b")));
    assert_eq!(exchange((served, called)).await.0, Standing::Trusted(hei("a")));
}

#[test]
fn a_key_has_one_hash_whether_from_a_descriptor_or_a_certificate() {
    let made = certificate("a.example");
    let of_certificate = SpkiHash::of_certificate(&made.identity.certificate).unwrap();
    assert_eq!(of_certificate, SpkiHash::of_ed25519(&made.public));
}

#[tokio::test]
async fn another_trusted_peer_cannot_stand_in_for_the_one_that_is_called() {
    let two = two();
    let c = certificate("b.example");
    two.pins_of_a.replace([pin("b", &two.b, false), pin("c", &c, false)]);
    let (served, called) = two.meet(&acceptor(&c.identity).unwrap(), &two.call_of_a()).await;
    assert!(served.is_err(), "C must not see who called");
    assert!(matches!(called, Err(Failed::NotThePeer(peer)) if peer == hei("b")));
}

#[tokio::test]
async fn a_suspended_peer_is_not_called() {
    let two = two();
    two.pins_of_a.replace([pin("b", &two.b, true)]);
    assert!(matches!(two.meet_as_usual().await.1, Err(Failed::NotThePeer(_))));
}

#[tokio::test]
async fn a_suspended_or_unknown_client_comes_in_with_its_standing() {
    let two = two();
    two.pins_of_b.replace([pin("a", &two.a, true)]);
    assert_eq!(exchange(two.meet_as_usual().await).await.0, Standing::Suspended(hei("a")));
    two.pins_of_b.replace([]);
    let key = SpkiHash::of_ed25519(&two.a.public);
    assert_eq!(exchange(two.meet_as_usual().await).await.0, Standing::Unknown(key));
}

#[tokio::test]
async fn a_client_without_a_certificate_or_with_a_foreign_one_does_not_get_in() {
    let two = two();
    let builder = || {
        ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(two.verifier_of_a())
    };
    // A's certificate with the key of somebody else, as a thief has it.
    let thief = certificate("a.example").identity.key;
    let stolen = CertifiedKey::new(
        vec![two.a.identity.certificate.clone()],
        provider().key_provider.load_private_key(thief).unwrap(),
    );
    let with_stolen = builder().with_client_cert_resolver(Arc::new(SingleCertAndKey::from(stolen)));
    for config in [builder().with_no_client_auth(), with_stolen] {
        let (served, _) = two.meet(&two.door_of_b(), &TlsConnector::from(Arc::new(config))).await;
        assert!(matches!(served, Err(Failed::Tls(_))));
    }
}

#[tokio::test]
async fn tls_1_2_is_refused_at_both_ends() {
    let two = two();
    let (served, called) = two.meet(&two.door_of_b(), &two.willing_call(&TLS12)).await;
    assert!(served.is_err() && called.is_err());
    let (served, called) = two.meet(&two.willing_door(&TLS12), &two.call_of_a()).await;
    assert!(served.is_err() && called.is_err());
}

#[tokio::test]
async fn no_session_is_resumed_though_the_other_end_is_willing() {
    let two = two();
    let (door, call) = (two.willing_door(&TLS13), two.willing_call(&TLS13));
    exchange(two.meet(&door, &call).await).await;
    let (_, kind) = exchange(two.meet(&door, &call).await).await;
    assert_eq!(kind, HandshakeKind::Resumed, "else this test shows nothing");

    let (own_door, own_call) = (two.door_of_b(), two.call_of_a());
    for (door, call) in [(&own_door, &two.willing_call(&TLS13)), (&door, &own_call)] {
        exchange(two.meet(door, call).await).await;
        let (_, kind) = exchange(two.meet(door, call).await).await;
        assert_eq!(kind, HandshakeKind::Full);
    }

    // So a removed peer does not come back by what it kept.
    let kept = two.willing_call(&TLS13);
    exchange(two.meet(&own_door, &kept).await).await;
    two.pins_of_b.replace([]);
    let (standing, kind) = exchange(two.meet(&own_door, &kept).await).await;
    assert!(matches!(standing, Standing::Unknown(_)));
    assert_eq!(kind, HandshakeKind::Full);
}

#[tokio::test]
async fn removal_ends_waiting_reads_and_stuck_writes_at_both_ends() {
    let two = two();
    let (served, called) = two.meet_as_usual().await;
    let (mut served_reads, mut served_writes) = tokio::io::split(served.unwrap());
    let mut called = called.unwrap();
    let mut byte = [0; 1];
    let wait = async { served_reads.read(&mut byte).await.unwrap_err().kind() };
    // A reads nothing, so that B's writes fill the buffers and stick.
    let written = Cell::new(0);
    let write = async {
        loop {
            match served_writes.write(&[0; 16_384]).await {
                Ok(bytes) => written.set(written.get() + bytes),
                Err(ended) => return ended.kind(),
            }
        }
    };
    let remove = async {
        let mut quiet_turns = 0;
        while quiet_turns < 100 {
            let before = written.get();
            tokio::task::yield_now().await;
            quiet_turns = if written.get() == before { quiet_turns + 1 } else { 0 };
        }
        two.pins_of_b.replace([]);
        two.pins_of_a.replace([]);
    };
    let (read, wrote, ()) =
        timeout(LIMIT, async { tokio::join!(wait, write, remove) }).await.unwrap();
    assert_eq!((read, wrote), (ErrorKind::ConnectionAborted, ErrorKind::ConnectionAborted));
    let mut rest = Vec::new();
    let ended = called.read_to_end(&mut rest).await.unwrap_err();
    assert_eq!(ended.kind(), ErrorKind::ConnectionAborted);
}

#[tokio::test]
async fn every_change_of_standing_ends_what_was_connected_and_nothing_else() {
    let two = two();
    let other = certificate("c.example");
    let a = |suspended| pin("a", &two.a, suspended);
    let c = || pin("c", &other, false);
    let moved = PinnedKey { peer: hei("c"), ..a(false) };
    // From, to, and whether the connection of A survives.
    let changes = [
        (vec![a(false)], vec![c(), a(false)], true),
        (vec![a(false)], vec![a(true)], false),
        (vec![a(true)], vec![a(false)], false),
        (vec![a(false)], vec![moved], false),
        (vec![c()], vec![a(false)], false),
        (vec![c(), a(false)], vec![a(false)], true),
        (vec![c()], vec![], true),
    ];
    for (from, to, survives) in changes {
        two.pins_of_b.replace(from.clone());
        let (served, called) = two.meet_as_usual().await;
        let (mut served, _called) = (served.unwrap(), called.unwrap());
        two.pins_of_b.replace(to.clone());
        assert_eq!(served.write_all(b"x").await.is_ok(), survives, "{from:?} {to:?}");
    }
}

#[test]
fn a_key_that_two_peers_claim_stays_with_the_first() {
    let made = certificate("a.example");
    let pins = Pins::new();
    pins.replace([pin("a", &made, false), pin("thief", &made, false)]);
    let key = SpkiHash::of_ed25519(&made.public);
    assert_eq!(pins.standing(&key), Standing::Trusted(hei("a")));
}

#[tokio::test]
async fn who_does_not_finish_the_handshake_is_let_go() {
    let two = two();
    let (listener, port) = listener().await;
    let _silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let (tcp, _) = listener.accept().await.unwrap();
    let limit = Duration::from_millis(50);
    let served = accept(&two.door_of_b(), tcp, &two.pins_of_b, limit).await;
    assert!(matches!(served, Err(Failed::Timeout(_))));
}
