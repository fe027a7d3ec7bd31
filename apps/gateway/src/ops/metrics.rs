//! Metrics in the Prometheus text format.

use std::sync::OnceLock;

use actix_web::HttpResponse;
use actix_web::web::Data;
use metrics::{describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use portcullis_kernel::PageRequest;
use portcullis_outbox::Status;

use crate::app::App;

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// From half a millisecond to ten seconds: a session check, a sign-in, a queue that is full.
const SECONDS: [f64; 13] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Starts recording. To be called once, before the first request.
pub fn start() {
    let builder = PrometheusBuilder::new().set_buckets(&SECONDS);
    if let Ok(handle) = builder.and_then(PrometheusBuilder::install_recorder) {
        let _already = RECORDER.set(handle);
    }
    describe_counter!("portcullis_use_cases_total", "Use cases run, by name and outcome");
    describe_histogram!("portcullis_use_case_seconds", "How long use cases took");
    describe_gauge!("portcullis_hash_queue", "Password hashes that wait for their turn");
    describe_gauge!("portcullis_hash_running", "Password hashes that are computed now");
    describe_gauge!("portcullis_outbox_messages", "Messages in the outbox, by status");
}

/// Folds what was recorded; to be called every few seconds, or histograms grow.
pub fn upkeep() {
    if let Some(recorder) = RECORDER.get() {
        recorder.run_upkeep();
    }
}

#[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "gauges are floating-point numbers")]
pub(super) async fn metrics(app: Data<App>) -> HttpResponse {
    gauge!("portcullis_hash_queue").set((app.gauges.hash_queue)() as f64);
    gauge!("portcullis_hash_running").set((app.gauges.hash_busy)() as f64);
    for status in [Status::Waiting, Status::Dead] {
        let outbox = app.outbox.clone();
        let counted = async move { outbox.list(Some(status), PageRequest::new(1, 1)).await };
        if let Ok(page) = app.run("outbox.count", counted).await {
            gauge!("portcullis_outbox_messages", "status" => status.as_str()).set(page.total as f64);
        }
    }
    let text = RECORDER.get().map(PrometheusHandle::render).unwrap_or_default();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text)
}
