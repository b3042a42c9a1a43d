//! Messages from peers and answers to our own: the same pair of functions as an
//! RPC, `check` before the transaction and `handle` inside of it.

use std::any::Any;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use hei_proto::{Kind, text};
use hei_store::Failed;
use hei_values::{Code, Refused, Violations};
use prost::bytes::Bytes;

use crate::handler::without_nul;
use crate::{Call, Handle};

/// What a check gave, without its type.
pub(crate) type Checked = Arc<dyn Any + Send + Sync>;
type Check = dyn Fn(&Bytes) -> Result<Checked, Refused> + Send + Sync;
type Take =
    dyn for<'a> Fn(&'a mut Call, Checked) -> BoxFuture<'a, Result<Bytes, Failed>> + Send + Sync;
type Learn =
    dyn for<'a> Fn(&'a mut Call, Checked) -> BoxFuture<'a, Result<(), Failed>> + Send + Sync;

/// A kind of message that a use case takes.
#[derive(Clone)]
pub struct Received {
    /// Its name.
    pub kind: &'static str,
    /// Its version.
    pub version: u32,
    /// The claim without which a node does not take it.
    pub claim: Option<&'static str>,
    pub(crate) check: Arc<Check>,
    pub(crate) take: Arc<Take>,
}

/// A kind of message whose answer a use case wants to know.
#[derive(Clone)]
pub struct Answered {
    /// The kind that was sent.
    pub kind: &'static str,
    /// In which version.
    pub version: u32,
    pub(crate) read: Arc<Check>,
    pub(crate) learn: Arc<Learn>,
}

/// Takes messages of kind `K`: its answer travels with the receipt.
pub fn received<K, C, F, H>(check: F, handle: H) -> Received
where
    K: Kind,
    C: Send + Sync + 'static,
    F: Fn(K) -> Result<C, Violations> + Send + Sync + 'static,
    H: for<'a> Handle<&'a mut Call, &'a C, K::Answer>,
{
    let decode = move |payload: &Bytes| {
        let message = K::decode(payload.clone()).map_err(|e| malformed(K::NAME, &e))?;
        without_nul(text::nul_in_kind(K::NAME, K::VERSION, payload))?;
        Ok(Arc::new(check(message)?) as Checked)
    };
    Received {
        kind: K::NAME,
        version: K::VERSION,
        claim: None,
        check: Arc::new(decode),
        take: taking(move |call, checked| boxed_take::<K, C, H>(handle.clone(), call, checked)),
    }
}

// The future borrows the call. A closure says so only where it is passed to somebody
// who expects it, hence these two.
fn taking(
    take: impl for<'a> Fn(&'a mut Call, Checked) -> BoxFuture<'a, Result<Bytes, Failed>>
    + Send
    + Sync
    + 'static,
) -> Arc<Take> {
    Arc::new(take)
}

fn learning(
    learn: impl for<'a> Fn(&'a mut Call, Checked) -> BoxFuture<'a, Result<(), Failed>>
    + Send
    + Sync
    + 'static,
) -> Arc<Learn> {
    Arc::new(learn)
}

fn boxed_take<K, C, H>(
    handle: H,
    call: &mut Call,
    checked: Checked,
) -> BoxFuture<'_, Result<Bytes, Failed>>
where
    K: Kind,
    C: Send + Sync + 'static,
    H: for<'a> Handle<&'a mut Call, &'a C, K::Answer>,
{
    Box::pin(async move {
        let checked = typed::<C>(checked)?;
        let answer = handle.call(call, &checked).await?;
        Ok(prost::Message::encode_to_vec(&answer).into())
    })
}

/// Learns what a peer answered to a message of kind `K`.
pub fn answered<K, H>(handle: H) -> Answered
where
    K: Kind,
    H: for<'a> Handle<&'a mut Call, &'a K::Answer, ()>,
{
    let read = |answer: &Bytes| {
        let answer = <K::Answer as prost::Message>::decode(answer.clone());
        Ok(Arc::new(answer.map_err(|e| malformed(K::NAME, &e))?) as Checked)
    };
    Answered {
        kind: K::NAME,
        version: K::VERSION,
        read: Arc::new(read),
        learn: learning(move |call, answer| boxed_learn::<K, H>(handle.clone(), call, answer)),
    }
}

fn boxed_learn<K, H>(
    handle: H,
    call: &mut Call,
    answer: Checked,
) -> BoxFuture<'_, Result<(), Failed>>
where
    K: Kind,
    H: for<'a> Handle<&'a mut Call, &'a K::Answer, ()>,
{
    Box::pin(async move {
        let answer = typed::<K::Answer>(answer)?;
        handle.call(call, &answer).await
    })
}

fn typed<T: Send + Sync + 'static>(checked: Checked) -> Result<Arc<T>, Failed> {
    let other = || Refused::internal("a message was checked by another kind's check");
    checked.downcast().map_err(|_| other().into())
}

fn malformed(kind: &str, error: &prost::DecodeError) -> Refused {
    let told = format!("the payload is no {kind}: {error}");
    Refused::new(Code::InvalidArgument, "MALFORMED", told)
}
