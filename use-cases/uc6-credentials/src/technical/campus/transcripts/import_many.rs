//! ImportTranscripts: an archive of documents becomes records, as a job.

use hei_proto::google::longrunning::Operation;
use hei_proto::hei::credentials::v1::ImportTranscriptsRequest;
use hei_use_case::{Call, Deposited, Described, Failed, Read};
use hei_values::Violations;

use crate::technical::importing::{Argument, JOB};

/// Whether it is a rehearsal.
pub struct Checked {
    validate_only: bool,
}

/// Whatever comes is looked at by the job.
pub fn check(request: ImportTranscriptsRequest) -> Result<Checked, Violations> {
    Ok(Checked { validate_only: request.validate_only })
}

/// It is about many persons, lies for this job alone and goes with its end.
pub async fn describe(_: &Read, _: &Checked) -> Result<Described, Failed> {
    Ok(Described { subject: None, media_type: "application/zip".to_owned(), is_alone: true })
}

/// Begins the job.
pub async fn handle(call: &mut Call, it: &Deposited<Checked>) -> Result<Operation, Failed> {
    let argument = Argument::new(&it.place(), it.size_bytes, it.validate_only).encoded()?;
    let name = call.begin(JOB, &argument, None).await?;
    Ok(Operation { name, ..Operation::default() })
}
