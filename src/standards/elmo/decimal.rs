//! hei-elmo: exact decimals (XML Schema 2 §3.2.3). No number ever passes
//! through binary floating point.

use std::fmt;

/// More digits than this are no credits; 30 also fit into i128.
const DIGITS_MAX: usize = 30;

/// An exact decimal in its canonical form: `7.5`, `10`, `-3`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// Reads `xs:decimal`: `+7.5`, `.5`, `5.` and `10.000` are fine, a comma or
    /// an exponent is not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction)
        {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        if whole.len() + fraction.len() > DIGITS_MAX {
            return None;
        }
        let sign = if negative && !(whole.is_empty() && fraction.is_empty()) { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        Some(Self(format!("{sign}{whole}{point}{fraction}")))
    }

    /// The canonical form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.starts_with('-')
    }

    /// Whether it is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0 == "0"
    }

    /// The exact sum, if it has no more digits than a decimal may have.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        let scale = self.scale().max(other.scale());
        let sum = self.scaled(scale)?.checked_add(other.scaled(scale)?)?;
        let digits = format!("{:0>width$}", sum.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if sum < 0 { "-" } else { "" };
        Self::parse(&format!("{sign}{whole}.{fraction}"))
    }

    fn scale(&self) -> usize {
        self.0.split_once('.').map_or(0, |(_, fraction)| fraction.len())
    }

    fn scaled(&self, scale: usize) -> Option<i128> {
        let zeros = "0".repeat(scale - self.scale());
        format!("{}{zeros}", self.0.replace('.', "")).parse().ok()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}
