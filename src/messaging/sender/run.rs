//! The loop: starts what is due, waits for what comes first (an answer, a commit, a
//! call from a peer, a time), and ends what is in flight when it is told to stop.

use std::time::Duration;

use hei_store::Failed;
use hei_values::{Millis, Refused};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::lines::Ticket;
use crate::Messaging;
use crate::limits::{HOUSEKEEPING_MS, IDLE, IN_FLIGHT_MAX, SHOW_MS};
use crate::outbox::queue;

/// When what need not be done each time was last done.
struct Pace {
    house: Millis,
    shown: Millis,
}

/// Calls under way: tasks, since one that waits for a lock or a connection must go on
/// while the loop itself waits for another. They end with the set.
type Flying = JoinSet<()>;

impl Messaging {
    /// Delivers until `stop`; what is in flight then still ends, each within the time
    /// of one attempt.
    pub async fn run(self, stop: CancellationToken) {
        let mut commits = self.store().commits();
        let mut flying = Flying::new();
        let mut pace = Pace { house: Millis(i64::MIN), shown: Millis(i64::MIN) };
        while !stop.is_cancelled() {
            commits.borrow_and_update();
            let now = self.clock().now();
            self.on_the_side(&mut pace, now).await;
            let wait = self.launch(&mut flying, now).await.unwrap_or_else(|refused| {
                tracing::error!(reason = refused.reason, error = %refused.message, "the queue could not be read");
                Duration::from_secs(1)
            });
            tokio::select! {
                () = stop.cancelled() => {}
                Some(ended) = flying.join_next() => look_at(ended),
                _ = commits.changed() => {}
                () = self.woken() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        while let Some(ended) = flying.join_next().await {
            look_at(ended);
        }
    }

    /// Delivers what is due now and waits until nothing more is.
    ///
    /// # Errors
    /// If the queue cannot be read.
    pub async fn send_due(&self) -> Result<(), Refused> {
        let mut flying = Flying::new();
        loop {
            self.start_due(&mut flying, self.clock().now()).await?;
            match flying.join_next().await {
                Some(ended) => look_at(ended),
                None => return Ok(()),
            }
        }
    }

    /// Starts all that is due; says how long until more is.
    async fn launch(&self, flying: &mut Flying, now: Millis) -> Result<Duration, Refused> {
        self.follow_peers().await?;
        // Messages first: a peer that failed is asked one thing at a time, and were that
        // its descriptor each time, no message would ever be tried.
        self.start_due(flying, now).await?;
        for ticket in self.due_refreshes(now) {
            flying.spawn(self.clone().refresh(ticket));
        }
        self.until_next(now).await
    }

    async fn start_due(&self, flying: &mut Flying, now: Millis) -> Result<(), Refused> {
        while flying.len() < IN_FLIGHT_MAX {
            let tickets = self.due_tickets(IN_FLIGHT_MAX - flying.len(), now).await?;
            if tickets.is_empty() {
                break;
            }
            for ticket in tickets {
                flying.spawn(self.clone().attempt(ticket));
            }
        }
        Ok(())
    }

    async fn due_tickets(&self, room: usize, now: Millis) -> Result<Vec<Ticket>, Refused> {
        let lines = self.lines();
        let peers = lines.open(self.desk().book().all_active(), now);
        let (in_flight, blocked) = (lines.in_flight(), lines.blocked(now));
        let institution = self.desk().institution().id;
        let reader = self.store().reader();
        let heads =
            queue::heads(&reader, institution, &peers, &in_flight, &blocked, now, room as u64);
        let begin = |head: queue::Head| {
            let peer = peers.iter().find(|peer| peer.as_str() == head.peer)?;
            lines.begin(peer, &head.kind, head.id, now)
        };
        Ok(heads.await?.into_iter().filter_map(begin).collect())
    }

    async fn until_next(&self, now: Millis) -> Result<Duration, Refused> {
        let institution = self.desk().institution().id;
        let own = queue::next_due(&self.store().reader(), institution, now).await?;
        let next = [own, self.lines().next_due(now)].into_iter().flatten().min();
        let wait = next
            .map_or(IDLE, |at| Duration::from_millis(u64::try_from(at.since(now)).unwrap_or(0)));
        Ok(wait.clamp(Duration::from_millis(1), IDLE))
    }

    async fn on_the_side(&self, pace: &mut Pace, now: Millis) {
        if now.since(pace.house) >= HOUSEKEEPING_MS {
            self.keep_house(now).await;
            pace.house = now;
        }
        if now.since(pace.shown) >= SHOW_MS {
            if let Err(failed) = self.show_waiting().await {
                tracing::warn!(reason = Refused::from(failed).reason, "the queue was not counted");
            }
            pace.shown = now;
        }
    }

    async fn show_waiting(&self) -> Result<(), Failed> {
        let institution = self.desk().institution().id;
        let waiting = queue::waiting_by_peer(&self.store().reader(), institution).await?;
        let known = self.desk().book().revisions();
        let none = known.keys().filter(|peer| !waiting.iter().any(|(p, _)| p == peer.as_str()));
        let none = none.map(|peer| (peer.to_string(), 0));
        for (peer, count) in none.chain(waiting.clone()) {
            metrics::gauge!("hei_outbox_waiting", "peer" => peer).set(count as f64);
        }
        Ok(())
    }

    /// What is done once an hour in each process, for the memory of each: tables are swept
    /// by jobs. What fails here is done an hour later.
    async fn keep_house(&self, now: Millis) {
        let institution = self.desk().institution().id;
        if let Err(refused) = self.renew_own_descriptor(now).await {
            tracing::warn!(reason = refused.reason, "the own descriptor was not looked at");
        }
        // A partner's key may have begun or ended to count.
        let reader = self.store().reader();
        if let Err(failed) = self.desk().book().load(&reader, institution, now).await {
            tracing::warn!(reason = Refused::from(failed).reason, "the partners were not loaded");
        }
    }
}

/// A call that panicked has left its message as it was.
fn look_at(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "an attempt to deliver broke off");
    }
}
