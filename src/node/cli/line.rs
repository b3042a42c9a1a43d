//! A line of the log: JSON, and each one names the institution whose node this is.

use std::fmt;

use serde_json::Value;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, FormatEvent, FormatFields, Json, Writer};
use tracing_subscriber::fmt::{FmtContext, format};
use tracing_subscriber::registry::LookupSpan;

/// The form of a line.
pub struct Line {
    form: Format<Json>,
    /// `"institution":"…",`, written once.
    institution: String,
}

impl Line {
    /// For the node of an institution.
    pub fn of(domain: &str) -> Self {
        let institution = format!("\"institution\":{},", Value::from(domain));
        Self { form: format().json(), institution }
    }
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.form.format_event(context, Writer::new(&mut line), event)?;
        match line.strip_prefix('{') {
            Some(rest) => write!(writer, "{{{}{rest}", self.institution),
            None => writer.write_str(&line),
        }
    }
}
