//! The maxima of use case 6, each with its reason.

/// Rows of a page where the caller names no size: a screen of a registrar.
pub const PAGE_SIZE_DEFAULT: u32 = 50;
/// The most rows of a page: what a program asks for at once.
pub const PAGE_SIZE_MAX: u32 = 200;
/// Bodies that award what one credential claims. Each has a record of its own, with the
/// learner and the attachments in it; the largest joint degrees have some ten.
pub const BODIES_MAX: usize = 32;
/// Bytes of attachments in one document unless configured otherwise: a scanned diploma
/// supplement with its annexes fits; ten such requests at once still fit into memory.
pub const ATTACHMENT_BYTES_DEFAULT: u64 = 10 * 1024 * 1024;
/// Entries of an archive that one transaction imports: on SQLite the calls of the campus wait
/// for so many, and the index of the archive is read anew for each of these steps.
pub const STEP_ROWS_MAX: u64 = 16;
/// Bytes of entries after which a step ends: a step must be shorter than its lease.
pub const STEP_BYTES_ENOUGH: usize = 4 * 1024 * 1024;
/// Places of faults in a row of an import: the document itself has the others.
pub const ROW_FIELDS_MAX: usize = 20;
