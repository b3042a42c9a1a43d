//! A connection with a peer, which knows whose it is and ends when that changes.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::Standing;

/// A TLS stream of either end. Reads and writes fail with `ConnectionAborted`
/// from the moment at which the standing of the other side changes.
pub struct PeerStream<S> {
    tls: S,
    standing: Standing,
    reads: End,
    writes: End,
}

/// Each direction waits by its own future, since a future wakes only the task
/// that asked last, and reader and writer may be two.
struct End(Pin<Box<WaitForCancellationFutureOwned>>);

impl<S> PeerStream<S> {
    pub(super) fn new(tls: S, standing: Standing, ended: CancellationToken) -> Self {
        let end = |token: CancellationToken| End(Box::pin(token.cancelled_owned()));
        Self { tls, standing, reads: end(ended.clone()), writes: end(ended) }
    }

    /// What the other side was to us when the connection was made, and still is:
    /// else the connection has ended.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The stream inside, for what rustls knows of it.
    pub fn tls(&self) -> &S {
        &self.tls
    }
}

impl End {
    /// `Err` once the standing changed; else the task is woken when it does.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.0.as_mut().poll(cx) {
            Poll::Pending => Ok(()),
            Poll::Ready(()) => Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                "the standing of the peer has changed",
            )),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for PeerStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.reads.check(cx)?;
        Pin::new(&mut this.tls).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for PeerStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.writes.check(cx)?;
        Pin::new(&mut this.tls).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.writes.check(cx)?;
        Pin::new(&mut this.tls).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.tls.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.writes.check(cx)?;
        Pin::new(&mut this.tls).poll_flush(cx)
    }

    /// Not held up by the end: closing is what it asks for.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tls).poll_shutdown(cx)
    }
}
