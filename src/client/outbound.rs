//! The guarded way out (reliability.md §2.4): https only, a name resolved once
//! and that very address connected to, none out of bounds unless the operator
//! allows it, no redirect, no proxy from the environment, a deadline and a cap.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::fetch::{self, Fetched};
use crate::limits::{ADDRESSES_MAX, BODY_BYTES_MAX, CONNECT, DEADLINE};
use crate::network::out_of_bounds;
use crate::target::{Host, Target};
use crate::{Refused, Settings, Trust};

#[cfg(test)]
mod tests;

/// The way out. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    settings: Arc<Settings>,
    names: Names,
}

/// How much of an answer is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// From name look-up to the last byte.
    pub deadline: Duration,
    /// The body; one byte more refuses it.
    pub body_bytes_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { deadline: DEADLINE, body_bytes_max: BODY_BYTES_MAX }
    }
}

/// Who tells the addresses of a name.
#[derive(Clone)]
enum Names {
    /// The resolver of the machine.
    System,
    /// A test, which may change its mind between two questions.
    #[cfg(test)]
    Told(Arc<tests::Tell>),
}

impl Outbound {
    /// The way out as the operator set it.
    pub fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings), names: Names::System }
    }

    /// Fetches a document over https; any answer but 2xx is a refusal.
    ///
    /// # Errors
    /// Why there is none; see [`Refused`].
    pub async fn get(&self, url: &str, trust: &Trust, bounds: Bounds) -> Result<Fetched, Refused> {
        let (target, asked) = Target::of_url(url)?;
        let work = async {
            let tcp = self.reach(&target).await?;
            let tls = trust.secure(&target, tcp).await?;
            fetch::get(&target, asked, tls, bounds.body_bytes_max).await
        };
        within(bounds.deadline, &target, work).await
    }

    /// Opens a connection to "host:port" under the same guard, for the channel to
    /// a peer. Nagle's delay is off: a gRPC call is many small writes.
    ///
    /// # Errors
    /// Why there is none; see [`Refused`].
    pub async fn connect(&self, host_port: &str) -> Result<TcpStream, Refused> {
        let target = Target::of_host_port(host_port)?;
        within(DEADLINE, &target, self.reach(&target)).await
    }

    async fn reach(&self, target: &Target) -> Result<TcpStream, Refused> {
        let addresses = self.resolve(target).await?;
        // All are judged before one is tried: a name with one bad address is a trap.
        for address in &addresses {
            self.judge(target, *address)?;
        }
        dial(target, &addresses).await
    }

    async fn resolve(&self, target: &Target) -> Result<Vec<SocketAddr>, Refused> {
        if let Some(told) = self.settings.place_of(target) {
            return Ok(vec![told]);
        }
        let found = match &target.host {
            Host::Address(address) => vec![SocketAddr::new(*address, target.port)],
            Host::Name(name) => self.look_up(name, target.port).await?,
        };
        match found.is_empty() {
            true => Err(no_address(&target.host.to_string(), "the name server knows none")),
            false => Ok(found),
        }
    }

    async fn look_up(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, Refused> {
        match &self.names {
            Names::System => match tokio::net::lookup_host((name, port)).await {
                Ok(found) => Ok(found.collect()),
                Err(told) => Err(no_address(name, &told.to_string())),
            },
            #[cfg(test)]
            Names::Told(tell) => {
                Ok(tell(name).into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
            }
        }
    }

    fn judge(&self, target: &Target, address: SocketAddr) -> Result<(), Refused> {
        match out_of_bounds(address.ip()) {
            Some(kind) if !self.settings.allows(target, address) => {
                Err(Refused::AddressRefused { host: target.to_string(), addr: address.ip(), kind })
            }
            _ => Ok(()),
        }
    }
}

async fn dial(target: &Target, addresses: &[SocketAddr]) -> Result<TcpStream, Refused> {
    let mut failed = no_address(&target.to_string(), "none was tried");
    for address in addresses.iter().take(ADDRESSES_MAX) {
        let told = match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => match tcp.set_nodelay(true) {
                Ok(()) => return Ok(tcp),
                Err(told) => told.to_string(),
            },
            Ok(Err(told)) => told.to_string(),
            Err(_) => format!("no answer in {CONNECT:?}"),
        };
        failed = Refused::Connect { host: target.to_string(), addr: *address, told };
    }
    Err(failed)
}

async fn within<T>(
    deadline: Duration,
    target: &Target,
    work: impl Future<Output = Result<T, Refused>>,
) -> Result<T, Refused> {
    match timeout(deadline, work).await {
        Ok(done) => done,
        Err(_) => Err(Refused::Timeout { host: target.to_string(), after: deadline }),
    }
}

fn no_address(host: &str, told: &str) -> Refused {
    Refused::Resolve { host: host.to_owned(), told: told.to_owned() }
}
