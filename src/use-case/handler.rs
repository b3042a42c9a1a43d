//! The one shape of a handler: a pure `check` before the transaction, and a
//! `handle` inside of it. What nobody may forget (role, purpose, idempotency,
//! disclosure of a peer's reads) happens here, once for every method.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use hei_messaging::peers;
use hei_proto::{Access, Rpc, Shape, Unary, text};
use hei_store::{Failed, idempotency};
use hei_values::{Code, Disclosure, Principal, Purpose, Refused, Violation, Violations, purpose};
use prost::bytes::Bytes;
use sea_orm::prelude::Uuid;

use crate::rights::must_not_be_restricted;
use crate::run::{Messages, Run, Runs, Served};
use crate::{Call, Node, Read};

/// A method with its handler, over bytes.
#[derive(Clone)]
pub struct Handler {
    /// "/package.Service/Method".
    pub path: &'static str,
    /// Who may call.
    pub access: Access,
    /// The claim that it belongs to; every node of the use case has it without one.
    pub claim: Option<&'static str>,
    /// Whether this node makes that claim.
    pub is_offered: bool,
    pub(crate) runs: Runs,
}

/// An async function of two arguments whose future can be sent between threads.
pub trait Handle<D, C, A>: Clone + Send + Sync + 'static {
    /// What it gives.
    type Answer: Future<Output = Result<A, Failed>> + Send;
    /// Calls it.
    fn call(&self, door: D, checked: C) -> Self::Answer;
}

impl<F, Fut, D, C, A> Handle<D, C, A> for F
where
    F: Fn(D, C) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<A, Failed>> + Send,
{
    type Answer = Fut;

    fn call(&self, door: D, checked: C) -> Fut {
        self(door, checked)
    }
}

impl Handler {
    /// How many messages come and go.
    pub fn shape(&self) -> Shape {
        match self.runs {
            Runs::Unary(_) => Shape::Unary,
            Runs::Feed(_) => Shape::Feed,
            Runs::Upload(_) => Shape::Upload,
        }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// PERMISSION_DENIED/SCOPE_MISSING without the role; FIELD_MISSING without a
    /// purpose; MALFORMED for bytes that are no such message; what the handler refuses.
    pub async fn serve(
        &self,
        node: &Arc<Node>,
        caller: &Principal,
        request: Bytes,
    ) -> Result<Bytes, Refused> {
        self.admit(caller)?;
        match &self.runs {
            Runs::Unary(run) => run.run(node, caller, request).await,
            _ => Err(self.other_shape()),
        }
    }

    /// Begins to answer a request. The answers end when nobody takes them any more.
    ///
    /// # Errors
    /// Those of `serve`.
    pub async fn feed(
        &self,
        node: &Arc<Node>,
        caller: &Principal,
        request: Bytes,
    ) -> Result<Messages, Refused> {
        self.admit(caller)?;
        match &self.runs {
            Runs::Feed(run) => run.run(node, caller, request).await,
            _ => Err(self.other_shape()),
        }
    }

    /// Takes what comes and answers it.
    ///
    /// # Errors
    /// Those of `serve`; TOO_LARGE for more than the contract allows.
    pub async fn upload(
        &self,
        node: &Arc<Node>,
        caller: &Principal,
        messages: Messages,
    ) -> Result<Bytes, Refused> {
        self.admit(caller)?;
        match &self.runs {
            Runs::Upload(run) => run.run(node, caller, messages).await,
            _ => Err(self.other_shape()),
        }
    }

    fn admit(&self, caller: &Principal) -> Result<(), Refused> {
        match caller.is_any_of(self.access.roles) {
            true => self.must_be_offered(),
            false => Err(scope_missing(self.path, &self.access)),
        }
    }

    fn other_shape(&self) -> Refused {
        Refused::internal(format!("{} has another shape", self.path))
    }

    /// A unary one, and `after` once it has done something, before it answers: for what
    /// the process keeps in memory and must not keep as it was.
    #[must_use]
    pub fn then<F, Fut>(self, after: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Refused>> + Send + 'static,
    {
        let runs = match self.runs {
            Runs::Unary(run) => Runs::Unary(Arc::new(Then { run, after })),
            stream => stream,
        };
        Self { runs, ..self }
    }

    pub(crate) fn new<R: Unary>(run: impl Run) -> Self {
        Self::running::<R>(Runs::Unary(Arc::new(run)))
    }

    pub(crate) fn running<R: Rpc>(runs: Runs) -> Self {
        Self { path: R::PATH, access: R::ACCESS, claim: None, is_offered: true, runs }
    }
}

fn scope_missing(path: &str, access: &Access) -> Refused {
    let roles: Vec<&str> = access.roles.iter().map(|r| r.as_str_name()).collect();
    let told = format!("{path} needs one of the roles {}", roles.join(", "));
    Refused::new(Code::PermissionDenied, "SCOPE_MISSING", told).with("method", path)
}

/// A method that changes something.
pub fn command<R, C, K, H>(check: K, handle: H) -> Handler
where
    R: Unary,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    H: for<'a> Handle<&'a mut Call, &'a C, R::Answer>,
{
    Handler::new::<R>(Command { check, handle, types: PhantomData })
}

/// A method that only reads.
pub fn query<R, C, K, H>(check: K, handle: H) -> Handler
where
    R: Unary,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    H: for<'a> Handle<&'a Read, &'a C, R::Answer>,
{
    Handler::new::<R>(Query { check, handle, types: PhantomData })
}

/// A command that needs something from outside before its transaction begins.
pub fn errand<R, C, D, K, G, Fut, H>(check: K, fetch: G, handle: H) -> Handler
where
    R: Unary,
    C: Send + Sync + 'static,
    D: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    G: Fn(Arc<C>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<D, Refused>> + Send + 'static,
    H: for<'a> Handle<&'a mut Call, &'a (Arc<C>, D), R::Answer>,
{
    Handler::new::<R>(Errand { check, fetch, handle, types: PhantomData })
}

struct Then<F> {
    run: Arc<dyn Run>,
    after: F,
}

impl<F, Fut> Run for Then<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Refused>> + Send + 'static,
{
    fn run<'a>(&'a self, node: &'a Arc<Node>, caller: &'a Principal, request: Bytes) -> Served<'a> {
        Box::pin(async move {
            let answer = self.run.run(node, caller, request).await?;
            (self.after)().await?;
            Ok(answer)
        })
    }
}

struct Command<R, C, K, H> {
    check: K,
    handle: H,
    types: PhantomData<fn(R) -> C>,
}

struct Errand<R, C, D, K, G, H> {
    check: K,
    fetch: G,
    handle: H,
    types: PhantomData<fn(R) -> (C, D)>,
}

struct Query<R, C, K, H> {
    check: K,
    handle: H,
    types: PhantomData<fn(R) -> C>,
}

/// What is known of a request before its transaction.
pub(crate) struct Asked<C> {
    pub(crate) checked: Arc<C>,
    purpose: Option<Purpose>,
    etag: Option<String>,
    pub(crate) repeat: Option<Repeat>,
}

/// A request that may come again: its key and the digest of its content.
#[derive(Clone)]
pub(crate) struct Repeat {
    request_id: String,
    digest: [u8; 32],
}

impl Repeat {
    /// The key stands for what came after the request as well, however it was cut.
    pub(crate) fn with_content(&mut self, sha256: &[u8; 32]) {
        let both = [self.digest, *sha256].concat();
        self.digest = sha256_of(&both);
    }
}

fn sha256_of(bytes: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, bytes).as_ref().try_into().unwrap_or([0; 32])
}

pub(crate) fn decode<R: Rpc>(bytes: Bytes) -> Result<R, Refused> {
    let request = R::decode(bytes.clone()).map_err(|e| {
        let told = format!("these bytes are no request of {}: {e}", R::PATH);
        Refused::new(Code::InvalidArgument, "MALFORMED", told)
    })?;
    without_nul(text::nul_in_request(R::PATH, &bytes))?;
    Ok(request)
}

/// A text with U+0000 is refused by the name of its field.
pub(crate) fn without_nul(found: Option<String>) -> Result<(), Violation> {
    let told = "has the character U+0000, which is in no text";
    found.map_or(Ok(()), |field| Err(Violation::new(field, "MALFORMED", told)))
}

pub(crate) fn ask<R: Rpc, C>(
    request: R,
    check: impl Fn(R) -> Result<C, Violations>,
) -> Result<Asked<C>, Refused> {
    let mut faults = Violations::default();
    let purpose = match R::ACCESS.personal {
        true => faults.take(purpose::of(request.purpose())),
        false => None,
    };
    let repeat = faults.take(repeat(&request)).flatten();
    let etag = request.etag().map(str::to_owned);
    let checked = match check(request) {
        Ok(checked) => Some(Arc::new(checked)),
        Err(more) => {
            faults.0.extend(more.0);
            None
        }
    };
    let checked = faults.or(checked)?;
    Ok(Asked { checked, purpose, etag, repeat })
}

/// AIP-155. The digest covers the decoded message encoded again with sorted maps:
/// clients may order maps differently when they repeat.
fn repeat<R: Rpc>(request: &R) -> Result<Option<Repeat>, Violation> {
    let Some(request_id) = request.request_id().filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    let told = "a request_id is a UUID of at most 36 characters";
    let bad = || Violation::new("request_id", "BAD_IDENTIFIER", told);
    let id = Uuid::try_parse(request_id).ok().filter(|id| !id.is_nil());
    let id = id.filter(|_| request_id.len() <= 36).ok_or_else(bad)?;
    let digest = sha256_of(&request.encode_to_vec());
    // One key, however it is spelled.
    Ok(Some(Repeat { request_id: id.hyphenated().to_string(), digest }))
}

impl<C> Asked<C> {
    /// The same with what was fetched or came meanwhile.
    pub(crate) fn map<D>(self, checked: impl FnOnce(Arc<C>) -> D) -> Asked<D> {
        let Self { checked: before, purpose, etag, repeat } = self;
        Asked { checked: Arc::new(checked(before)), purpose, etag, repeat }
    }

    pub(crate) fn read<R: Rpc>(
        &self,
        conn: hei_store::Conn,
        node: &Arc<Node>,
        now: hei_values::Millis,
        caller: &Principal,
    ) -> Read {
        let mut read = Read::new(conn, node.clone(), now, caller.clone());
        read.purpose = self.purpose;
        read.method = R::PATH;
        read.keeps = R::ACCESS.serves_rights;
        read.etag = Mutex::new(self.etag.clone());
        read
    }
}

impl<R, C, K, H> Run for Query<R, C, K, H>
where
    R: Unary,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    H: for<'a> Handle<&'a Read, &'a C, R::Answer>,
{
    fn run<'a>(&'a self, node: &'a Arc<Node>, caller: &'a Principal, request: Bytes) -> Served<'a> {
        Box::pin(async move {
            let asked = ask(decode::<R>(request)?, &self.check)?;
            let now = node.clock.now();
            let read = asked.read::<R>(node.store.reader(), node, now, caller);
            if let Some(peer) = &caller.peer {
                peers::must_be_active(read.conn(), read.desk(), peer).await?;
            }
            let answer = self.handle.call(&read, &asked.checked).await?;
            release(&read, &R::ACCESS).await?;
            Ok(prost::Message::encode_to_vec(&answer).into())
        })
    }
}

/// What was read goes to the caller, unless somebody whom it is about has restricted the
/// processing. A peer's read is a disclosure: durable before the answer.
pub(crate) async fn release(read: &Read, access: &Access) -> Result<(), Refused> {
    must_not_be_restricted(read).await?;
    let seen = read.seen();
    if !access.personal || read.caller.peer.is_none() || seen.is_empty() {
        return Ok(());
    }
    let (owner, caller, purpose, now) =
        (read.node.clone(), read.caller.clone(), read.purpose(), read.now);
    let work = async move |conn| {
        let mut call = Call::new(Read::new(conn, owner, now, caller.clone()));
        for (resource, subject) in seen {
            let recipient = caller.client.clone();
            let what = Disclosure { recipient, resource, purpose, channel: "read" };
            call.disclose(&what, subject).await?;
        }
        Ok(())
    };
    read.node.store.transact(work).await
}

impl<R, C, K, H> Run for Command<R, C, K, H>
where
    R: Unary,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    H: for<'a> Handle<&'a mut Call, &'a C, R::Answer>,
{
    fn run<'a>(&'a self, node: &'a Arc<Node>, caller: &'a Principal, request: Bytes) -> Served<'a> {
        Box::pin(async move {
            let asked = ask(decode::<R>(request)?, &self.check)?;
            carry_out::<R, C, H>(node, caller, asked, &self.handle).await
        })
    }
}

impl<R, C, D, K, G, Fut, H> Run for Errand<R, C, D, K, G, H>
where
    R: Unary,
    C: Send + Sync + 'static,
    D: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    G: Fn(Arc<C>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<D, Refused>> + Send,
    H: for<'a> Handle<&'a mut Call, &'a (Arc<C>, D), R::Answer>,
{
    fn run<'a>(&'a self, node: &'a Arc<Node>, caller: &'a Principal, request: Bytes) -> Served<'a> {
        Box::pin(async move {
            let asked = ask(decode::<R>(request)?, &self.check)?;
            let (reader, now) = (node.store.reader(), node.clock.now());
            if let Some(answer) = earlier::<R, C>(&reader, node, caller, &asked, now).await? {
                return Ok(answer);
            }
            let fetched = (self.fetch)(asked.checked.clone()).await?;
            let asked = asked.map(|checked| (checked, fetched));
            carry_out::<R, (Arc<C>, D), H>(node, caller, asked, &self.handle).await
        })
    }
}

/// A command's transaction: the answer that was given before, or a new one.
pub(crate) async fn carry_out<R, C, H>(
    node: &Arc<Node>,
    caller: &Principal,
    asked: Asked<C>,
    handle: &H,
) -> Result<Bytes, Refused>
where
    R: Rpc,
    C: Send + Sync + 'static,
    H: for<'a> Handle<&'a mut Call, &'a C, R::Answer>,
{
    let (owner, caller, handle) = (node.clone(), caller.clone(), handle.clone());
    let asked = Arc::new(asked);
    let now = node.clock.now();
    let rehearsed = Arc::new(Mutex::new(None));
    let rehearsal = rehearsed.clone();
    let work = async move |conn: hei_store::Conn| {
        if let Some(answer) = earlier::<R, C>(&conn, &owner, &caller, &asked, now).await? {
            return Ok(Ok(answer));
        }
        let mut call = Call::new(asked.read::<R>(conn.clone(), &owner, now, &caller));
        let answer = handle.call(&mut call, &asked.checked).await?;
        must_not_be_restricted(&call).await?;
        if let Some(refused) = call.refusal.take() {
            return Ok(Err(refused));
        }
        let bytes: Bytes = prost::Message::encode_to_vec(&answer).into();
        if call.rehearsal {
            *rehearsal.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
            return Err(rolled_back().into());
        }
        remember::<R, C>(&call, &asked, &bytes).await?;
        Ok(Ok(bytes))
    };
    let done = node.store.transact(work).await.flatten();
    let rehearsed = rehearsed.lock().unwrap_or_else(PoisonError::into_inner).take();
    rehearsed.map_or(done, Ok)
}

/// Ends the transaction of a dry run; the caller never sees it.
fn rolled_back() -> Refused {
    Refused::new(Code::Aborted, "REHEARSED", "a dry run changes nothing")
}

pub(crate) async fn earlier<R: Rpc, C>(
    conn: &hei_store::Conn,
    node: &Node,
    caller: &Principal,
    asked: &Asked<C>,
    now: hei_values::Millis,
) -> Result<Option<Bytes>, Failed> {
    let Some(repeat) = &asked.repeat else { return Ok(None) };
    idempotency::find(
        conn,
        node.institution.id,
        &caller.client,
        R::PATH,
        &repeat.request_id,
        &repeat.digest,
        now,
    )
    .await
}

async fn remember<R: Rpc, C>(call: &Call, asked: &Asked<C>, answer: &[u8]) -> Result<(), Failed> {
    let Some(repeat) = &asked.repeat else { return Ok(()) };
    idempotency::keep(
        call.conn(),
        call.institution().id,
        &call.caller().client,
        R::PATH,
        &repeat.request_id,
        &repeat.digest,
        answer,
        call.seen().values().flatten().next().copied(),
        call.now(),
    )
    .await
}
