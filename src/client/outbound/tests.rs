//! What the way out lets through and what not, over real sockets on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::ErrorKind;
use std::net::{IpAddr, TcpListener as Canary};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::version::{TLS12, TLS13};
use tokio::task::JoinSet;

use super::*;
use crate::Roots;
use crate::fixtures::{answer, certificate, listener, web_server};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-a: b\r\n\r\nhi";

/// A name server of our own.
pub(super) type Tell = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

fn settings(text: &str) -> Settings {
    toml::from_str(text).unwrap()
}

/// Lets uni.example be reached at this port of loopback.
fn to_loopback(port: u16) -> Outbound {
    Outbound::new(settings(&format!(
        "allow = ['127.0.0.1:{port}']\nresolve = {{ 'uni.example' = '127.0.0.1:{port}' }}"
    )))
}

fn told(tell: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) -> Names {
    Names::Told(Arc::new(tell))
}

async fn get(outbound: &Outbound, url: &str) -> Result<Fetched, Refused> {
    outbound.get(url, &Trust::SignatureInside, Bounds::default()).await
}

/// What comes back from uni.example, if its server says this.
async fn get_answer(said: Vec<u8>, then_close: bool, bounds: Bounds) -> Result<Fetched, Refused> {
    let (listener, port) = listener().await;
    let mut server = JoinSet::new();
    server.spawn(answer(
        listener,
        web_server(&certificate("uni.example"), &TLS13),
        said,
        then_close,
    ));
    to_loopback(port).get("https://uni.example/", &Trust::SignatureInside, bounds).await
}

/// What a refusal is about.
fn ground(refused: &Refused) -> &'static str {
    match refused {
        Refused::NotHttps { .. } => "scheme",
        Refused::HostRefused { .. } => "host",
        Refused::AddressRefused { .. } => "address",
        _ => "other",
    }
}

/// Every target, with what it is refused for; PORT is that of the canaries.
const TARGETS: &[(&str, &str)] = &[
    ("http://127.0.0.1:PORT/", "scheme"),
    ("file:///etc/passwd", "scheme"),
    ("gopher://127.0.0.1:PORT/_x", "scheme"),
    ("ftp://127.0.0.1:PORT/", "scheme"),
    ("https:127.0.0.1:PORT", "scheme"),
    ("//127.0.0.1:PORT/", "scheme"),
    ("127.0.0.1:PORT", "scheme"),
    ("", "scheme"),
    ("https://127.0.0.1:PORT/", "address"),
    ("HTTPS://127.0.0.1:PORT/", "address"),
    ("https://127.0.0.1:PORT?x=https://uni.example/", "address"),
    ("https://127.255.255.254:PORT/", "address"),
    ("https://0.0.0.0:PORT/", "address"),
    ("https://[::1]:PORT/", "address"),
    ("https://[0:0:0:0:0:0:0:1]:PORT/", "address"),
    ("https://[::]:PORT/", "address"),
    ("https://[::ffff:127.0.0.1]:PORT/", "address"),
    ("https://[::ffff:7f00:1]:PORT/", "address"),
    ("https://[::127.0.0.1]:PORT/", "address"),
    ("https://[64:ff9b::127.0.0.1]:PORT/", "address"),
    ("https://[64:ff9b:1::7f00:1]:PORT/", "address"),
    ("https://[2002:7f00:1::]:PORT/", "address"),
    ("https://[2001:0:7f00:1::]:PORT/", "address"),
    ("https://[fe80::1]:PORT/", "address"),
    ("https://[fc00::1]:PORT/", "address"),
    ("https://[fd12:3456::1]:PORT/", "address"),
    ("https://[ff02::1]:PORT/", "address"),
    ("https://[2001:db8::1]:PORT/", "address"),
    ("https://[100::1]:PORT/", "address"),
    ("https://[5f00::1]:PORT/", "address"),
    ("https://169.254.169.254/latest/meta-data/", "address"),
    ("https://10.0.0.1:PORT/", "address"),
    ("https://172.16.0.1:22/", "address"),
    ("https://192.168.1.1:PORT/", "address"),
    ("https://100.64.0.1:PORT/", "address"),
    ("https://198.18.0.1:PORT/", "address"),
    ("https://192.0.2.1:PORT/", "address"),
    ("https://198.51.100.1:PORT/", "address"),
    ("https://203.0.113.1:PORT/", "address"),
    ("https://192.0.0.8:PORT/", "address"),
    ("https://224.0.0.1:PORT/", "address"),
    ("https://255.255.255.255:PORT/", "address"),
    ("https://localhost:PORT/", "address"),
    ("https://LOCALHOST:PORT/", "address"),
    ("https://a.localhost:PORT/", "address"),
    ("https://127.0.0.1.trap.example:PORT/", "address"),
    ("https://v6.trap.example:PORT/", "address"),
    ("https://mapped.trap.example:PORT/", "address"),
    ("https://both.trap.example:PORT/", "address"),
    ("https://metadata.trap.example/", "address"),
    ("https://2130706433:PORT/", "host"),
    ("https://017700000001:PORT/", "host"),
    ("https://0x7f000001:PORT/", "host"),
    ("https://0177.0.0.1:PORT/", "host"),
    ("https://0x7f.0.0.1:PORT/", "host"),
    ("https://127.0.0.0x1:PORT/", "host"),
    ("https://127.1:PORT/", "host"),
    ("https://127.0.1:PORT/", "host"),
    ("https://127.0.0.1.:PORT/", "host"),
    ("https://127.0.0.256:PORT/", "host"),
    ("https://127.0.0.01:PORT/", "host"),
    ("https://0:PORT/", "host"),
    ("https://::1:PORT/", "host"),
    ("https://[::1%25lo]:PORT/", "host"),
    ("https://[::1]x:PORT/", "host"),
    ("https://[127.0.0.1]:PORT/", "host"),
    ("https://%6c%6f%63alhost:PORT/", "host"),
    ("https://１２７.0.0.1:PORT/", "host"),
    ("https://ⓛocalhost:PORT/", "host"),
    ("https://uni.example@127.0.0.1:PORT/", "host"),
    ("https://user:word@localhost:PORT/", "host"),
    ("https://127.0.0.1:PORT\\@uni.example/", "host"),
    ("https://uni.example\\.127.0.0.1:PORT/", "host"),
    ("https://127.0.0.1:PORT#@uni.example/", "host"),
    ("https://localhost.:PORT/", "host"),
    ("https:///127.0.0.1:PORT/", "host"),
    ("https://127.0.0.1:0/", "host"),
    ("https://127.0.0.1:+PORT/", "host"),
    ("https://127.0.0.1:99999/", "host"),
    ("https://127.0.0.1:PORT:443/", "host"),
    ("https://local host:PORT/", "host"),
    ("https://localhost:PORT/\r\nHost: x", "host"),
    (" https://127.0.0.1:PORT/", "host"),
];

#[tokio::test]
async fn no_form_of_an_address_out_of_bounds_reaches_anybody() {
    let canary = Canary::bind("0.0.0.0:0").unwrap();
    let port = canary.local_addr().unwrap().port();
    let canary_v6 = Canary::bind(("::1", port)).ok();
    canary.set_nonblocking(true).unwrap();
    canary_v6.iter().for_each(|c| c.set_nonblocking(true).unwrap());
    let ip = |text: &str| text.parse::<IpAddr>().unwrap();
    let guarded = Outbound {
        names: told(move |name| match name {
            "v6.trap.example" => vec![ip("::1")],
            "mapped.trap.example" => vec![ip("::ffff:127.0.0.1")],
            "both.trap.example" => vec![ip("1.1.1.1"), ip("127.0.0.1")],
            "metadata.trap.example" => vec![ip("169.254.169.254")],
            _ => vec![ip("127.0.0.1")],
        }),
        ..Outbound::new(Settings::default())
    };
    for (url, expected) in TARGETS {
        let url = url.replace("PORT", &port.to_string());
        let refused = get(&guarded, &url).await.map(|_| ()).unwrap_err();
        assert_eq!(ground(&refused), *expected, "{url:?}: {refused}");
        let host_port = url.strip_prefix("https://").unwrap_or(&url);
        let refused = guarded.connect(host_port.trim_end_matches('/')).await.unwrap_err();
        assert_ne!(ground(&refused), "other", "{host_port:?}: {refused}");
    }
    for canary in std::iter::once(&canary).chain(&canary_v6) {
        assert_eq!(canary.accept().map(|_| ()).unwrap_err().kind(), ErrorKind::WouldBlock);
    }
    // The canary sings: what is allowed does reach it.
    let allowed = Outbound::new(settings("allow = ['127.0.0.0/8']"));
    allowed.connect(&format!("127.0.0.1:{port}")).await.unwrap();
    canary.accept().unwrap();
}

#[tokio::test]
async fn an_allowed_loopback_host_is_fetched_and_a_placed_one_still_needs_leave() {
    let (listener, port) = listener().await;
    let mut server = JoinSet::new();
    let tls = web_server(&certificate("uni.example"), &TLS13);
    server.spawn(answer(listener, tls, OK.to_vec(), true));
    let placed = format!("resolve = {{ 'uni.example' = '127.0.0.1:{port}' }}");
    let url = "https://uni.example/.well-known/hei-node?x=1";

    let refused = get(&Outbound::new(settings(&placed)), url).await.unwrap_err();
    assert_eq!(ground(&refused), "address");
    assert!(refused.to_string().contains("outbound.allow"), "{refused}");

    let both = settings(&format!("allow = ['uni.example:443']\n{placed}"));
    let fetched = get(&Outbound::new(both), url).await.unwrap();
    assert_eq!((fetched.status, fetched.body.as_ref()), (200, b"hi".as_slice()));
    assert_eq!(fetched.headers["x-a"], "b");
    let request = server.join_next().await.unwrap().unwrap();
    assert!(request.starts_with("GET /.well-known/hei-node?x=1 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("host: uni.example\r\n"), "{request}");
}

#[tokio::test]
async fn a_name_is_asked_for_once_and_the_address_judged_is_the_address_connected_to() {
    let (listener, port) = listener().await;
    let mut server = JoinSet::new();
    let tls = web_server(&certificate("uni.example"), &TLS13);
    server.spawn(answer(listener, tls, OK.to_vec(), true));
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let rebinding = Outbound {
        names: told(move |_| match counter.fetch_add(1, Ordering::SeqCst) {
            0 => vec!["127.0.0.1".parse().unwrap()],
            _ => vec!["127.0.0.2".parse().unwrap()],
        }),
        ..Outbound::new(settings("allow = ['127.0.0.1']"))
    };
    let fetched = get(&rebinding, &format!("https://uni.example:{port}/")).await.unwrap();
    assert_eq!(fetched.body.as_ref(), b"hi");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_names_of_the_machine_are_judged_like_all_others() {
    let refused = get(&Outbound::new(Settings::default()), "https://localhost/").await;
    assert_eq!(ground(&refused.unwrap_err()), "address");
    let nobody = Outbound { names: told(|_| Vec::new()), ..Outbound::new(Settings::default()) };
    let refused = get(&nobody, "https://uni.example/").await.unwrap_err();
    assert!(matches!(refused, Refused::Resolve { .. }), "{refused}");
    assert!(refused.to_string().contains("outbound.resolve"), "{refused}");
}

#[tokio::test]
async fn a_redirect_is_reported_and_not_followed() {
    let canary = Canary::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let at = canary.local_addr().unwrap();
    for status in [301, 302, 307, 308] {
        let said = format!("HTTP/1.1 {status} Go\r\nlocation: https://{at}/\r\n\r\n").into_bytes();
        let refused = get_answer(said, true, Bounds::default()).await.unwrap_err();
        assert!(matches!(refused, Refused::Redirected { status: s, .. } if s == status));
    }
    assert_eq!(canary.accept().map(|_| ()).unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[tokio::test]
async fn an_answer_other_than_2xx_or_none_at_all_is_a_refusal() {
    let missing = b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nhi".to_vec();
    let refused = get_answer(missing, true, Bounds::default()).await.unwrap_err();
    assert!(matches!(refused, Refused::Status { status: 404, .. }), "{refused}");
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi".to_vec();
    let long_head = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(20_000)).into_bytes();
    for said in [cut, long_head, b"220 mail ESMTP\r\n".to_vec(), Vec::new()] {
        let refused = get_answer(said, true, Bounds::default()).await.unwrap_err();
        assert!(matches!(refused, Refused::Http { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_body_is_taken_up_to_the_cap_and_not_one_byte_further() {
    let bounds = Bounds { body_bytes_max: 4, ..Bounds::default() };
    let announced = |n: usize| {
        format!("HTTP/1.1 200 OK\r\ncontent-length: {n}\r\n\r\n{}", "x".repeat(n)).into_bytes()
    };
    let chunked = |n: usize| {
        let chunks = "1\r\nx\r\n".repeat(n);
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")
            .into_bytes()
    };
    let endless = |n: usize| format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(n)).into_bytes();
    for (fits, over) in
        [(announced(4), announced(5)), (chunked(4), chunked(5)), (endless(4), endless(5))]
    {
        assert_eq!(get_answer(fits, true, bounds).await.unwrap().body.len(), 4);
        let refused = get_answer(over, true, bounds).await.unwrap_err();
        assert!(matches!(refused, Refused::TooLarge { limit: 4, .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_server_that_dawdles_at_any_point_is_left_at_the_deadline() {
    let bounds = Bounds { deadline: Duration::from_millis(300), ..Bounds::default() };
    let half_body = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhi".to_vec();
    for said in [Vec::new(), b"HTTP/1.1 200 OK\r\n".to_vec(), half_body] {
        let refused = get_answer(said, false, bounds).await.unwrap_err();
        assert!(matches!(refused, Refused::Timeout { .. }), "{refused}");
    }
    // A listener that never takes the connection: the handshake hangs.
    let (_held, port) = listener().await;
    let silent =
        to_loopback(port).get("https://uni.example/", &Trust::SignatureInside, bounds).await;
    assert!(matches!(silent, Err(Refused::Timeout { .. })));
}

#[tokio::test]
async fn with_roots_a_certificate_counts_only_from_them_and_for_its_name() {
    let made = certificate("uni.example");
    let ours = Roots::from_pem(made.pem.as_bytes()).unwrap();
    let foreign = Roots::from_pem(certificate("uni.example").pem.as_bytes()).unwrap();
    let fetch = async |roots: &Roots, name: &str| {
        let (listener, port) = listener().await;
        let mut server = JoinSet::new();
        server.spawn(answer(listener, web_server(&made, &TLS13), OK.to_vec(), true));
        let way = Outbound::new(settings(&format!(
            "allow = ['127.0.0.1']\nresolve = {{ '{name}' = '127.0.0.1:{port}' }}"
        )));
        let trust = Trust::Roots(roots.clone());
        way.get(&format!("https://{name}/"), &trust, Bounds::default()).await
    };
    assert_eq!(fetch(&ours, "uni.example").await.unwrap().status, 200);
    for (roots, name) in [(&foreign, "uni.example"), (&ours, "other.example")] {
        let refused = fetch(roots, name).await.unwrap_err();
        assert!(matches!(refused, Refused::Tls { .. }), "{refused}");
    }
    assert!(Roots::from_pem(b"no certificate").is_err());
}

#[tokio::test]
async fn a_server_of_tls_1_2_is_refused() {
    let (listener, port) = listener().await;
    let mut server = JoinSet::new();
    let tls = web_server(&certificate("uni.example"), &TLS12);
    server.spawn(answer(listener, tls, OK.to_vec(), true));
    let refused = get(&to_loopback(port), "https://uni.example/").await.unwrap_err();
    assert!(matches!(refused, Refused::Tls { .. }), "{refused}");
}

#[tokio::test]
async fn a_channel_to_a_peer_is_opened_without_nagles_delay_or_says_who_did_not_listen() {
    let (listener, port) = listener().await;
    let way = to_loopback(port);
    assert!(way.connect("uni.example:443").await.unwrap().nodelay().unwrap());
    drop(listener);
    let refused = way.connect("uni.example:443").await.unwrap_err();
    assert!(matches!(refused, Refused::Connect { .. }), "{refused}");
    assert_eq!(hei_values::Refused::from(refused).reason, "PEER_UNREACHABLE");
    let refused = way.connect("uni.example").await.unwrap_err();
    assert_eq!(hei_values::Refused::from(refused).reason, "BAD_IDENTIFIER");
}
