//! A cable between nodes in one process, which can be cut at each place.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hei_messaging::Messaging;
use hei_messaging::descriptor::to_json;
use hei_messaging::wire::{Failure, Wire};
use hei_proto::Rpc as _;
use hei_proto::hei::messaging::v1::{DeliverRequest, DeliverResponse};
use hei_values::{HeiId, Refused};
use prost::Message as _;
use prost::bytes::Bytes;
use tokio::sync::Semaphore;

use crate::two::TestClock;

/// What happens to one call.
#[derive(Clone)]
pub enum Cut {
    /// Nobody answers.
    Before,
    /// The peer has done it, and the answer is lost.
    After,
    /// The same, and the caller waits for ever.
    Hang,
    /// The peer answers once somebody lets it.
    Gate(Arc<Semaphore>),
    /// It arrives so many milliseconds after it was sent.
    Late(TestClock, i64),
    /// One byte of the receipt is another.
    SpoiltReceipt,
}

/// All nodes that can reach each other.
pub struct Exchange {
    nodes: Mutex<BTreeMap<HeiId, Messaging>>,
    cuts: Mutex<VecDeque<Cut>>,
    requests: Mutex<Vec<DeliverRequest>>,
    /// A call has got as far as its cut.
    pub reached: Semaphore,
}

impl Exchange {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            nodes: Mutex::default(),
            cuts: Mutex::default(),
            requests: Mutex::default(),
            reached: Semaphore::new(0),
        })
    }

    pub fn plug_in(&self, node: &Messaging) {
        let domain = node.desk().institution().domain.clone();
        self.nodes.lock().unwrap().insert(domain, node.clone());
    }

    pub fn unplug(&self, domain: &HeiId) {
        self.nodes.lock().unwrap().remove(domain);
    }

    /// The next call is cut in this way.
    pub fn cut(&self, cut: Cut) {
        self.cuts.lock().unwrap().push_back(cut);
    }

    /// Every attempt to deliver that was made.
    pub fn requests(&self) -> Vec<DeliverRequest> {
        self.requests.lock().unwrap().clone()
    }

    async fn carry(
        &self,
        from: &HeiId,
        to: &HeiId,
        path: &str,
        request: Bytes,
    ) -> Result<Bytes, Failure> {
        let cut = match path == DeliverRequest::PATH {
            true => {
                let request = DeliverRequest::decode(request.clone()).unwrap();
                self.requests.lock().unwrap().push(request);
                self.cuts.lock().unwrap().pop_front()
            }
            false => None,
        };
        let node = self.nodes.lock().unwrap().get(to).cloned();
        let node = node.filter(|_| !matches!(cut, Some(Cut::Before)));
        let node = node.ok_or_else(|| Failure::unreachable("the cable is cut"))?;
        if let Some(Cut::Late(clock, millis)) = &cut {
            clock.advance(*millis);
        }
        let answer = answer(&node, from, path, request).await?;
        match cut {
            None | Some(Cut::Before | Cut::Late(..)) => Ok(answer),
            Some(Cut::After) => Err(Failure::unreachable("the answer is lost")),
            Some(Cut::Hang) => {
                self.reached.add_permits(1);
                std::future::pending().await
            }
            Some(Cut::Gate(gate)) => {
                self.reached.add_permits(1);
                gate.acquire().await.unwrap().forget();
                Ok(answer)
            }
            Some(Cut::SpoiltReceipt) => Ok(spoilt(answer)),
        }
    }
}

async fn answer(
    node: &Messaging,
    from: &HeiId,
    path: &str,
    request: Bytes,
) -> Result<Bytes, Failure> {
    if path != DeliverRequest::PATH {
        node.heard_from(from);
        return Ok(node.descriptor().encode_to_vec().into());
    }
    let request = DeliverRequest::decode(request).unwrap();
    Ok(node.deliver(from, request).await?.encode_to_vec().into())
}

fn spoilt(answer: Bytes) -> Bytes {
    let mut response = DeliverResponse::decode(answer).unwrap();
    let receipt = response.receipt.as_mut().unwrap();
    let mut bytes = receipt.receipt.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    receipt.receipt = bytes.into();
    response.encode_to_vec().into()
}

/// One node's end of the cable.
pub struct End {
    pub own: HeiId,
    pub exchange: Arc<Exchange>,
}

impl Wire for End {
    fn call(
        &self,
        peer: &HeiId,
        path: &'static str,
        request: Bytes,
        _: Duration,
    ) -> BoxFuture<'static, Result<Bytes, Failure>> {
        let (exchange, own, peer) = (self.exchange.clone(), self.own.clone(), peer.clone());
        Box::pin(async move { exchange.carry(&own, &peer, path, request).await })
    }

    fn fetch(&self, url: &str) -> BoxFuture<'static, Result<Bytes, Refused>> {
        let domain: HeiId = url.trim_start_matches("https://").parse().unwrap();
        let node = self.exchange.nodes.lock().unwrap().get(&domain).cloned();
        Box::pin(async move {
            let node = node.ok_or_else(|| Refused::internal("nobody there"))?;
            Ok(to_json(&node.descriptor()).into())
        })
    }
}
