//! Partners that received data are told what became of it (GDPR Art. 19): one notice for
//! each record that each received; that of an erasure behind whatever still goes to them
//! about the record.

use hei_evidence::{disclosures, notices};
use hei_messaging::peers;
use hei_proto::hei::node::v1::{NoticeKind, RecordNotice};
use hei_store::Failed;
use hei_values::{HeiId, Id, Outgoing, Purpose, Refused};
use sea_orm::prelude::Uuid;

use crate::Call;

/// Tells everybody who received something about a person.
pub(super) async fn tell(call: &mut Call, subject: Uuid, kind: NoticeKind) -> Result<(), Failed> {
    let received = disclosures::received(call.conn(), call.institution().id, subject).await?;
    for (recipient, record) in received {
        let Some(peer) = recipient.strip_prefix("peers/") else { continue };
        let peer = HeiId::read("peer", peer)?;
        let notice = RecordNotice { record: record.clone(), kind: kind.into() };
        let mut message = Outgoing::new(peer, &notice, &record, Purpose::DataSubjectRights);
        if kind != NoticeKind::Erasure {
            // What still goes about the record waits for the restriction's end; this does not.
            message.order_key = format!("{record}/restriction");
        }
        // It outlives the person's key, and says nothing of the person.
        call.tell(kind, message, subject, None).await?;
    }
    Ok(())
}

impl Call {
    /// A message that tells a partner what became of a record; a partner that is none any
    /// more cannot be told, and that is kept. `sealed_for` is the person whose key seals it.
    pub(crate) async fn tell(
        &mut self,
        kind: NoticeKind,
        message: Outgoing,
        subject: Uuid,
        sealed_for: Option<Uuid>,
    ) -> Result<(), Failed> {
        let recipient = hei_values::name::of("peers", &message.to);
        let record = message.resource.clone();
        // A correction is data like any other: it goes to partners, or is refused.
        let message = match kind == NoticeKind::Correction || self.is_partner(&message.to).await? {
            true => Some(self.send(message, sealed_for).await?),
            false => None,
        };
        let notice = notices::Notice { subject, recipient, kind, record, message };
        let (id, institution) = (self.fresh_id()?, self.institution().id);
        notices::record(self.conn(), institution, id, &notice, self.now()).await
    }

    async fn is_partner(&self, peer: &HeiId) -> Result<bool, Failed> {
        let known = peers::find(self.conn(), self.institution().id, peer).await?;
        Ok(known.is_some_and(|known| known.state() != peers::State::Removed))
    }

    /// What the partner answered to the message that told it something.
    ///
    /// # Errors
    /// What the database says.
    pub async fn learn_of_notice(&mut self, answer: &notices::Answer) -> Result<(), Failed> {
        let message: Id = self
            .message_id()
            .parse()
            .map_err(|_| Refused::internal("an answer to a message without an id"))?;
        notices::answered(self.conn(), self.institution().id, message, answer, self.now()).await
    }
}
