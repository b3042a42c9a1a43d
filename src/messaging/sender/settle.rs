//! What came of an attempt, kept in one transaction: the receipt with its effects, or
//! the failure with what it means for the rest of the queue.

use hei_evidence::keys::sha256;
use hei_evidence::log::{self, Entry, Happened};
use hei_store::{Conn, Failed};
use hei_values::{Code, HeiId, Millis, Refused};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    UpdateMany,
};

use super::attempt::{Delivered, Outcome};
use super::judge::{Verdict, judge};
use super::lines::Ticket;
use super::{advice, wait};
use crate::Messaging;
use crate::limits::DAY_MS;
use crate::outbox::table::{ActiveModel, Column, Entity};
use crate::outbox::versions::NEVER;
use crate::outbox::{Row, State, persons, queue};
use crate::wire::Failure;

/// Dead letters that one failure may make at once; the next failure makes more.
const GIVEN_UP_MAX: u64 = 500;

impl Messaging {
    /// Keeps the outcome of an attempt.
    pub(super) async fn settle(&self, ticket: &Ticket, outcome: Outcome) -> Result<(), Refused> {
        match outcome {
            Outcome::NotOurs => Ok(()),
            Outcome::Delivered(delivered) => self.settle_delivered(ticket, *delivered).await,
            Outcome::Failed(row, failure) => self.settle_failed(ticket, *row, failure).await,
            Outcome::Erased(row) => self.settle_unsent(ticket, *row, erased(), Verdict::Dead).await,
            Outcome::Restricted(row) => {
                self.settle_unsent(ticket, *row, restricted(), Verdict::HoldMessage).await
            }
        }
    }

    async fn settle_delivered(&self, ticket: &Ticket, done: Delivered) -> Result<(), Refused> {
        let now = self.clock().now();
        let news = ticket.is_news();
        let kept = self.keep_receipt(ticket, &done, news, "", now).await;
        match kept {
            // The receipt counts whether or not anybody can use the answer.
            Err(refused) if is_for_good(refused.code) => {
                tracing::warn!(peer = %ticket.peer, reason = refused.reason, "an answer could not be used");
                self.keep_receipt(ticket, &done, news, refused.reason, now).await?;
            }
            kept => kept?,
        }
        ticket.succeeded();
        count("delivered", &ticket.kind);
        Ok(())
    }

    async fn keep_receipt(
        &self,
        ticket: &Ticket,
        done: &Delivered,
        news: bool,
        unused: &'static str,
        now: Millis,
    ) -> Result<(), Refused> {
        let (messaging, peer) = (self.clone(), ticket.peer.clone());
        let (row, header) = (done.row.clone(), done.header.clone());
        let (receipt, answer) = (done.receipt.clone(), done.answer.clone());
        let work = async move |conn: Conn| {
            let desk = messaging.desk();
            let institution = desk.institution().id;
            let delivered = ActiveModel {
                state: Set(State::Delivered.text().to_owned()),
                deliver_ms: Set(Some(now.0)),
                failing_ms: Set(None),
                last_reason: Set(unused.to_owned()),
                last_error: Set(String::new()),
                receipt: Set(Some(receipt.receipt.to_vec())),
                receipt_signature: Set(Some(receipt.signature.to_vec())),
                ..Default::default()
            };
            let changed = attempted(&row).set(delivered).exec(&conn).await?;
            if changed.rows_affected == 0 {
                // Another process had the same receipt first.
                return Ok(());
            }
            let entry = Entry {
                answer_sha256: Some(sha256(&answer)),
                receipt_sha256: Some(sha256(&receipt.receipt)),
                ..about(&row, Happened::Delivered, now)
            };
            log::append(&conn, institution, desk.fresh_id(now)?, &entry).await?;
            if news {
                queue::recovered(&conn, institution, &peer).await?;
            }
            if unused.is_empty() && !is_erased(&receipt, &answer) {
                let effects = messaging.effects();
                effects.answered(conn.clone(), &peer, &header, &answer, now).await?;
            }
            Ok(())
        };
        self.store().transact(work).await
    }

    async fn settle_failed(
        &self,
        ticket: &Ticket,
        row: Row,
        failure: Failure,
    ) -> Result<(), Refused> {
        let now = self.clock().now();
        let verdict = judge(&failure);
        let (peer, reason) = (&ticket.peer, failure.reason.as_str());
        tracing::info!(%peer, reason, verdict = ?verdict, message = %row.name(), "a message was not delivered");
        let news = ticket.is_news();
        let messaging = self.clone();
        let (peer, told) = (peer.clone(), advice::told(&failure));
        let work = {
            let failure = failure.clone();
            async move |conn: Conn| {
                let what = What { row: &row, peer: &peer, reason: &failure.reason, told: &told };
                messaging.keep_failure(&conn, what, verdict, now).await?;
                if answered(verdict) && news {
                    let institution = messaging.desk().institution().id;
                    queue::recovered(&conn, institution, &peer).await?;
                }
                Ok(())
            }
        };
        self.store().transact(work).await?;
        self.note_failure(ticket, verdict, now);
        if failure.reason == "KIND_UNKNOWN" {
            // Its pinned descriptor says otherwise: there must be a newer one.
            self.refreshed(&ticket.peer, Millis(0));
        }
        Ok(())
    }

    /// The peer was not even asked, so this says nothing of it.
    async fn settle_unsent(
        &self,
        ticket: &Ticket,
        row: Row,
        why: Refused,
        verdict: Verdict,
    ) -> Result<(), Refused> {
        let now = self.clock().now();
        let failure = Failure::from(why);
        let (messaging, peer, told) = (self.clone(), ticket.peer.clone(), advice::told(&failure));
        let work = async move |conn: Conn| {
            // The restriction may have ended since it was seen; whoever ended it has freed
            // what was held, and this row was not yet.
            let lifted = verdict == Verdict::HoldMessage && !is_restricted(&conn, &row).await?;
            let what = What { row: &row, peer: &peer, reason: &failure.reason, told: &told };
            match lifted {
                true => Ok(()),
                false => messaging.keep_failure(&conn, what, verdict, now).await,
            }
        };
        self.store().transact(work).await?;
        count(if verdict == Verdict::Dead { "dead" } else { "held" }, &ticket.kind);
        Ok(())
    }

    /// The row of the attempt, and what the verdict does to others.
    async fn keep_failure(
        &self,
        conn: &Conn,
        what: What<'_>,
        verdict: Verdict,
        now: Millis,
    ) -> Result<(), Failed> {
        let institution = self.desk().institution().id;
        let since = what.row.failing_ms.unwrap_or(now.0);
        let gives_up = now.0 - since >= self.give_up_ms();
        let (state, next_ms, failing) = match verdict {
            Verdict::RetryPeer | Verdict::RetryMessage if gives_up => (State::Dead, 0, Some(since)),
            Verdict::RetryPeer => (State::Queued, 0, Some(since)),
            Verdict::RetryMessage => {
                let failures = what.row.attempts.saturating_add(1);
                let next = wait::next_attempt(Millis(since), failures, now, wait::jitter());
                (State::Queued, next.0, Some(since))
            }
            Verdict::HoldKind if what.row.is_unwritten() => (State::Held, NEVER.0, None),
            Verdict::HoldPeer | Verdict::HoldKind => (State::Held, 0, None),
            Verdict::HoldMessage => (State::Held, NEVER.0, None),
            Verdict::Dead => (State::Dead, 0, what.row.failing_ms),
        };
        let change = ActiveModel {
            state: Set(state.text().to_owned()),
            next_attempt_ms: Set(next_ms),
            failing_ms: Set(failing),
            last_reason: Set(what.reason.to_owned()),
            last_error: Set(what.told.to_owned()),
            ..Default::default()
        };
        attempted(what.row).set(change).exec(conn).await?;
        if state == State::Dead {
            self.abandon(conn, what.row, what.reason, now).await?;
        }
        match verdict {
            Verdict::RetryPeer => {
                queue::age(conn, institution, what.peer, now).await?;
                self.give_up(conn, what, now).await
            }
            Verdict::HoldPeer => {
                queue::hold_as(conn, institution, what.peer, None, what.reason, what.told).await
            }
            Verdict::HoldKind => {
                let kind = Some(what.row.kind.as_str());
                queue::hold_as(conn, institution, what.peer, kind, what.reason, what.told).await
            }
            Verdict::RetryMessage | Verdict::HoldMessage | Verdict::Dead => Ok(()),
        }
    }

    /// What waited behind a failing peer for too long is given up with it.
    async fn give_up(&self, conn: &Conn, what: What<'_>, now: Millis) -> Result<(), Failed> {
        let institution = self.desk().institution().id;
        let too_old = Entity::find()
            .filter(Column::InstitutionId.eq(institution))
            .filter(Column::Peer.eq(what.peer.as_str()))
            .filter(Column::State.eq(State::Queued.text()))
            .filter(Column::FailingMs.lte(now.0 - self.give_up_ms()))
            .limit(GIVEN_UP_MAX)
            .all(conn)
            .await?;
        for row in too_old {
            let change = ActiveModel {
                state: Set(State::Dead.text().to_owned()),
                revision: Set(row.revision + 1),
                last_reason: Set(what.reason.to_owned()),
                last_error: Set(what.told.to_owned()),
                ..Default::default()
            };
            by_key(&row).set(change).exec(conn).await?;
            self.abandon(conn, &row, what.reason, now).await?;
        }
        Ok(())
    }

    async fn abandon(
        &self,
        conn: &Conn,
        row: &Row,
        reason: &str,
        now: Millis,
    ) -> Result<(), Failed> {
        let entry = Entry { reason: reason.to_owned(), ..about(row, Happened::Abandoned, now) };
        let desk = self.desk();
        log::append(conn, desk.institution().id, desk.fresh_id(now)?, &entry).await?;
        Ok(())
    }

    fn give_up_ms(&self) -> i64 {
        i64::from(self.settings().give_up_days) * DAY_MS
    }

    fn note_failure(&self, ticket: &Ticket, verdict: Verdict, now: Millis) {
        let jitter = wait::jitter();
        if answered(verdict) {
            ticket.answered();
        }
        let outcome = match verdict {
            Verdict::RetryPeer => {
                ticket.peer_failed(now, jitter);
                "retried"
            }
            Verdict::HoldPeer => {
                ticket.peer_failed(now, jitter);
                "held"
            }
            Verdict::HoldKind => {
                ticket.kind_failed(now, jitter);
                "held"
            }
            Verdict::RetryMessage => "retried",
            Verdict::HoldMessage => "held",
            Verdict::Dead => "dead",
        };
        count(outcome, &ticket.kind);
    }
}

/// What failed, and why.
#[derive(Clone, Copy)]
struct What<'a> {
    row: &'a Row,
    peer: &'a HeiId,
    reason: &'a str,
    told: &'a str,
}

/// Whether the peer deals with us at all.
fn answered(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::RetryMessage | Verdict::HoldKind | Verdict::Dead)
}

/// The row of an attempt, counted, if it still waits; its claim ends.
fn attempted(row: &Row) -> UpdateMany<Entity> {
    by_key(row)
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .col_expr(Column::LeaseMs, Expr::val(0))
        .filter(Column::State.is_in([State::Queued.text(), State::Held.text()]))
}

fn by_key(row: &Row) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::InstitutionId.eq(row.institution_id))
        .filter(Column::Id.eq(row.id))
}

fn about(row: &Row, happened: Happened, now: Millis) -> Entry {
    Entry {
        message_id: hei_values::Id(row.id).to_string(),
        peer: row.peer.clone(),
        kind: format!("{}/{}", row.kind, row.kind_version),
        header_sha256: Some(sha256(&row.header)),
        ..Entry::new(happened, now)
    }
}

/// The receiver has erased the answer since it first gave it.
fn is_erased(receipt: &hei_proto::hei::messaging::v1::SignedReceipt, answer: &[u8]) -> bool {
    use prost::Message as _;
    let read = hei_proto::hei::messaging::v1::Receipt::decode(receipt.receipt.clone());
    answer.is_empty() && read.is_ok_and(|r| r.answer_sha256 != sha256(answer)[..])
}

async fn is_restricted(conn: &Conn, row: &Row) -> Result<bool, Failed> {
    hei_store::subjects::any_restricted(conn, row.institution_id, row.subject_id).await
}

fn erased() -> Refused {
    let told = "the person that this was about is erased";
    Refused::new(Code::FailedPrecondition, "SUBJECT_ERASED", told)
}

fn restricted() -> Refused {
    let told =
        "the person that this is about has restricted the processing: it goes when that is lifted";
    Refused::new(Code::FailedPrecondition, persons::RESTRICTED, told)
}

/// Whether trying again would meet the same refusal.
fn is_for_good(code: Code) -> bool {
    !matches!(
        code,
        Code::Unavailable | Code::Aborted | Code::DeadlineExceeded | Code::ResourceExhausted
    )
}

fn count(outcome: &'static str, kind: &str) {
    let kind = kind.to_owned();
    metrics::counter!("hei_messages_total", "outcome" => outcome, "kind" => kind).increment(1);
}
