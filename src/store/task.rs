//! Work that ends, whether or not its caller waits for it.

use std::future::Future;

use hei_values::{Code, Refused};
use tracing::Instrument as _;

tokio::task_local! {
    /// Set while a task is inside of a transaction.
    static INSIDE: ();
}

/// Whether the running task is inside of a transaction.
pub(crate) fn is_inside() -> bool {
    INSIDE.try_with(|()| ()).is_ok()
}

/// Runs work in a task of its own: a caller that goes away, such as a broken
/// connection, cannot cut a transaction in two.
///
/// # Errors
/// What the work answers; UNAVAILABLE/SHUTTING_DOWN if the process ends first.
pub(crate) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refused>> + Send + 'static,
) -> Result<T, Refused> {
    // The only bare spawn of this crate; the caller awaits it while it is there.
    #[allow(clippy::disallowed_methods)]
    let task = tokio::spawn(INSIDE.scope((), work).in_current_span());
    match task.await {
        Ok(done) => done,
        Err(ended) if ended.is_panic() => Err(Refused::internal("the store panicked")),
        Err(_) => {
            Err(Refused::new(Code::Unavailable, "SHUTTING_DOWN", "the node is stopping: repeat"))
        }
    }
}
