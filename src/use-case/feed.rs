//! A method that answers until its caller has enough: it reads, sends, waits for the
//! next commit and reads anew. Between two sends it holds nothing, and a caller that
//! goes takes it along.

use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use futures_util::{Stream, StreamExt as _};
use hei_messaging::peers;
use hei_proto::Access;
use hei_store::Failed;
use hei_values::{Code, Principal, Refused, Violations};
use prost::bytes::Bytes;
use tokio::sync::{mpsc, watch};

use crate::handler::{ask, decode, release};
use crate::run::{Fed, RunFeed, Runs};
use crate::{Handle, Handler, Node, Read};

/// A running feed: all that a query may, again and again.
pub struct Feed<A> {
    read: Read,
    access: Access,
    commits: watch::Receiver<u64>,
    answers: mpsc::Sender<Bytes>,
    answer: PhantomData<fn(A)>,
}

impl<A> Deref for Feed<A> {
    type Target = Read;

    fn deref(&self) -> &Read {
        &self.read
    }
}

impl<A: prost::Message> Feed<A> {
    /// Sends an answer once the caller has taken the one before. What a peer was shown
    /// for it is disclosed first.
    ///
    /// # Errors
    /// What the disclosure refuses.
    pub async fn send(&mut self, answer: A) -> Result<(), Failed> {
        release(&self.read, &self.access).await?;
        self.read.forget_seen();
        // Nobody takes it: then nobody polls this any more either.
        self.answers.send(answer.encode_to_vec().into()).await.map_err(|_| ended().into())
    }

    /// Waits until something was committed since the last time, and reads anew from then.
    ///
    /// # Errors
    /// PEER_SUSPENDED and the like for a peer that is trusted no more.
    pub async fn again(&mut self) -> Result<(), Failed> {
        self.commits.changed().await.map_err(|_| ended())?;
        self.begin().await
    }

    async fn begin(&mut self) -> Result<(), Failed> {
        self.read.now = self.read.node.clock.now();
        if let Some(peer) = &self.read.caller.peer {
            peers::must_be_active(self.read.conn(), self.read.desk(), peer).await?;
        }
        Ok(())
    }
}

fn ended() -> Refused {
    Refused::new(Code::Unavailable, "SHUTTING_DOWN", "the feed has ended: ask again")
}

/// A method that answers until its caller has enough.
pub fn feed<R, C, K, H>(check: K, handle: H) -> Handler
where
    R: hei_proto::Feed,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    H: for<'a> Handle<&'a mut Feed<R::Answer>, &'a C, ()>,
{
    let feeding = Feeding { check, handle, types: PhantomData };
    Handler::running::<R>(Runs::Feed(Arc::new(feeding)))
}

struct Feeding<R, C, K, H> {
    check: K,
    handle: H,
    types: PhantomData<fn(R) -> C>,
}

impl<R, C, K, H> RunFeed for Feeding<R, C, K, H>
where
    R: hei_proto::Feed,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    H: for<'a> Handle<&'a mut Feed<R::Answer>, &'a C, ()>,
{
    fn run<'a>(&'a self, node: &'a Arc<Node>, caller: &'a Principal, request: Bytes) -> Fed<'a> {
        Box::pin(async move {
            let asked = ask(decode::<R>(request)?, &self.check)?;
            // Before the first read, so that no commit after it is missed.
            let commits = node.store.commits();
            let read = asked.read::<R>(node.store.reader(), node, node.clock.now(), caller);
            let (answers, taken) = mpsc::channel(1);
            let answer = PhantomData;
            let mut feed = Feed { read, access: R::ACCESS, commits, answers, answer };
            feed.begin().await?;
            let (handle, checked) = (self.handle.clone(), asked.checked);
            let working = async move { handle.call(&mut feed, &checked).await };
            Ok(Answers { working: Some(Box::pin(working)), taken, failed: None }.boxed())
        })
    }
}

/// A feed's work and its answers as one stream: no task of its own outlives the caller.
struct Answers {
    working: Option<BoxFuture<'static, Result<(), Failed>>>,
    taken: mpsc::Receiver<Bytes>,
    failed: Option<Refused>,
}

impl Stream for Answers {
    type Item = Result<Bytes, Refused>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(Poll::Ready(done)) = self.working.as_mut().map(|work| work.as_mut().poll(cx)) {
            self.working = None;
            self.failed = done.err().map(Refused::from);
        }
        // What was sent goes before how it ended; the channel ends with the work.
        match self.taken.poll_recv(cx) {
            Poll::Ready(Some(answer)) => Poll::Ready(Some(Ok(answer))),
            Poll::Ready(None) => Poll::Ready(self.failed.take().map(Err)),
            Poll::Pending => Poll::Pending,
        }
    }
}
