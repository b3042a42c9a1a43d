//! Page tokens: opaque, signed, and good only for the caller and the question that
//! they were made for (AIP-158).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hei_values::Violation;
use uuid::Uuid;

/// Bytes of a token that are not the place: version and tag.
const HEAD: usize = 33;
const VERSION: u8 = 1;

/// Makes and reads page tokens.
#[derive(Clone)]
pub struct Pager {
    key: hmac::Key,
}

impl Pager {
    /// With the node's page key.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key) }
    }

    /// The token for what comes after a place: the key of the last row shown. `bound`
    /// is everything else that the request asks for.
    pub fn token(
        &self,
        method: &str,
        bound: &[u8],
        principal: &str,
        after: impl AsRef<[u8]>,
    ) -> String {
        let after = after.as_ref();
        let mut token = vec![VERSION];
        token.extend_from_slice(self.sign(method, bound, principal, after).as_ref());
        token.extend_from_slice(after);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// The place in a table whose rows are in the order of their identifiers; `None`
    /// at the beginning, which has an empty token.
    ///
    /// # Errors
    /// BAD_PAGE_TOKEN unless `token` was made here for the same arguments.
    pub fn open(
        &self,
        method: &str,
        bound: &[u8],
        principal: &str,
        token: &str,
    ) -> Result<Option<Uuid>, Violation> {
        let after = self.open_bytes(method, bound, principal, token)?;
        after.map(|bytes| Uuid::from_slice(&bytes).map_err(|_| bad())).transpose()
    }

    /// The same in a table with another order.
    ///
    /// # Errors
    /// BAD_PAGE_TOKEN unless `token` was made here for the same arguments.
    pub fn open_bytes(
        &self,
        method: &str,
        bound: &[u8],
        principal: &str,
        token: &str,
    ) -> Result<Option<Vec<u8>>, Violation> {
        if token.is_empty() {
            return Ok(None);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| bad())?;
        let (head, after) = bytes.split_at_checked(HEAD).ok_or_else(bad)?;
        let (version, tag) = head.split_first().ok_or_else(bad)?;
        let signed = signed_part(method, bound, principal, after);
        let fits = *version == VERSION && hmac::verify(&self.key, &signed, tag).is_ok();
        if fits { Ok(Some(after.to_vec())) } else { Err(bad()) }
    }

    /// The same in a sequence of numbers, whose place is eight bytes.
    ///
    /// # Errors
    /// BAD_PAGE_TOKEN unless `token` was made here for the same arguments.
    pub fn open_number(
        &self,
        method: &str,
        bound: &[u8],
        principal: &str,
        token: &str,
    ) -> Result<Option<i64>, Violation> {
        let after = self.open_bytes(method, bound, principal, token)?;
        let number = |bytes: Vec<u8>| bytes.try_into().map(i64::from_be_bytes);
        after.map(number).transpose().map_err(|_| bad())
    }

    fn sign(&self, method: &str, bound: &[u8], principal: &str, after: &[u8]) -> hmac::Tag {
        hmac::sign(&self.key, &signed_part(method, bound, principal, after))
    }
}

/// Each part with its length, so that no two questions have the same bytes.
fn signed_part(method: &str, bound: &[u8], principal: &str, after: &[u8]) -> Vec<u8> {
    let mut signed = b"hei-page-v1\n".to_vec();
    for part in [method.as_bytes(), bound, principal.as_bytes(), after] {
        signed.extend_from_slice(&(part.len() as u64).to_be_bytes());
        signed.extend_from_slice(part);
    }
    signed
}

fn bad() -> Violation {
    let told = "not a token of this list: repeat the request of the page before, unchanged";
    Violation::new("page_token", "BAD_PAGE_TOKEN", told)
}

/// The size of a page: the caller's wish up to `max`, `default` without one.
///
/// # Errors
/// OUT_OF_RANGE for a negative wish (AIP-158).
pub fn size(requested: i32, default: u32, max: u32) -> Result<u64, Violation> {
    match u32::try_from(requested) {
        Ok(0) => Ok(default.into()),
        Ok(wish) => Ok(wish.min(max).into()),
        Err(_) => Err(Violation::new("page_size", "OUT_OF_RANGE", "must not be negative")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const AFTER: Uuid = Uuid::from_u128(0x0198_f2b0_0000_7000_8000_0000_0000_0001);

    fn token(pager: &Pager) -> String {
        pager.token("/x/List", b"state=open", "sis", AFTER)
    }

    #[test]
    fn a_token_opens_for_the_same_caller_and_question_only() {
        let pager = Pager::new([7; 32]);
        let token = token(&pager);
        let open = |method, bound, principal| pager.open(method, bound, principal, &token);
        assert_eq!(open("/x/List", b"state=open", "sis").unwrap(), Some(AFTER));
        for (method, bound, principal) in [
            ("/y/List", b"state=open".as_slice(), "sis"),
            ("/x/List", b"state=shut", "sis"),
            ("/x/List", b"", "sis"),
            ("/x/List", b"state=open", "registrar"),
            ("/x/Lis", b"tstate=open", "sis"),
        ] {
            let fault = open(method, bound, principal).unwrap_err();
            assert_eq!((fault.field.as_str(), fault.reason), ("page_token", "BAD_PAGE_TOKEN"));
        }
    }

    #[test]
    fn a_token_of_another_node_or_with_any_letter_changed_is_refused() {
        let pager = Pager::new([7; 32]);
        let good = token(&pager);
        let mut bad = vec![token(&Pager::new([8; 32])), "a".to_owned(), "ä".to_owned()];
        bad.push(good.clone() + "AAAA");
        for at in 0..good.len() {
            let other = if good.as_bytes().get(at) == Some(&b'A') { "B" } else { "A" };
            bad.push(good.clone());
            bad.last_mut().unwrap().replace_range(at..=at, other);
            bad.push(good.chars().take(at).collect());
        }
        // An empty token is the beginning.
        bad.retain(|token| !token.is_empty());
        for token in bad {
            let opened = pager.open("/x/List", b"state=open", "sis", &token);
            assert_eq!(opened.map_err(|fault| fault.reason), Err("BAD_PAGE_TOKEN"), "{token}");
        }
        assert_eq!(pager.open("/x/List", b"state=open", "sis", "").unwrap(), None);
    }

    #[test]
    fn a_page_has_the_size_that_was_asked_for_within_limits() {
        assert_eq!(size(0, 50, 100).unwrap(), 50);
        assert_eq!(size(7, 50, 100).unwrap(), 7);
        assert_eq!(size(i32::MAX, 50, 100).unwrap(), 100);
        assert_eq!(size(-1, 50, 100).unwrap_err().reason, "OUT_OF_RANGE");
    }
}
