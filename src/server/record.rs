//! One log line and one set of metrics for each call, when its answer is complete
//! or its caller gone. No payload, no personal data; a method that the listener
//! does not have is "unknown", since a path can say anything.

use std::borrow::Cow;

use metrics::Label;
use tokio::time::Instant;

use crate::status::code_name;

/// Written when it is dropped.
pub(crate) struct Record {
    listener: &'static str,
    method: &'static str,
    caller: Option<String>,
    /// Good answers to health probes are counted and not logged.
    quiet: bool,
    /// From the timer that deadlines run on; it is no clock.
    started: Instant,
    code: &'static str,
    reason: Cow<'static, str>,
}

impl Record {
    pub(crate) fn new(listener: &'static str, method: &'static str, quiet: bool) -> Self {
        Self {
            listener,
            method,
            caller: None,
            quiet,
            started: Instant::now(),
            code: code_name(tonic::Code::Cancelled),
            reason: Cow::Borrowed("CALLER_GONE"),
        }
    }

    /// Who calls: a client's name in the configuration, or an institution.
    pub(crate) fn caller(&mut self, name: &str) {
        self.caller = Some(name.to_owned());
    }

    pub(crate) fn answered(&mut self) {
        self.code = code_name(tonic::Code::Ok);
        self.reason = Cow::Borrowed("");
    }

    pub(crate) fn refused(&mut self, code: tonic::Code, reason: String) {
        self.code = code_name(code);
        self.reason = Cow::Owned(reason);
    }

    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    fn count(&self, seconds: f64) {
        let (listener, method, code) = (self.listener, self.method, self.code);
        let reason = self.reason.clone().into_owned();
        if !reason.is_empty() {
            metrics::counter!("hei_refused_total", "reason" => reason.clone()).increment(1);
        }
        let labels = vec![
            Label::from_static_parts("listener", listener),
            Label::from_static_parts("method", method),
            Label::from_static_parts("code", code),
            Label::new("reason", reason),
        ];
        metrics::counter!("hei_rpc_total", labels).increment(1);
        metrics::histogram!("hei_rpc_seconds", "listener" => listener, "method" => method)
            .record(seconds);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        self.count(took.as_secs_f64());
        if self.quiet && self.reason.is_empty() {
            return;
        }
        tracing::info!(
            listener = self.listener,
            method = self.method,
            caller = self.caller.as_deref().unwrap_or(""),
            code = self.code,
            reason = &*self.reason,
            ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "call"
        );
    }
}
