//! ExportSubject: everything that is held about a person.

use hei_proto::hei::node::v1::{ExportSubjectRequest, ExportSubjectResponse, Piece};
use hei_use_case::rights::{self, Part};
use hei_use_case::{Failed, Read};
use hei_values::{Id, Violations, name};

/// The page that is asked for.
pub struct Checked {
    id: Id,
    token: String,
}

/// Reads the name.
pub fn check(request: ExportSubjectRequest) -> Result<Checked, Violations> {
    let id = name::id("name", "subjects", &request.name)?;
    Ok(Checked { id, token: request.page_token })
}

/// Collects a page.
pub async fn handle(read: &Read, it: &Checked) -> Result<ExportSubjectResponse, Failed> {
    let row = rights::find(read, it.id).await?;
    let (parts, next_page_token) = rights::page(read, &row, &it.token).await?;
    Ok(ExportSubjectResponse { pieces: parts.into_iter().map(piece).collect(), next_page_token })
}

fn piece(part: Part) -> Piece {
    let Part { name, media_type, bytes, offset_bytes, size_bytes } = part;
    Piece { name, media_type, content: bytes, offset_bytes, size_bytes }
}
