//! Instants. The node has one clock, given by its composition root; everything
//! else is told what time it is.

use prost_types::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// An instant in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Millis(pub i64);

/// Tells the time. The composition root has the real one, a test its own.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Millis;

    /// Takes a call to make whenever this clock is set: whoever sleeps until an instant
    /// must look again. The machine's own clock makes none.
    fn when_set(&self, _wake: Box<dyn Fn() + Send + Sync>) {}
}

impl Millis {
    /// This instant later by `millis`, or earlier if negative; it stops at the ends of time.
    pub fn plus(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this instant; negative if it lies before.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The contract's form.
    pub fn to_timestamp(self) -> Timestamp {
        Timestamp {
            seconds: self.0.div_euclid(1000),
            nanos: i32::try_from(self.0.rem_euclid(1000) * 1_000_000).unwrap_or(0),
        }
    }

    /// Reads the contract's form; what is finer than a millisecond is cut off.
    /// `None` for an instant that RFC 3339 cannot write.
    pub fn from_timestamp(stamp: &Timestamp) -> Option<Self> {
        if !(0..1_000_000_000).contains(&stamp.nanos) {
            return None;
        }
        let millis = stamp.seconds.checked_mul(1000)?;
        let at = Self(millis.checked_add(i64::from(stamp.nanos / 1_000_000))?);
        at.date_time().map(|_| at)
    }

    /// RFC 3339 in UTC, as logs and errors write it.
    pub fn to_rfc3339(self) -> String {
        let text = self.date_time().and_then(|at| at.format(&Rfc3339).ok());
        text.unwrap_or_else(|| format!("{} ms", self.0))
    }

    fn date_time(self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_the_contracts_form_also_before_1970() {
        for at in [Millis(0), Millis(1), Millis(-1), Millis(1_774_745_999_999)] {
            assert_eq!(Millis::from_timestamp(&at.to_timestamp()), Some(at));
        }
        assert_eq!(Millis(-1).to_rfc3339(), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn an_instant_that_nobody_can_write_is_none() {
        let stamp = |seconds, nanos| Millis::from_timestamp(&Timestamp { seconds, nanos });
        assert_eq!(stamp(i64::MAX, 0), None);
        assert_eq!(stamp(0, -1), None);
        assert_eq!(stamp(0, 1_000_000_000), None);
    }
}
