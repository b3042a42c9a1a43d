//! hei-elmo: `xs:date` and `xs:dateTime` as somebody wrote them. A calendar
//! day never becomes an instant, so no offset can move it.

/// A day, perhaps with a time of day and an offset, each as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    /// "10:15:30" or "00:00:00.000"; empty for a mere day.
    pub time: String,
    /// "+02:00", "-11:00", "Z"; empty where none was written.
    pub offset: String,
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFlaw {
    /// It does not have the form of a date.
    Form,
    /// It has the form, but no calendar or clock has it.
    Impossible,
}

impl Written {
    /// Reads `2025-12-31`, `2025-12-31+02:00`, `2026-02-03T10:15:30.5Z`.
    ///
    /// # Errors
    /// [`DateFlaw`] for anything that is no day of the years 1 to 9999.
    pub fn parse(text: &str) -> Result<Self, DateFlaw> {
        let (date, rest) = text.split_at_checked(10).ok_or(DateFlaw::Form)?;
        let (year, month, day) = calendar(date)?;
        let (time, offset) = match rest.strip_prefix('T') {
            Some(rest) => {
                let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
                let (time, offset) = rest.split_at(end);
                check_time(time)?;
                (time, offset)
            }
            None => ("", rest),
        };
        check_offset(offset)?;
        Ok(Self { year, month, day, time: time.to_owned(), offset: offset.to_owned() })
    }

    /// As `xs:date`; a time of day is left out.
    #[must_use]
    pub fn as_date(&self) -> String {
        format!("{:04}-{:02}-{:02}{}", self.year, self.month, self.day, self.offset)
    }

    /// As `xs:dateTime`; a mere day begins at midnight of its own offset.
    #[must_use]
    pub fn as_date_time(&self) -> String {
        let time = if self.time.is_empty() { "00:00:00" } else { &self.time };
        format!("{:04}-{:02}-{:02}T{time}{}", self.year, self.month, self.day, self.offset)
    }

    /// Whether a calendar and a clock have it.
    ///
    /// # Errors
    /// As [`Written::parse`].
    pub fn check(&self) -> Result<(), DateFlaw> {
        let text = if self.time.is_empty() { self.as_date() } else { self.as_date_time() };
        Self::parse(&text).map(|_| ())
    }
}

fn calendar(text: &str) -> Result<(u16, u8, u8), DateFlaw> {
    let mut parts = text.split('-');
    let mut next = |width| parts.next().and_then(|part| number(part, width)).ok_or(DateFlaw::Form);
    let (year, month, day) = (next(4)?, next(2)?, next(2)?);
    let possible = year > 0 && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
    match (possible, u8::try_from(month), u8::try_from(day)) {
        (true, Ok(month), Ok(day)) => Ok((year, month, day)),
        _ => Err(DateFlaw::Impossible),
    }
}

fn days(year: u16, month: u16) -> u16 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn check_time(text: &str) -> Result<(), DateFlaw> {
    let (clock, fraction) = match text.split_once('.') {
        Some((_, "")) => return Err(DateFlaw::Form),
        Some(parts) => parts,
        None => (text, ""),
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DateFlaw::Form);
    }
    let mut parts = clock.split(':');
    let mut next = || parts.next().and_then(|part| number(part, 2)).ok_or(DateFlaw::Form);
    let (hours, minutes, seconds) = (next()?, next()?, next()?);
    if parts.next().is_some() {
        return Err(DateFlaw::Form);
    }
    // XML Schema 2 §3.2.7: 24:00:00 is the end of the day.
    let end_of_day =
        hours == 24 && minutes == 0 && seconds == 0 && fraction.bytes().all(|byte| byte == b'0');
    if end_of_day || (hours < 24 && minutes < 60 && seconds < 60) {
        Ok(())
    } else {
        Err(DateFlaw::Impossible)
    }
}

fn check_offset(text: &str) -> Result<(), DateFlaw> {
    if matches!(text, "" | "Z") {
        return Ok(());
    }
    let digits = text.strip_prefix(['+', '-']).ok_or(DateFlaw::Form)?;
    let (hours, minutes) = digits.split_once(':').ok_or(DateFlaw::Form)?;
    let hours = number(hours, 2).ok_or(DateFlaw::Form)?;
    let minutes = number(minutes, 2).ok_or(DateFlaw::Form)?;
    if (hours < 14 && minutes < 60) || (hours == 14 && minutes == 0) {
        Ok(())
    } else {
        Err(DateFlaw::Impossible)
    }
}

fn number(text: &str, width: usize) -> Option<u16> {
    let digits = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
