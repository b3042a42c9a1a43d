//! The real way to peers: gRPC over mutual TLS with pinned keys (rust-stack.md
//! §13.1), through the guard of the outbound client. One channel a peer, opened when
//! it is first needed and again after it broke.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use hei_client::pins::{self, Identity};
use hei_client::{Bounds, DEADLINE, Outbound, SpkiHash, Trust};
use hei_evidence::keys::{KeyUse, Keyring};
use hei_values::{Code, HeiId, Refused};
use http::Uri;
use http::uri::PathAndQuery;
use hyper_util::rt::TokioIo;
use prost::bytes::Bytes;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

use super::codec::{Raw, chain, failure};
use super::{Failure, Wire};
use crate::desk::Desk;
use crate::limits::{DESCRIPTOR_BYTES_MAX, MESSAGE_BYTES_MAX};

/// Where a node publishes its descriptor.
const WELL_KNOWN: &str = "/.well-known/hei-node";
/// Receipt and framing beside an answer.
const FRAME_BYTES: usize = 1024 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(20);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Reaches peers over the network.
pub struct Network {
    outbound: Outbound,
    desk: Desk,
    identity: Identity,
    channels: Mutex<BTreeMap<(HeiId, String), Channel>>,
}

impl Network {
    /// The way to the peers in the desk's book; `identity` is the one of the listener,
    /// since partners may hold the one certificate against the other.
    pub fn new(outbound: Outbound, desk: Desk, identity: Identity) -> Self {
        Self { outbound, desk, identity, channels: Mutex::default() }
    }

    /// The channel to a peer at the address that its pinned descriptor names.
    fn channel(&self, peer: &HeiId) -> Result<Channel, Refused> {
        let address = self.desk.book().active(peer)?.pinned.descriptor.peer_address.clone();
        let key = (peer.clone(), address);
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(&key) {
            return Ok(channel.clone());
        }
        let channel = self.open(peer, &key.1)?;
        // An address that the peer has left is never called again.
        channels.retain(|(other, _), _| other != peer);
        channels.insert(key, channel.clone());
        Ok(channel)
    }

    fn open(&self, peer: &HeiId, address: &str) -> Result<Channel, Refused> {
        // The connector below is the secure one; tonic must not add TLS of its own.
        let uri: Uri = format!("http://{address}").parse().map_err(|e| {
            Refused::internal(format!("the peer address {address:?} of {peer}: {e}"))
        })?;
        let endpoint = Endpoint::from(uri)
            .connect_timeout(DEADLINE)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE_TIMEOUT);
        let pins = self.desk.book().pins();
        let connector = pins::connector(&self.identity, peer.clone(), pins.clone())
            .map_err(|e| Refused::internal(format!("the node's TLS key: {e}")))?;
        let (outbound, peer, address) = (self.outbound.clone(), peer.clone(), address.to_owned());
        let dial = move |_: Uri| {
            let (outbound, peer, address) = (outbound.clone(), peer.clone(), address.clone());
            let (connector, pins) = (connector.clone(), pins.clone());
            async move {
                let tcp = outbound.connect(&address).await.map_err(io::Error::other)?;
                let secure = pins::initiate(&connector, tcp, &peer, &pins, DEADLINE).await;
                secure.map(TokioIo::new).map_err(io::Error::other)
            }
        };
        Ok(endpoint.connect_with_connector_lazy(service_fn(dial)))
    }
}

impl Wire for Network {
    fn call(
        &self,
        peer: &HeiId,
        path: &'static str,
        request: Bytes,
        deadline: Duration,
    ) -> BoxFuture<'static, Result<Bytes, Failure>> {
        // Without a channel nobody was asked, whatever the cause.
        let channel = self.channel(peer).map_err(|refused| match refused.code {
            Code::Internal => Failure::unreachable(refused.message),
            _ => refused.into(),
        });
        Box::pin(async move { unary(channel?, path, request, deadline).await })
    }

    fn fetch(&self, url: &str) -> BoxFuture<'static, Result<Bytes, Refused>> {
        let (outbound, url) = (self.outbound.clone(), well_known(url));
        Box::pin(async move {
            let bounds = Bounds { body_bytes_max: DESCRIPTOR_BYTES_MAX, ..Bounds::default() };
            Ok(outbound.get(&url, &Trust::SignatureInside, bounds).await?.body)
        })
    }
}

async fn unary(
    channel: Channel,
    path: &'static str,
    request: Bytes,
    deadline: Duration,
) -> Result<Bytes, Failure> {
    let largest = usize::try_from(MESSAGE_BYTES_MAX).unwrap_or(usize::MAX) + FRAME_BYTES;
    let mut grpc = Grpc::new(channel).max_decoding_message_size(largest);
    grpc.ready().await.map_err(|e| Failure::unreachable(chain(&e)))?;
    let mut request = tonic::Request::new(request);
    request.set_timeout(deadline);
    let answer = grpc.unary(request, PathAndQuery::from_static(path), Raw).await;
    answer.map(tonic::Response::into_inner).map_err(|status| failure(&status))
}

/// The document's address, whether or not the operator typed its path.
fn well_known(url: &str) -> String {
    let base = url.trim_end_matches('/');
    match base.ends_with(WELL_KNOWN) {
        true => base.to_owned(),
        false => format!("{base}{WELL_KNOWN}"),
    }
}

/// The certificate by which peers know the node: self-signed, since only its key counts.
/// It is kept in `file`, so that it is the same on both sides of the node and after a
/// restart; a partner that trusts it as it is goes on doing so.
///
/// # Errors
/// INTERNAL if it cannot be made; FAILED_PRECONDITION/KEY_FILE if it cannot be kept.
pub fn identity(keys: &Keyring, name: &HeiId, file: &Path) -> Result<Identity, Refused> {
    let certificate = match kept(keys, file) {
        Some(certificate) => certificate,
        None => make(keys, name, file)?,
    };
    let key = PrivatePkcs8KeyDer::from(keys.tls_pkcs8().to_vec()).into();
    Ok(Identity { certificate, key })
}

/// The certificate in the file, if it is of the node's key.
fn kept(keys: &Keyring, file: &Path) -> Option<CertificateDer<'static>> {
    let certificate = CertificateDer::from_pem_file(file).ok()?;
    let of = SpkiHash::of_certificate(&certificate).ok()?;
    (of == SpkiHash::of_spki(keys.public(KeyUse::Tls))).then_some(certificate)
}

fn make(keys: &Keyring, name: &HeiId, file: &Path) -> Result<CertificateDer<'static>, Refused> {
    let failed = |e: rcgen::Error| Refused::internal(format!("the TLS certificate: {e}"));
    let key = PrivatePkcs8KeyDer::from(keys.tls_pkcs8().to_vec());
    let pair =
        KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_ECDSA_P256_SHA256).map_err(failed)?;
    let params = CertificateParams::new(vec![name.to_string()]).map_err(failed)?;
    let made = params.self_signed(&pair).map_err(failed)?;
    std::fs::write(file, made.pem()).map_err(|e| {
        let told = format!("{} cannot be written: {e}", file.display());
        Refused::new(Code::FailedPrecondition, "KEY_FILE", told)
    })?;
    Ok(made.der().clone())
}
