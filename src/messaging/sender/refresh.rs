//! Partners' descriptors are asked for again: each day, and at once when a partner
//! becomes active, says that it has a newer one, or refuses a kind that its last one
//! lists, and when the node starts. The call also tells the partner that we are here, so
//! that what it has queued for us comes, and which version our own descriptor has.

use hei_proto::Rpc as _;
use hei_proto::hei::messaging::v1::{GetDescriptorRequest, NodeDescriptor, SignedDescriptor};
use hei_store::Conn;
use hei_values::{Code, HeiId, Millis, Refused};
use prost::Message as _;

use super::judge::{Verdict, judge};
use super::lines::Ticket;
use super::wait;
use crate::limits::REFRESH_MS;
use crate::wire::Failure;
use crate::{Messaging, descriptor, peers};

/// What stands for the kind of a call that carries no message.
const NO_KIND: &str = "";

impl Messaging {
    /// The calls for descriptors that are due.
    pub(super) fn due_refreshes(&self, now: Millis) -> Vec<Ticket> {
        let active = self.desk().book().all_active();
        let due = active.into_iter().filter(|peer| self.refresh_is_due(peer, now));
        let due = self.lines().open(due.collect(), now);
        let begin = |peer: HeiId| {
            let id = self.desk().fresh_id(now).ok()?;
            self.lines().begin(&peer, NO_KIND, id.0, now)
        };
        due.into_iter().filter_map(begin).collect()
    }

    /// Asks a partner for its descriptor and pins a newer one.
    pub(super) async fn refresh(self, ticket: Ticket) {
        let now = self.clock().now();
        let outcome = self.fetch_newer(&ticket.peer, now).await;
        match outcome {
            Ok(()) => {
                ticket.answered();
                self.refreshed(&ticket.peer, now.plus(REFRESH_MS));
            }
            Err(failure) => {
                let verdict = judge(&failure);
                tracing::info!(peer = %ticket.peer, reason = failure.reason, "the descriptor could not be asked for");
                match verdict {
                    Verdict::RetryPeer | Verdict::HoldPeer => {
                        ticket.peer_failed(now, wait::jitter());
                    }
                    // It answers, but what it says is of no use: not before tomorrow.
                    _ => self.refreshed(&ticket.peer, now.plus(REFRESH_MS)),
                }
            }
        }
    }

    async fn fetch_newer(&self, peer: &HeiId, now: Millis) -> Result<(), Failure> {
        let own = NodeDescriptor::decode(self.descriptor().descriptor);
        let request = GetDescriptorRequest { own_version: own.map_or(0, |own| own.version) };
        let answer =
            self.call(peer, GetDescriptorRequest::PATH, request.encode_to_vec().into()).await?;
        let signed = SignedDescriptor::decode(answer).map_err(|e| {
            Refused::new(Code::InvalidArgument, "MALFORMED", format!("its descriptor: {e}"))
        })?;
        let pinned = self.desk().book().active(peer)?.pinned.clone();
        let newer = descriptor::next(&pinned, &signed, now)?;
        if newer.version == pinned.version {
            return Ok(());
        }
        let desk = self.desk().clone();
        let work = async move |conn: Conn| peers::renew(&conn, &desk, &newer, now).await;
        self.store().transact(work).await?;
        self.follow_peers().await?;
        Ok(())
    }
}
