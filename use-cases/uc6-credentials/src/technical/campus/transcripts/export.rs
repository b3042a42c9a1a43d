//! ExportTranscript: a record as a document of the field, or the bytes that came in.

use hei_proto::hei::credentials::v1::{ExportTranscriptRequest, ExportTranscriptResponse, Format};
use hei_use_case::{Failed, Read};
use hei_values::{Id, Mapped, Violation, Violations, name};

use crate::semantic::elmo;
use crate::technical::record;
use crate::technical::tables::{documents, transcripts};

/// The record and the form that are asked for.
pub struct Checked {
    id: Id,
    format: Format,
    limits: hei_elmo::Limits,
}

/// Reads name and form.
pub fn check(
    request: ExportTranscriptRequest,
    limits: &hei_elmo::Limits,
) -> Result<Checked, Violations> {
    let mut faults = Violations::default();
    let id = faults.take(name::id("name", "transcripts", &request.name));
    let format = faults.take(format(request.format));
    let (id, format) = faults.or(id.zip(format))?;
    Ok(Checked { id, format, limits: *limits })
}

fn format(number: i32) -> Result<Format, Violation> {
    match Format::try_from(number) {
        Ok(Format::Unspecified) => Err(Violation::missing("format")),
        Ok(known) => Ok(known),
        Err(_) => {
            let told = format!("{number} is no format: 1 is ELMO, 2 the source");
            Err(Violation::new("format", "CODE_UNKNOWN", told))
        }
    }
}

/// Writes the document.
pub async fn handle(read: &Read, it: &Checked) -> Result<ExportTranscriptResponse, Failed> {
    let row = transcripts::find(read, it.id).await?;
    let document = documents::of(read, &row).await?;
    if it.format == Format::Source {
        let media_type = "application/octet-stream".to_owned();
        let document = document.bytes.into();
        return Ok(ExportTranscriptResponse { document, media_type, losses: Vec::new() });
    }
    let Mapped { value, lost } = elmo::to_elmo(&record::whole(&document, &it.limits)?);
    Ok(ExportTranscriptResponse {
        document: hei_elmo::write(&value).into(),
        media_type: "application/xml".to_owned(),
        losses: lost,
    })
}
