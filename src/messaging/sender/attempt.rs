//! One attempt to deliver one message: read it, send it, look at the receipt.

use std::time::Duration;

use hei_proto::Rpc as _;
use hei_proto::hei::messaging::v1::{
    DeliverRequest, DeliverResponse, EnvelopeHeader, SignedReceipt,
};
use hei_store::subjects::Use;
use hei_store::{Conn, Engine};
use hei_values::{Code, Id, Millis, Refused, faults};
use prost::Message as _;
use prost::bytes::Bytes;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::lines::Ticket;
use crate::limits::LEASE_MARGIN_MS;
use crate::outbox::table::{Column, Entity};
use crate::outbox::{self, Row, State, persons, versions};
use crate::receipt::{self, About};
use crate::wire::Failure;
use crate::{Messaging, envelope};

/// What came of an attempt.
pub(super) enum Outcome {
    /// Somebody else has it, or it is done.
    NotOurs,
    /// The peer has it: a receipt that verifies.
    Delivered(Box<Delivered>),
    /// It has not, or we cannot know.
    Failed(Box<Row>, Failure),
    /// There is nothing to send any more.
    Erased(Box<Row>),
    /// The person whom it is about has restricted the processing.
    Restricted(Box<Row>),
}

/// A delivered message with what proves it.
pub(super) struct Delivered {
    pub(super) row: Row,
    pub(super) header: EnvelopeHeader,
    pub(super) receipt: SignedReceipt,
    pub(super) answer: Bytes,
}

impl Messaging {
    /// Tries a message once and keeps what came of it.
    pub(super) async fn attempt(self, ticket: Ticket) {
        let done = match self.try_to_deliver(&ticket).await {
            Ok(outcome) => self.settle(&ticket, outcome).await,
            Err(refused) => Err(refused),
        };
        if let Err(refused) = done {
            // Our own database failed: the message is as it was, and waits like one
            // whose peer failed, or the peer would get it again and again.
            tracing::error!(peer = %ticket.peer, reason = refused.reason, error = %refused.message, "the outcome of a delivery could not be kept");
            ticket.peer_failed(self.clock().now(), super::wait::jitter());
        }
    }

    async fn try_to_deliver(&self, ticket: &Ticket) -> Result<Outcome, Refused> {
        let now = self.clock().now();
        let Some(row) = self.claim(ticket, now).await? else { return Ok(Outcome::NotOurs) };
        let payload = match persons::payload_to_send(&self.store().reader(), &row).await? {
            Use::Open(payload) => payload.into(),
            Use::Erased => return Ok(Outcome::Erased(Box::new(row))),
            Use::Restricted => return Ok(Outcome::Restricted(Box::new(row))),
        };
        let (row, payload) = match row.is_unwritten() {
            false => (row, payload),
            true => match self.write(&row, payload, now).await {
                Ok(written) => written,
                Err(refused) if refused.reason == "KIND_UNKNOWN" => {
                    return Ok(Outcome::Failed(Box::new(row), refused.into()));
                }
                Err(refused) => return Err(refused),
            },
        };
        match self.send(ticket, &row, payload).await {
            Ok(response) => Ok(self.judge_receipt(ticket, row, response)),
            Err(failure) => Ok(Outcome::Failed(Box::new(row), failure)),
        }
    }

    /// The message, if it is still to go and nobody else sends it. On SQLite this
    /// process is the only sender; on PostgreSQL the claim is a commit.
    async fn claim(&self, ticket: &Ticket, now: Millis) -> Result<Option<Row>, Refused> {
        let institution = self.desk().institution().id;
        if self.store().engine() == Engine::Postgres {
            let lease_ms = self.attempt_time().as_millis() as i64 + LEASE_MARGIN_MS;
            let id = ticket.id;
            let work = async move |conn: Conn| {
                let claimed = Entity::update_many()
                    .col_expr(Column::LeaseMs, Expr::val(now.plus(lease_ms).0))
                    .filter(Column::InstitutionId.eq(institution))
                    .filter(Column::Id.eq(id))
                    .filter(Column::State.is_in([State::Queued.text(), State::Held.text()]))
                    .filter(Column::LeaseMs.lte(now.0))
                    .exec(&conn)
                    .await?;
                Ok(claimed.rows_affected == 1)
            };
            if !self.store().transact(work).await? {
                return Ok(None);
            }
        }
        let row = outbox::find(&self.store().reader(), institution, Id(ticket.id)).await?;
        Ok(row.filter(|row| matches!(row.state(), Some(State::Queued | State::Held))))
    }

    /// The message in the version that the peer takes, on disk before it leaves.
    async fn write(
        &self,
        row: &Row,
        unwritten: Bytes,
        now: Millis,
    ) -> Result<(Row, Bytes), Refused> {
        let (desk, row) = (self.desk().clone(), row.clone());
        let work =
            async move |conn: Conn| versions::write(&conn, &desk, &row, &unwritten, now).await;
        self.store().transact(work).await
    }

    async fn send(
        &self,
        ticket: &Ticket,
        row: &Row,
        payload: Bytes,
    ) -> Result<DeliverResponse, Failure> {
        let request = DeliverRequest {
            header: row.header.clone().into(),
            payload,
            signature: row.signature.clone().into(),
            // Of this attempt: the message may have waited for days.
            send_time: Some(self.clock().now().to_timestamp()),
        };
        let request = request.encode_to_vec().into();
        let answer = self.call(&ticket.peer, DeliverRequest::PATH, request).await?;
        DeliverResponse::decode(answer)
            .map_err(|e| not_a_receipt(&format!("the answer cannot be read: {e}")))
    }

    /// A call with the deadline of an attempt.
    pub(super) async fn call(
        &self,
        peer: &hei_values::HeiId,
        path: &'static str,
        request: Bytes,
    ) -> Result<Bytes, Failure> {
        self.faults().at(faults::SEND_BEFORE)?;
        let deadline = self.attempt_time();
        let call = self.wire().call(peer, path, request, deadline);
        let too_late = |_| Failure {
            code: Code::DeadlineExceeded,
            reason: "TIMEOUT".to_owned(),
            ..Failure::unreachable(format!("no answer in {} s", deadline.as_secs()))
        };
        let answer = tokio::time::timeout(deadline, call).await.map_err(too_late)??;
        self.faults().at(faults::SEND_AFTER)?;
        Ok(answer)
    }

    pub(super) fn attempt_time(&self) -> Duration {
        Duration::from_secs(self.settings().attempt_seconds)
    }

    fn judge_receipt(&self, ticket: &Ticket, row: Row, response: DeliverResponse) -> Outcome {
        let checked = self.checked(ticket, &row, &response);
        match checked {
            Ok((header, receipt)) => {
                let answer = response.answer;
                Outcome::Delivered(Box::new(Delivered { row, header, receipt, answer }))
            }
            Err(refused) => Outcome::Failed(Box::new(row), not_a_receipt(&refused.message)),
        }
    }

    fn checked(
        &self,
        ticket: &Ticket,
        row: &Row,
        response: &DeliverResponse,
    ) -> Result<(EnvelopeHeader, SignedReceipt), Refused> {
        let header = envelope::read(&row.header)?;
        let missing = || Refused::new(Code::Internal, "INTERNAL", "the answer has no receipt");
        let signed = response.receipt.clone().ok_or_else(missing)?;
        let peer = self.desk().book().active(&ticket.peer)?;
        let about = About { header: &header, header_bytes: &row.header, answer: &response.answer };
        receipt::verify(&signed, about, &peer.pinned)?;
        Ok((header, signed))
    }
}

/// Without a receipt that verifies a message is not delivered, whatever the peer says.
fn not_a_receipt(told: &str) -> Failure {
    Failure {
        code: Code::Unauthenticated,
        reason: "SIGNATURE_INVALID".to_owned(),
        ..Failure::unreachable(told)
    }
}
