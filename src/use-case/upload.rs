//! A method that takes many messages and answers once: the first says what comes and is
//! checked before anything else is read; the chunks go into a file; then it is a command.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use futures_util::StreamExt as _;
use hei_proto::{Rpc, Upload};
use hei_values::{Code, Principal, Refused, Violation, Violations};
use prost::bytes::Bytes;

use crate::handler::{Asked, ask, carry_out, decode};
use crate::run::{Messages, RunUpload, Runs, Served};
use crate::spool::Spooled;
use crate::{Call, Handle, Handler, Node};

/// What was checked, and the bytes that came.
pub struct Uploaded<C> {
    checked: Arc<C>,
    spooled: Spooled,
    /// How many bytes came.
    pub size_bytes: u64,
    /// Their SHA-256.
    pub sha256: [u8; 32],
}

impl<C> Deref for Uploaded<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.checked
    }
}

impl<C> Uploaded<C> {
    /// At most `length` bytes from `at` on; none at the end.
    ///
    /// # Errors
    /// INTERNAL if the file cannot be read.
    pub async fn read(&self, at: u64, length: usize) -> Result<Vec<u8>, Refused> {
        let left = usize::try_from(self.size_bytes.saturating_sub(at)).unwrap_or(usize::MAX);
        self.spooled.read(at, length.min(left)).await
    }
}

/// A method that takes a file and changes something.
pub fn upload<R, C, K, H>(check: K, handle: H) -> Handler
where
    R: Upload,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    H: for<'a> Handle<&'a mut Call, &'a Uploaded<C>, R::Answer>,
{
    let uploading = Uploading { check, handle, types: PhantomData };
    Handler::running::<R>(Runs::Upload(Arc::new(uploading)))
}

struct Uploading<R, C, K, H> {
    check: K,
    handle: H,
    types: PhantomData<fn(R) -> C>,
}

impl<R, C, K, H> RunUpload for Uploading<R, C, K, H>
where
    R: Upload,
    C: Send + Sync + 'static,
    K: Fn(R) -> Result<C, Violations> + Send + Sync + 'static,
    H: for<'a> Handle<&'a mut Call, &'a Uploaded<C>, R::Answer>,
{
    fn run<'a>(
        &'a self,
        node: &'a Arc<Node>,
        caller: &'a Principal,
        messages: Messages,
    ) -> Served<'a> {
        Box::pin(async move {
            let asked = take_in::<R, C>(node, messages, &self.check).await?;
            carry_out::<R, Uploaded<C>, H>(node, caller, asked, &self.handle).await
        })
    }
}

/// Reads everything, as far as it is as the first message said and as the contract allows.
pub(crate) async fn take_in<R: Upload, C>(
    node: &Node,
    mut messages: Messages,
    check: impl Fn(R) -> Result<C, Violations>,
) -> Result<Asked<Uploaded<C>>, Refused> {
    let first = messages.next().await.ok_or_else(nothing_came::<R>)??;
    let mut first = decode::<R>(first)?;
    let chunk = first.take_chunk();
    let declared = declared::<R>(first.size_bytes())?;
    let mut asked = ask(first, check)?;
    let mut coming = Coming {
        path: R::PATH,
        bytes_max: u64::from(R::ACCESS.request_bytes_max),
        so_far: 0,
        digest: Context::new(&SHA256),
        spooled: node.spool.file(node.fresh_id(node.clock.now())?).await?,
    };
    coming.take(chunk).await?;
    while let Some(message) = messages.next().await {
        let mut message = decode::<R>(message?)?;
        coming.take(message.take_chunk()).await?;
        if message.encoded_len() > 0 {
            return Err(says_more::<R>());
        }
    }
    let Coming { so_far: size_bytes, digest, spooled, .. } = coming;
    if declared.is_some_and(|declared| declared != size_bytes) {
        return Err(another_size(size_bytes).into());
    }
    let sha256 = digest.finish().as_ref().try_into().unwrap_or([0; 32]);
    if let Some(repeat) = &mut asked.repeat {
        repeat.with_content(&sha256);
    }
    Ok(asked.map(|checked| Uploaded { checked, spooled, size_bytes, sha256 }))
}

/// What has come so far.
struct Coming {
    path: &'static str,
    bytes_max: u64,
    so_far: u64,
    digest: Context,
    spooled: Spooled,
}

impl Coming {
    async fn take(&mut self, chunk: Bytes) -> Result<(), Refused> {
        self.so_far += chunk.len() as u64;
        if self.so_far > self.bytes_max {
            return Err(too_large(self.path, self.bytes_max));
        }
        self.digest.update(&chunk);
        self.spooled.append(chunk).await
    }
}

/// The size that the first message tells, refused before anything of it is read.
fn declared<R: Rpc>(size_bytes: i64) -> Result<Option<u64>, Refused> {
    let bytes_max = u64::from(R::ACCESS.request_bytes_max);
    match u64::try_from(size_bytes) {
        Err(_) => {
            let told = "is a number of bytes, or 0 where it is not known";
            Err(Violation::new("size_bytes", "OUT_OF_RANGE", told).into())
        }
        Ok(0) => Ok(None),
        Ok(size) if size > bytes_max => Err(too_large(R::PATH, bytes_max)),
        Ok(size) => Ok(Some(size)),
    }
}

fn too_large(path: &str, bytes_max: u64) -> Refused {
    let told =
        format!("{path} takes at most {bytes_max} bytes (max_request_bytes in the contract)");
    Refused::new(Code::ResourceExhausted, "TOO_LARGE", told)
        .with("limit", "max_request_bytes")
        .with("limit_bytes", bytes_max)
}

fn another_size(came: u64) -> Violation {
    let told = format!("{came} bytes came: the upload was cut off, or the size is wrong");
    Violation::new("size_bytes", "SIZE_MISMATCH", told)
}

fn nothing_came<R: Rpc>() -> Refused {
    let told = format!("{} begins with a message that says what comes", R::PATH);
    Refused::new(Code::InvalidArgument, "MALFORMED", told)
}

fn says_more<R: Rpc>() -> Refused {
    let told = format!("only the first message of {} says more than a chunk", R::PATH);
    Refused::new(Code::InvalidArgument, "MALFORMED", told)
}
