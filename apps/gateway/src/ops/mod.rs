//! Endpoints outside the dialects: for probes, dashboards, verifiers of JWTs, and people who read.

pub mod gauges;
