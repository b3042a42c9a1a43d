//! A partner's own call: over mutual TLS, with the keys of a node whose folder we have.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hei_client::pins::{self, PinnedKey, Pins, SpkiHash};
use hei_evidence::keys::{KeyUse, Keyring};
use hei_messaging::wire::identity;
use hei_testkit::client::Client;
use hei_testkit::nodes::Node;
use hei_values::HeiId;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tonic::transport::{Endpoint, Uri};
use tower::service_fn;

const HANDSHAKE: Duration = Duration::from_secs(5);

/// Calls `called` as `caller` does.
pub fn calling(caller: &Node, called: &Node) -> Client {
    let (to, peer) = (called.ports.peer, called.domain.parse::<HeiId>().unwrap());
    let key = SpkiHash::of_spki(keys(&called.folder).public(KeyUse::Tls));
    let pins = Arc::new(Pins::new());
    pins.replace([PinnedKey { peer: peer.clone(), key, suspended: false }]);
    let shown = caller.folder.join("keys").join("tls.pem");
    let identity =
        identity(&keys(&caller.folder), &caller.domain.parse().unwrap(), &shown).unwrap();
    let connector = pins::connector(&identity, peer.clone(), pins.clone()).unwrap();
    let dial = service_fn(move |_: Uri| {
        let (peer, pins, connector) = (peer.clone(), pins.clone(), connector.clone());
        async move {
            let tcp = TcpStream::connect(to).await?;
            let secure = pins::initiate(&connector, tcp, &peer, &pins, HANDSHAKE).await;
            secure.map(TokioIo::new).map_err(std::io::Error::other)
        }
    });
    let endpoint = Endpoint::from_shared(format!("http://{to}")).unwrap();
    Client::over(endpoint.connect_with_connector_lazy(dial))
}

fn keys(data: &Path) -> Keyring {
    Keyring::open_or_create(&data.join("keys")).unwrap()
}
