//! What the node forgets by itself. Each sweep is one row for all processes of a node.
//! A process sweeps by itself only what it alone has in memory (src/messaging/sender).

use hei_messaging::inbox;
use hei_store::{blobs, feed, idempotency, jobs};
use hei_use_case::{Call, Failed, Job, Running, Step, job, rights};

/// How often.
const HOUR_MS: i64 = 3_600_000;
/// How long a job that has ended can be asked for.
const ENDED_JOBS_MS: i64 = 30 * 24 * HOUR_MS;

/// The sweeps.
pub fn all() -> Vec<Job> {
    vec![
        job("node.sweep-answers", answers).every(HOUR_MS),
        job("node.sweep-inbox", inbox).every(HOUR_MS),
        job("node.sweep-jobs", ended_jobs).every(HOUR_MS),
        job("node.sweep-changes", changes).every(HOUR_MS),
        job("node.sweep-blobs", unfinished_blobs).every(HOUR_MS),
        job("node.sweep-retention", retention).every(HOUR_MS),
    ]
}

/// Answers to requests that may not be repeated any more.
async fn answers(call: &mut Call, _: &Running) -> Result<Step, Failed> {
    idempotency::sweep(call.conn(), call.institution().id, call.now()).await?;
    Ok(Step::Done(Default::default()))
}

/// Messages so old that a repeat of them is refused.
async fn inbox(call: &mut Call, _: &Running) -> Result<Step, Failed> {
    inbox::sweep(call.conn(), call.institution().id, call.now()).await?;
    Ok(Step::Done(Default::default()))
}

/// A few chunks a step, so that nobody waits for many.
async fn unfinished_blobs(call: &mut Call, it: &Running) -> Result<Step, Failed> {
    match blobs::sweep(call.conn(), call.institution().id, call.now()).await? {
        true => {
            Ok(Step::Again { cursor: Default::default(), done: it.done + 1, total: 0, at: None })
        }
        false => Ok(Step::Done(Default::default())),
    }
}

/// What has come to its date, a batch a step.
async fn retention(call: &mut Call, it: &Running) -> Result<Step, Failed> {
    match rights::retention::sweep(call).await? {
        0 => Ok(Step::Done(Default::default())),
        gone => {
            Ok(Step::Again { cursor: Default::default(), done: it.done + gone, total: 0, at: None })
        }
    }
}

async fn ended_jobs(call: &mut Call, _: &Running) -> Result<Step, Failed> {
    let before = call.now().plus(-ENDED_JOBS_MS);
    jobs::sweep(call.conn(), call.institution().id, before).await?;
    Ok(Step::Done(Default::default()))
}

/// Changes that no reader may ask for any more, as many at once as one
/// transaction can hold.
async fn changes(call: &mut Call, it: &Running) -> Result<Step, Failed> {
    match feed::sweep(call.conn(), call.institution().id, call.now()).await? {
        0 => Ok(Step::Done(Default::default())),
        swept => Ok(Step::Again {
            cursor: Default::default(),
            done: it.done + swept,
            total: 0,
            at: None,
        }),
    }
}
