//! ListImportRows: what became of the entries of an archive.

use hei_proto::hei::credentials::v1::{ListImportRowsRequest, ListImportRowsResponse};
use hei_store::page;
use hei_use_case::{Failed, OPERATIONS, Read};
use hei_values::{Id, Violations, name};

use crate::limits;
use crate::technical::tables::import_rows;

/// Whose rows, and how many.
pub struct Checked {
    operation: Id,
    size: u64,
    token: String,
}

/// Reads name and size.
pub fn check(request: ListImportRowsRequest) -> Result<Checked, Violations> {
    let mut faults = Violations::default();
    let operation = faults.take(name::id("parent", OPERATIONS, &request.parent));
    let (usual, most) = (limits::PAGE_SIZE_DEFAULT, limits::PAGE_SIZE_MAX);
    let size = faults.take(page::size(request.page_size, usual, most));
    let (operation, size) = faults.or(operation.zip(size))?;
    Ok(Checked { operation, size, token: request.page_token })
}

/// Reads a page.
pub async fn handle(read: &Read, it: &Checked) -> Result<ListImportRowsResponse, Failed> {
    read.operation(it.operation).await?;
    let bound = it.operation.0.as_bytes();
    let place = read.page_place(&it.token, bound)?;
    let after = place.and_then(|bytes| bytes.try_into().ok()).map(i64::from_be_bytes);
    let limit = it.size.saturating_add(1);
    let mut rows = import_rows::after(read, it.operation, after, limit).await?;
    let more = rows.len() as u64 > it.size;
    rows.truncate(usize::try_from(it.size).unwrap_or(usize::MAX));
    let last = rows.last().filter(|_| more).map(|row| row.entry.to_be_bytes());
    Ok(ListImportRowsResponse { next_page_token: read.page_token(last, bound), rows })
}
