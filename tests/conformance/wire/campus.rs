//! The systems and staff of the node's campus: one connection, a token for each role.

use std::collections::BTreeMap;

use hei_proto::{Feed, Rpc};
use prost::Message;
use prost::bytes::Bytes;
use tonic::Streaming;
use tonic::transport::{Channel, Endpoint};

use super::{Answered, streaming, unary};
use crate::verdict::{Outcome, Stop};

/// The campus listener and who may call it.
#[derive(Debug, Clone)]
pub struct Campus {
    channel: Channel,
    tokens: BTreeMap<String, String>,
}

impl Campus {
    /// Connects when it is first called.
    ///
    /// # Errors
    /// Why the address is none.
    pub fn at(target: &str, tokens: &BTreeMap<String, String>) -> Result<Self, String> {
        if !target.starts_with("http://") {
            return Err(format!(
                "{target}: the suite speaks to the campus listener over http://, through a tunnel if need be"
            ));
        }
        let endpoint =
            Endpoint::from_shared(target.to_owned()).map_err(|e| format!("{target}: {e}"))?;
        Ok(Self { channel: endpoint.connect_lazy(), tokens: tokens.clone() })
    }

    /// Whether there is a token for a role.
    pub fn has(&self, role: &str) -> bool {
        self.tokens.contains_key(role)
    }

    /// Calls a method in a role: what the node answers or refuses.
    ///
    /// # Errors
    /// Skip without a token for the role; error if nobody answered.
    pub async fn call<R: Rpc>(&self, role: &str, request: R) -> Outcome<Answered<R::Answer>> {
        match self.bytes(role, R::PATH, request.encode_to_vec().into()).await? {
            Ok(bytes) => match R::Answer::decode(bytes) {
                Ok(answer) => Ok(Ok(answer)),
                Err(error) => Err(Stop::fail(format!(
                    "{} answers what the contract does not know: {error}",
                    R::PATH
                ))),
            },
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Calls a method with bytes of any kind.
    ///
    /// # Errors
    /// As `call`.
    pub async fn bytes(&self, role: &str, path: &str, request: Bytes) -> Outcome<Answered<Bytes>> {
        reached(unary(self.channel.clone(), path, Some(self.token(role)?), request).await)
    }

    /// Calls a method that answers again and again.
    ///
    /// # Errors
    /// As `call`.
    pub async fn listen<R: Feed>(
        &self,
        role: &str,
        request: R,
    ) -> Outcome<Answered<Streaming<Bytes>>> {
        let (channel, request) = (self.channel.clone(), request.encode_to_vec().into());
        reached(streaming(channel, R::PATH, Some(self.token(role)?), request).await)
    }

    fn token(&self, role: &str) -> Outcome<&str> {
        let token = self.tokens.get(role).map(String::as_str);
        token.ok_or_else(|| Stop::skip(format!("the setup has no token for the role {role}")))
    }

    /// Calls a method as nobody in particular.
    ///
    /// # Errors
    /// Error if nobody answered.
    pub async fn anybody(&self, path: &str, request: Bytes) -> Outcome<Answered<Bytes>> {
        reached(unary(self.channel.clone(), path, None, request).await)
    }
}

fn reached<T>(answered: Answered<T>) -> Outcome<Answered<T>> {
    match answered {
        Err(refusal) if refusal.is_of_the_way() => {
            Err(Stop::error(format!("the campus listener: {refusal}")))
        }
        other => Ok(other),
    }
}
