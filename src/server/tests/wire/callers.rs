//! No client, no access.

use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hei_server::settings::{Client, Tls};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tonic::Code;
use tonic::transport::{Channel, Endpoint};

use crate::house::{
    ECHO, OPERATOR, SIS, WHO, call, channel, client, echo, open, reason, server, who,
};

#[tokio::test]
async fn a_caller_without_a_known_token_is_refused_on_loopback_too() {
    let house = open(server(vec![echo(), who()])).await;
    let campus = channel(house.at.campus).await;
    let none = call(&campus, ECHO, "", "").await.unwrap_err();
    assert_eq!(reason(&none), (Code::Unauthenticated, "NO_CREDENTIAL".into()));
    for wrong in ["guessed", &SIS[1..], OPERATOR] {
        let said = call(&campus, ECHO, wrong, "").await.unwrap_err();
        assert_eq!(reason(&said), (Code::Unauthenticated, "TOKEN_INACTIVE".into()));
    }
    let unknown = call(&campus, "/toy.v1.ToyService/Other", "", "").await.unwrap_err();
    assert_eq!(reason(&unknown), (Code::Unauthenticated, "NO_CREDENTIAL".into()));
    assert_eq!(call(&campus, WHO, SIS, "").await.unwrap(), "student-system [Sis]");
}

#[tokio::test]
async fn without_configured_clients_nobody_may_call() {
    let mut server = server(vec![echo()]);
    server.settings.campus.client.clear();
    let house = open(server).await;
    let campus = channel(house.at.campus).await;
    let said = call(&campus, ECHO, SIS, "").await.unwrap_err();
    assert_eq!(reason(&said), (Code::Unauthenticated, "TOKEN_INACTIVE".into()));
}

#[tokio::test]
async fn the_ops_listener_takes_the_operators_token_only() {
    let house = open(server(vec![who()])).await;
    let ops = channel(house.at.ops).await;
    assert_eq!(call(&ops, WHO, OPERATOR, "").await.unwrap(), "operator [Operator]");
    let said = call(&ops, WHO, SIS, "").await.unwrap_err();
    assert_eq!(reason(&said), (Code::Unauthenticated, "TOKEN_INACTIVE".into()));
}

#[tokio::test]
async fn a_client_certificate_is_known_by_its_fingerprint_and_by_nothing_else() {
    let folder = Folder::new("certificates");
    let (node, node_key) = certificate("campus.uni-b.example");
    let (known, known_key) = certificate("sis.uni-b.example");
    let (foreign, foreign_key) = certificate("sis.uni-b.example");
    let mut server = server(vec![who()]);
    server.settings.campus.tls = Some(folder.files(&node, &node_key, 0o600));
    server.settings.campus.client = vec![Client {
        token_sha256: None,
        certificate_sha256: Some(fingerprint(&known)),
        ..client("archive", "")
    }];
    let house = open(server).await;
    let at = house.at.campus;

    let by_known = secured(at, &node, Some((&known, &known_key))).await;
    assert_eq!(call(&by_known, WHO, "", "").await.unwrap(), "archive [Sis]");
    let by_foreign = secured(at, &node, Some((&foreign, &foreign_key))).await;
    let said = call(&by_foreign, WHO, "", "").await.unwrap_err();
    assert_eq!(reason(&said), (Code::Unauthenticated, "NO_CREDENTIAL".into()));
    let by_nobody = secured(at, &node, None).await;
    let said = call(&by_nobody, WHO, "", "").await.unwrap_err();
    assert_eq!(reason(&said), (Code::Unauthenticated, "NO_CREDENTIAL".into()));
}

#[tokio::test]
async fn listeners_off_loopback_do_not_start_unprotected() {
    let anywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let mut campus = server(vec![]);
    campus.settings.campus.address = anywhere;
    let told = campus.bind().await.err().unwrap();
    assert_eq!(told.reason, "CONFIG_INVALID");
    assert!(told.message.contains("set campus.tls.certificate and campus.tls.key"), "{told}");

    let mut public = server(vec![]);
    public.settings.public.address = anywhere;
    let told = public.bind().await.err().unwrap();
    assert!(told.message.contains("set public.tls.certificate"), "{told}");

    let mut ops = server(vec![]);
    ops.settings.ops.address = anywhere;
    let told = ops.bind().await.err().unwrap();
    assert!(told.message.contains("must stay on loopback"), "{told}");
}

#[tokio::test]
async fn a_private_key_that_others_can_read_stops_the_start() {
    let folder = Folder::new("open-key");
    let (node, key) = certificate("campus.uni-b.example");
    let mut server = server(vec![]);
    server.settings.campus.tls = Some(folder.files(&node, &key, 0o640));
    let told = server.bind().await.err().unwrap();
    assert!(told.message.contains("chmod 600"), "{told}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let house = open(server(vec![])).await;
    let mut second = server(vec![]);
    second.settings.peer.address = house.at.peer;
    let told = second.bind().await.err().unwrap();
    assert_eq!(told.reason, "ADDRESS_TAKEN");
    let named = format!("the peer listener cannot have {}", house.at.peer);
    assert!(told.message.starts_with(&named), "{told}");
}

fn certificate(name: &str) -> (rcgen::Certificate, rcgen::KeyPair) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    (made.cert, made.signing_key)
}

fn fingerprint(certificate: &rcgen::Certificate) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate.der());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("hei-server-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn files(&self, certificate: &rcgen::Certificate, key: &rcgen::KeyPair, mode: u32) -> Tls {
        let write = |name: &str, text: String| -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let files = Tls {
            certificate: write("certificate.pem", certificate.pem()),
            key: write("key.pem", key.serialize_pem()),
        };
        fs::set_permissions(Path::new(&files.key), Permissions::from_mode(mode)).unwrap();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A channel over TLS that trusts this one server.
async fn secured(
    at: SocketAddr,
    node: &rcgen::Certificate,
    own: Option<(&rcgen::Certificate, &rcgen::KeyPair)>,
) -> Channel {
    let mut roots = RootCertStore::empty();
    roots.add(node.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match own {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
            let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let connect = tower::service_fn(move |_: http::Uri| {
        let connector = connector.clone();
        async move {
            let tcp = TcpStream::connect(at).await?;
            let name = ServerName::try_from("campus.uni-b.example").unwrap();
            connector.connect(name, tcp).await.map(TokioIo::new)
        }
    });
    Endpoint::from_static("http://campus.uni-b.example")
        .connect_with_connector(connect)
        .await
        .unwrap()
}
