//! Deliver: a message is examined, and then taken in one transaction with its effect,
//! its evidence and the stored answer. The answer leaves after the commit only. What
//! is refused is evidence too, in a transaction of its own.

use hei_evidence::keys::sha256;
use hei_evidence::log::{self, Entry, Happened};
use hei_proto::hei::messaging::v1::{DeliverRequest, DeliverResponse};
use hei_store::{Conn, Failed, subjects};
use hei_values::{Code, HeiId, Id, Millis, Refused, faults};
use sea_orm::{ActiveValue::Set, EntityTrait as _};

use super::examine::{Letter, examine};
use super::{memory, table};
use crate::desk::Desk;
use crate::effects::{Checked, Taken};
use crate::envelope::Signed;
use crate::limits::SKEW_MS_NOTED;
use crate::receipt::{self, About};
use crate::{Messaging, envelope, peers};

/// How a delivery went, for the counters.
enum How {
    Taken,
    Repeated,
}

impl Messaging {
    /// Takes a message from a peer, once; the same message again gets the same receipt.
    ///
    /// # Errors
    /// The reasons of `hei.messaging.v1.MessagingPeerService.Deliver`.
    pub async fn deliver(
        &self,
        from: &HeiId,
        request: DeliverRequest,
    ) -> Result<DeliverResponse, Refused> {
        let now = self.clock().now();
        match self.receive(from, &request, now).await {
            Ok((response, how)) => {
                let outcome = match how {
                    How::Taken => "received",
                    How::Repeated => "repeated",
                };
                self.count(outcome, &request);
                self.heard_from(from);
                Ok(response)
            }
            Err(refused) => {
                self.count("refused", &request);
                self.record_refusal(from, &request, &refused, now).await;
                Err(refused)
            }
        }
    }

    async fn receive(
        &self,
        from: &HeiId,
        request: &DeliverRequest,
        now: Millis,
    ) -> Result<(DeliverResponse, How), Refused> {
        self.faults().at(faults::RECEIVE)?;
        let desk = self.desk();
        let peer = desk.book().active(from)?;
        let letter = examine(request, &peer.pinned, &desk.institution().domain, now)?;
        note_skew(from, letter.skew_ms);
        let institution = desk.institution().id;
        let before = memory::stored(&self.store().reader(), institution, from, &letter).await?;
        if let Some(response) = before {
            return Ok((response, How::Repeated));
        }
        let (kind, version) = (&letter.header.kind, letter.header.version);
        if !self.effects().knows(kind, version) {
            return Err(kind_unknown(kind, version));
        }
        let checked = self.effects().check(&letter.header, &request.payload)?;
        self.take(from, request, letter, checked, now).await
    }

    async fn take(
        &self,
        from: &HeiId,
        request: &DeliverRequest,
        letter: Letter,
        checked: Checked,
        now: Millis,
    ) -> Result<(DeliverResponse, How), Refused> {
        let (messaging, from) = (self.clone(), from.clone());
        let (header, signature) = (request.header.to_vec(), request.signature.to_vec());
        let signed = Signed { header, signature };
        let work = async move |conn: Conn| {
            let desk = messaging.desk();
            // By the row: a partner may have been suspended since the book was loaded.
            peers::active(&conn, desk, &from).await?;
            let institution = desk.institution().id;
            if let Some(before) = memory::stored(&conn, institution, &from, &letter).await? {
                return Ok((before, How::Repeated));
            }
            let effect =
                messaging.effects().received(conn.clone(), &from, &letter.header, checked, now);
            let taken = effect.await?;
            let response = keep(&conn, desk, &from, &letter, &signed, taken, now).await?;
            Ok((response, How::Taken))
        };
        self.store().transact(work).await
    }

    fn count(&self, outcome: &'static str, request: &DeliverRequest) {
        let header = envelope::read(&request.header).unwrap_or_default();
        let kind = match self.effects().knows(&header.kind, header.version) {
            true => header.kind,
            false => "unknown".to_owned(),
        };
        metrics::counter!("hei_messages_total", "outcome" => outcome, "kind" => kind).increment(1);
    }

    /// A refusal leaves evidence without content. What failed on our side, and will be
    /// tried again, is none.
    async fn record_refusal(
        &self,
        from: &HeiId,
        request: &DeliverRequest,
        refused: &Refused,
        now: Millis,
    ) {
        tracing::info!(peer = %from, reason = refused.reason, "a message was refused");
        if refused.reason == "ID_CONFLICT" {
            metrics::counter!("hei_inbox_conflicts_total", "peer" => from.to_string()).increment(1);
            tracing::warn!(peer = %from, "alarm: one message identifier, two contents");
        }
        if is_ours(refused.code) {
            return;
        }
        let entry = self.refusal(from, request, refused.reason, now);
        let desk = self.desk().clone();
        let work = async move |conn: Conn| {
            log::append(&conn, desk.institution().id, desk.fresh_id(now)?, &entry).await
        };
        if let Err(error) = self.store().transact(work).await {
            tracing::error!(reason = error.reason, "a refusal could not be recorded");
        }
    }

    fn refusal(&self, from: &HeiId, request: &DeliverRequest, reason: &str, now: Millis) -> Entry {
        let header = envelope::read(&request.header).unwrap_or_default();
        // Nothing of the sender's choosing goes into the log but what we can read.
        let id = header.message_id.parse::<Id>().map(|id| id.to_string()).unwrap_or_default();
        let kind = match self.effects().knows(&header.kind, header.version) {
            true => format!("{}/{}", header.kind, header.version),
            false => String::new(),
        };
        Entry {
            message_id: id,
            peer: from.to_string(),
            kind,
            header_sha256: Some(sha256(&request.header)),
            reason: reason.to_owned(),
            ..Entry::new(Happened::Refused, now)
        }
    }
}

/// Evidence, receipt and inbox row of a message that had its effect.
async fn keep(
    conn: &Conn,
    desk: &Desk,
    from: &HeiId,
    letter: &Letter,
    signed: &Signed,
    taken: Taken,
    now: Millis,
) -> Result<DeliverResponse, Failed> {
    let own = desk.institution();
    let entry = Entry {
        message_id: letter.id.to_string(),
        peer: from.to_string(),
        kind: format!("{}/{}", letter.header.kind, letter.header.version),
        header_sha256: Some(letter.header_sha256),
        answer_sha256: Some(sha256(&taken.answer)),
        ..Entry::new(Happened::Received, now)
    };
    let leaf_hash = log::append(conn, own.id, desk.fresh_id(now)?, &entry).await?;
    let about =
        About { header: &letter.header, header_bytes: &signed.header, answer: &taken.answer };
    let receipt = receipt::sign(desk.keys(), &own.domain, about, &leaf_hash, now)?;
    let answer = match taken.subject {
        Some(subject) => subjects::seal(conn, own.id, subject, &taken.answer).await?,
        None => taken.answer.to_vec(),
    };
    let row = table::ActiveModel {
        institution_id: Set(own.id),
        peer: Set(from.to_string()),
        message_id: Set(letter.id.0),
        header: Set(signed.header.clone()),
        signature: Set(signed.signature.clone()),
        header_sha256: Set(letter.header_sha256.to_vec()),
        kind: Set(letter.header.kind.clone()),
        receive_ms: Set(now.0),
        answer: Set(answer),
        subject_id: Set(taken.subject),
        receipt: Set(receipt.receipt.to_vec()),
        receipt_signature: Set(receipt.signature.to_vec()),
    };
    // Two deliveries at once: the second finds the row, and runs again into the first's receipt.
    table::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(DeliverResponse { receipt: Some(receipt), answer: taken.answer })
}

fn note_skew(from: &HeiId, skew_ms: i64) {
    if skew_ms.abs() > SKEW_MS_NOTED {
        let peer = from.to_string();
        metrics::counter!("hei_peer_clock_skew_noted_total", "peer" => peer).increment(1);
    }
}

fn kind_unknown(kind: &str, version: u32) -> Refused {
    let told = format!("this node does not take messages of kind {kind:?}/{version}");
    Refused::new(Code::Unimplemented, "KIND_UNKNOWN", told)
}

fn is_ours(code: Code) -> bool {
    matches!(code, Code::Internal | Code::Unavailable | Code::DeadlineExceeded | Code::Aborted)
}
