//! ExportTranscript: a record as a document of the field, or the bytes that came in.

use hei_proto::hei::credentials::v1::{ExportTranscriptRequest, ExportTranscriptResponse, Format};
use hei_use_case::{Failed, Read};
use hei_values::{Id, Violation, Violations, name};

use crate::technical::tables::transcripts;
use crate::technical::written::{self, Writer, Written};

/// The record and the form that are asked for.
pub struct Checked {
    id: Id,
    format: Format,
    writer: Writer,
}

/// Reads name and form.
pub fn check(request: ExportTranscriptRequest, writer: &Writer) -> Result<Checked, Violations> {
    let mut faults = Violations::default();
    let id = faults.take(name::id("name", "transcripts", &request.name));
    let format = faults.take(written::format(request.format).and_then(|it| match it {
        Format::Unspecified => Err(Violation::missing("format")),
        known => Ok(known),
    }));
    let (id, format) = faults.or(id.zip(format))?;
    Ok(Checked { id, format, writer: writer.clone() })
}

/// Writes the document.
pub async fn handle(read: &Read, it: &Checked) -> Result<ExportTranscriptResponse, Failed> {
    let row = transcripts::find(read, it.id).await?;
    let Written { document, media_type, losses } = it.writer.write(read, &row, it.format).await?;
    Ok(ExportTranscriptResponse { document, media_type, losses })
}
