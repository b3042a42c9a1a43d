//! A job of the laboratory: it makes a person a step, as many as it is told.

use hei_store::subjects;
use hei_testkit::counts::{CountRequest, CountResponse};
use hei_use_case::{Call, Failed, Running, Step, UseCase, command, job};
use hei_values::{Code, Refused, Violations};
use prost::Message as _;

const JOB: &str = "lab.count";

/// What begins it, and the job.
pub fn use_case() -> UseCase {
    UseCase {
        name: "lab-counts",
        campus: vec![command(check, begin)],
        jobs: vec![job(JOB, count).answers("hei.lab.v1.CountResponse")],
        ..UseCase::default()
    }
}

fn check(request: CountRequest) -> Result<CountRequest, Violations> {
    Ok(request)
}

async fn begin(call: &mut Call, it: &CountRequest) -> Result<CountResponse, Failed> {
    let operation = call.begin(JOB, &it.encode_to_vec(), None).await?;
    Ok(CountResponse { operation })
}

async fn count(call: &mut Call, it: &Running) -> Result<Step, Failed> {
    let asked = CountRequest::decode(it.argument.clone());
    let asked = asked.map_err(|e| Refused::internal(format!("the argument: {e}")))?;
    if asked.refused_after > 0 && it.done == asked.refused_after {
        let told = "the laboratory counts no further";
        return Err(Refused::new(Code::FailedPrecondition, "LABORATORY", told).into());
    }
    let (id, key) = (call.fresh_id()?, subjects::fresh_key()?);
    subjects::create(call.conn(), call.institution().id, id.0, key, &[], call.now()).await?;
    let done = it.done + 1;
    if done == asked.to {
        let answer = CountResponse { operation: it.name.clone() };
        return Ok(Step::Done(answer.encode_to_vec().into()));
    }
    let at = (asked.pause_ms > 0).then(|| call.now().plus(asked.pause_ms));
    let cursor = done.to_be_bytes().to_vec().into();
    Ok(Step::Again { cursor, done, total: asked.to, at })
}
