//! Everything that is held about a person (GDPR Art. 15, 20), a page at a time: the
//! tables in order, the rows in order, and within a row as many bytes as fit.

use hei_store::Failed;
use hei_store::blobs::{self, CHUNK_BYTES};
use hei_values::Violation;
use prost::bytes::Bytes;
use sea_orm::prelude::Uuid;

use super::Subject;
use super::data::{Content, Piece};
use crate::Read;

/// Bytes of a page: below the 4 MiB that a gRPC client takes unless told otherwise.
const PAGE_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// A piece, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The resource name of the whole.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// What there is of it.
    pub bytes: Bytes,
    /// Where in the whole it begins.
    pub offset_bytes: u64,
    /// How long the whole is.
    pub size_bytes: u64,
}

/// Where an export goes on: a table, the row after an identifier, and how many bytes of
/// that row were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Place {
    table: u16,
    after: Option<Uuid>,
    given: u64,
}

impl Place {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (table, rest) = bytes.split_first_chunk::<2>()?;
        let (given, after) = rest.split_first_chunk::<8>()?;
        let after = match after.is_empty() {
            true => None,
            false => Some(Uuid::from_slice(after).ok()?),
        };
        let (table, given) = (u16::from_be_bytes(*table), u64::from_be_bytes(*given));
        Some(Self { table, after, given })
    }

    fn bytes(&self) -> Vec<u8> {
        let after = self.after.map(Uuid::into_bytes);
        let after = after.as_ref().map(<[u8; 16]>::as_slice).unwrap_or_default();
        [&self.table.to_be_bytes(), self.given.to_be_bytes().as_slice(), after].concat()
    }
}

/// A page of what is held about a person, and the token of the next.
///
/// # Errors
/// INVALID_ARGUMENT/BAD_PAGE_TOKEN for a token that was not made for this.
pub async fn page(
    read: &Read,
    subject: &Subject,
    token: &str,
) -> Result<(Vec<Part>, String), Failed> {
    let bound = subject.id.as_bytes();
    let place = read.page_place(token, bound)?;
    let bad = || Violation::new("page_token", "BAD_PAGE_TOKEN", "is no place of an export");
    let mut place = match place {
        Some(bytes) => Place::read(&bytes).ok_or_else(bad)?,
        None => Place::default(),
    };
    let (mut parts, mut room) = (Vec::new(), PAGE_BYTES_MAX);
    if subject.erased_at.is_some() {
        return Ok((parts, String::new()));
    }
    let tables = read.node.rights.data.iter().flat_map(|data| data.export);
    for (number, next) in tables.enumerate().skip(place.table.into()) {
        let table = u16::try_from(number).unwrap_or(u16::MAX);
        if table > place.table {
            place = Place { table, after: None, given: 0 };
        }
        while let Some(row) = next(read, subject.id, place.after).await? {
            let sizes: Vec<u64> = row.pieces.iter().map(Piece::size_bytes).collect();
            let cut = cut(&sizes, place.given, room);
            for (index, from, to) in cut.parts {
                let Some(piece) = row.pieces.get(index) else { continue };
                room -= to - from;
                parts.push(part(read, piece, from, to).await?);
            }
            if let Some(given) = cut.given {
                let place = Place { given, ..place };
                return Ok((parts, read.page_token(Some(place.bytes()), bound)));
            }
            place = Place { table, after: Some(row.id), given: 0 };
        }
    }
    Ok((parts, String::new()))
}

/// What of a row's pieces fits.
#[derive(Debug, PartialEq, Eq)]
struct Cut {
    /// Which piece, from which of its bytes to which.
    parts: Vec<(usize, u64, u64)>,
    /// How many bytes of the row are given then, if more are to come.
    given: Option<u64>,
}

/// Cuts what was not given before out of pieces of these sizes.
fn cut(sizes: &[u64], given: u64, mut room: u64) -> Cut {
    let (mut parts, mut skip, mut given) = (Vec::new(), given, given);
    for (index, size) in sizes.iter().copied().enumerate() {
        if skip >= size && skip > 0 {
            skip -= size;
            continue;
        }
        if room == 0 {
            return Cut { parts, given: Some(given) };
        }
        let to = size.min(skip.saturating_add(room));
        parts.push((index, skip, to));
        room -= to - skip;
        given += to - skip;
        if to < size {
            return Cut { parts, given: Some(given) };
        }
        skip = 0;
    }
    Cut { parts, given: None }
}

async fn part(read: &Read, piece: &Piece, from: u64, to: u64) -> Result<Part, Failed> {
    let bytes = match &piece.content {
        Content::Here(bytes) => between(bytes, from, to),
        Content::Blob { place, .. } => {
            let step = CHUNK_BYTES as u64;
            let first = from / step;
            let count = to.div_ceil(step).saturating_sub(first);
            let chunks = blobs::chunks(read.conn(), place, first, count).await?.concat();
            between(&chunks.into(), from - first * step, to - first * step)
        }
    };
    let size_bytes = piece.size_bytes();
    let (name, media_type) = (piece.name.clone(), piece.media_type.clone());
    Ok(Part { name, media_type, bytes, offset_bytes: from, size_bytes })
}

/// Bytes of a piece; fewer if it became shorter meanwhile.
fn between(bytes: &Bytes, from: u64, to: u64) -> Bytes {
    let end = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    bytes.slice(end(from)..end(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_that_does_not_fit_goes_on_where_it_ended() {
        let sizes = [3, 0, 10];
        let first = cut(&sizes, 0, 8);
        assert_eq!(first, Cut { parts: vec![(0, 0, 3), (1, 0, 0), (2, 0, 5)], given: Some(8) });
        let second = cut(&sizes, 8, 8);
        assert_eq!(second, Cut { parts: vec![(2, 5, 10)], given: None });
        assert_eq!(cut(&sizes, 0, 0), Cut { parts: vec![], given: Some(0) });
        assert_eq!(cut(&sizes, 0, 3).given, Some(3));
    }

    #[test]
    fn a_place_reads_back() {
        for after in [None, Some(Uuid::from_u128(7))] {
            let place = Place { table: 3, after, given: 9 };
            assert_eq!(Place::read(&place.bytes()), Some(place));
        }
        assert_eq!(Place::read(&[1, 2, 3]), None);
    }
}
