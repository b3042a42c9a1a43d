//! An upload that becomes a blob: before its transaction the bytes go into the database,
//! some chunks at a time, so that nobody waits for them; the command makes it whole.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use hei_proto::Upload;
use hei_store::blobs::{self, CHUNK_BYTES, CHUNKS_AT_ONCE, New};
use hei_store::{Conn, Failed};
use hei_values::{Millis, Principal, Refused, Violations};
use sea_orm::prelude::Uuid;

use crate::handler::{Asked, carry_out, earlier};
use crate::run::{Messages, RunUpload, Runs, Served};
use crate::upload::take_in;
use crate::{Call, Handle, Handler, Node, Read, Uploaded};

/// What was checked, and the blob that waits to be whole.
pub struct Deposited<C> {
    uploaded: Arc<Uploaded<C>>,
    blob: New,
}

impl<C> Deref for Deposited<C> {
    type Target = Uploaded<C>;

    fn deref(&self) -> &Uploaded<C> {
        &self.uploaded
    }
}

impl<C> Deposited<C> {
    /// Makes the blob whole, in the running transaction.
    ///
    /// # Errors
    /// ABORTED/BLOB_INCOMPLETE if chunks were swept meanwhile.
    pub async fn keep(&self, call: &Call) -> Result<blobs::Model, Failed> {
        let row = blobs::finish(call.conn(), &self.blob, call.now()).await?;
        call.saw::<blobs::Entity>(&row);
        Ok(row)
    }

    /// Where the bytes lie, for work that reads them and gives them up: the blob is never
    /// whole, and whoever needs it for more than a day holds it.
    pub fn place(&self) -> blobs::Place {
        self.blob.place()
    }
}

/// A blob as a request describes it: whose it is and what.
pub struct Described {
    /// The person whom it is about.
    pub subject: Option<Uuid>,
    /// For example "application/pdf".
    pub media_type: String,
    /// Whether equal bytes that come again are another blob.
    pub is_alone: bool,
}

/// A method that takes a file and keeps it. `describe` says what it is.
pub fn deposit<R, C, K, D, H>(check: K, describe: D, handle: H) -> Handler
where
    R: Upload,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    D: for<'a> Handle<&'a Read, &'a C, Described>,
    H: for<'a> Handle<&'a mut Call, &'a Deposited<C>, R::Answer>,
{
    let depositing = Depositing { check, describe, handle, types: PhantomData };
    Handler::running::<R>(Runs::Upload(Arc::new(depositing)))
}

struct Depositing<R, C, K, D, H> {
    check: K,
    describe: D,
    handle: H,
    types: PhantomData<fn(R) -> C>,
}

impl<R, C, K, D, H> RunUpload for Depositing<R, C, K, D, H>
where
    R: Upload,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    D: for<'a> Handle<&'a Read, &'a C, Described>,
    H: for<'a> Handle<&'a mut Call, &'a Deposited<C>, R::Answer>,
{
    fn run<'a>(
        &'a self,
        node: &'a Arc<Node>,
        caller: &'a Principal,
        messages: Messages,
    ) -> Served<'a> {
        Box::pin(async move {
            let asked = take_in::<R, C>(node, messages, &self.check).await?;
            let (reader, now) = (node.store.reader(), node.clock.now());
            if let Some(answer) = earlier::<R, _>(&reader, node, caller, &asked, now).await? {
                return Ok(answer);
            }
            let read = asked.read::<R>(reader, node, now, caller);
            let described = self.describe.call(&read, &asked.checked).await?;
            let blob = new(node, &asked, described, now)?;
            lay_down(node, &asked.checked, &blob).await?;
            let asked = asked.map(|uploaded| Deposited { uploaded, blob });
            carry_out::<R, Deposited<C>, H>(node, caller, asked, &self.handle).await
        })
    }
}

fn new<C>(
    node: &Node,
    asked: &Asked<Uploaded<C>>,
    described: Described,
    now: Millis,
) -> Result<New, Refused> {
    let Described { subject, media_type, is_alone } = described;
    let owner = is_alone.then(|| node.fresh_id(now)).transpose()?.map(|id| id.0);
    let Uploaded { sha256, size_bytes, .. } = *asked.checked;
    Ok(New { institution: node.institution.id, subject, owner, sha256, size_bytes, media_type })
}

/// Some chunks a transaction. Whoever is cut off here begins again with the same blob.
async fn lay_down<C>(node: &Node, uploaded: &Uploaded<C>, blob: &New) -> Result<(), Refused> {
    let (new, now) = (blob.clone(), node.clock.now());
    if !node.store.transact(async move |conn: Conn| blobs::begin(&conn, &new, now).await).await? {
        return Ok(());
    }
    let step = CHUNKS_AT_ONCE * CHUNK_BYTES;
    for (round, at) in (0..blob.size_bytes).step_by(step).enumerate() {
        let (new, first) = (blob.clone(), (round * CHUNKS_AT_ONCE) as u64);
        let bytes = Arc::new(uploaded.read(at, step).await?);
        let work = async move |conn: Conn| {
            let chunks: Vec<&[u8]> = bytes.chunks(CHUNK_BYTES).collect();
            blobs::write(&conn, &new, first, &chunks).await
        };
        node.store.transact(work).await?;
    }
    Ok(())
}
