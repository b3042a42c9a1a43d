//! Which method stands on which listener, and what the node says of itself.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hei_client::pins::Identity;
use hei_messaging::Desk;
use hei_messaging::Messaging;
use hei_messaging::descriptor::{Described, to_json};
use hei_messaging::wire;
use hei_proto::hei::common::v1::LocalizedText;
use hei_proto::{Access, Shape};
use hei_server::{Certified, Messages, Metrics, Partners, Serve, Server, Settings};
use hei_use_case::{Handler, Kinds, Node, UseCase};
use hei_values::{Principal, Refused};
use prost::bytes::Bytes;

use super::files::{self, DevelopmentClient};
use crate::Config;
use crate::config::Environment;

/// A message that is larger than this does not fit into Deliver.
const MESSAGE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A handler with the node that it stands on.
struct Served {
    node: Arc<Node>,
    handler: Handler,
    messaging: Messaging,
}

impl Serve for Served {
    fn path(&self) -> &'static str {
        self.handler.path
    }

    fn access(&self) -> Access {
        self.handler.access
    }

    fn shape(&self) -> Shape {
        self.handler.shape()
    }

    fn serve(&self, caller: Principal, request: Bytes) -> BoxFuture<'_, Result<Bytes, Refused>> {
        Box::pin(async move {
            let answer = self.handler.serve(&self.node, &caller, request).await?;
            self.heard_from(&caller);
            Ok(answer)
        })
    }

    fn feed(&self, caller: Principal, request: Bytes) -> BoxFuture<'_, Result<Messages, Refused>> {
        Box::pin(async move {
            let answers = self.handler.feed(&self.node, &caller, request).await?;
            self.heard_from(&caller);
            Ok(answers)
        })
    }

    fn upload(&self, caller: Principal, sent: Messages) -> BoxFuture<'_, Result<Bytes, Refused>> {
        Box::pin(async move {
            let answer = self.handler.upload(&self.node, &caller, sent).await?;
            self.heard_from(&caller);
            Ok(answer)
        })
    }
}

impl Served {
    /// A peer whose call was good is there: what failed to reach it is tried again.
    fn heard_from(&self, caller: &Principal) {
        if let Some(peer) = &caller.peer {
            self.messaging.heard_from(peer);
        }
    }
}

/// The listeners with everything that they answer.
///
/// # Errors
/// What the data folder or the certificate refuses.
pub fn server(
    config: &Config,
    node: &Arc<Node>,
    messaging: &Messaging,
    use_cases: Vec<UseCase>,
    metrics: Metrics,
    development: Option<&DevelopmentClient>,
) -> Result<Server, Refused> {
    let serve = |handlers: Vec<Handler>| -> Vec<Arc<dyn Serve>> {
        let one = |handler| -> Arc<dyn Serve> {
            Arc::new(Served { node: node.clone(), handler, messaging: messaging.clone() })
        };
        handlers.into_iter().map(one).collect()
    };
    let mut campus = crate::operator::node_handlers(messaging, &use_cases);
    let mut peer = hei_use_case::peer_handlers(messaging);
    for use_case in use_cases {
        campus.extend(use_case.campus);
        peer.extend(use_case.peer);
    }
    let described = messaging.clone();
    Ok(Server {
        settings: server_settings(config, development),
        development: config.environment == Environment::Development,
        campus: serve(campus.clone()),
        peer: serve(peer),
        ops: serve(campus),
        partners: Partners {
            identity: identity(config, &node.desk)?,
            pins: node.desk.book().pins(),
        },
        operator_token_sha256: files::operator_token(&config.data_folder)?,
        description: Arc::new(move || to_json(&described.descriptor()).into()),
        own_certificate: Some(own_certificate(config, &node.desk)?),
        metrics,
    })
}

/// By this partners know the node on the peer channel.
pub fn identity(config: &Config, desk: &Desk) -> Result<Identity, Refused> {
    let file = config.keys().join("tls.pem");
    wire::identity(desk.keys(), &desk.institution().domain, &file)
}

/// Partners look at the signature of the descriptor, not at this certificate: the key
/// of the peer channel serves as well as another.
fn own_certificate(config: &Config, desk: &Desk) -> Result<Certified, Refused> {
    let identity = identity(config, desk)?;
    Ok(Certified { chain: vec![identity.certificate], key: identity.key })
}

/// The listeners' part of the configuration.
pub fn server_settings(config: &Config, development: Option<&DevelopmentClient>) -> Settings {
    let mut campus = config.campus.clone();
    campus.client.extend(development.map(|made| hei_server::settings::Client {
        name: "development".to_owned(),
        token_sha256: Some(made.token_sha256.clone()),
        roles: ["sis", "registrar", "trust_officer"].map(str::to_owned).to_vec(),
        ..Default::default()
    }));
    Settings {
        campus,
        peer: hei_server::settings::Peer { address: config.peer.address },
        public: config.public.clone(),
        ops: config.ops.clone(),
        limits: config.limits.clone(),
    }
}

/// What the node says of itself in its descriptor.
pub fn described(config: &Config, use_cases: &[UseCase]) -> Described {
    let titles = config.institution.iter().flat_map(|i| &i.titles);
    let own = |list: &dyn Fn(&UseCase) -> Vec<String>| use_cases.iter().flat_map(list).collect();
    let offered =
        |u: &UseCase| u.peer.iter().filter(|h| h.is_offered).map(|h| h.path.to_owned()).collect();
    let advertised = match config.peer.advertised.as_str() {
        "" => config.peer.address.to_string(),
        set => set.to_owned(),
    };
    Described {
        titles: titles
            .map(|t| LocalizedText { language: t.language.clone(), text: t.text.clone() })
            .collect(),
        peer_address: advertised,
        claims: own(&|u| u.claims.iter().map(|c| (*c).to_owned()).collect()),
        operations: own(&offered),
        kinds: Kinds::listed(use_cases),
        standards: own(&|u| u.standards.iter().map(|s| (*s).to_owned()).collect()),
        limits: vec![("message_bytes".to_owned(), MESSAGE_BYTES_MAX)],
    }
}
