//! Metrics as Prometheus reads them. Labels come from the contract and the
//! configuration, never from a caller.

use hei_values::{HeiId, Refused};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

use crate::limits;

/// From one read of a row to the deadline of a call.
const SECONDS: [f64; 13] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// What the process has counted.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts counting, each line with the institution; once in a process.
    ///
    /// # Errors
    /// INTERNAL if something counts already.
    pub fn install(institution: &HeiId) -> Result<Self, Refused> {
        let handle = PrometheusBuilder::new()
            .add_global_label("institution", institution.as_str())
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(|fault| Refused::internal(format!("metrics cannot start: {fault}")))?;
        describe();
        Ok(Self(handle))
    }

    /// The text that Prometheus scrapes.
    pub fn render(&self) -> String {
        self.0.render()
    }

    pub(crate) async fn upkeep(self, draining: CancellationToken) {
        while draining
            .run_until_cancelled(tokio::time::sleep(limits::METRICS_UPKEEP))
            .await
            .is_some()
        {
            self.0.run_upkeep();
        }
    }
}

fn describe() {
    metrics::describe_counter!("hei_rpc_total", "calls by listener, method, code and reason");
    metrics::describe_counter!("hei_refused_total", "calls that were refused, by reason");
    metrics::describe_counter!("hei_connections_refused_total", "connections beyond the limit");
    metrics::describe_counter!("hei_handshakes_failed_total", "TLS handshakes that failed");
    metrics::describe_histogram!("hei_rpc_seconds", metrics::Unit::Seconds, "time to answer");
}
