//! Figures that are read when somebody asks for metrics.

use std::sync::Arc;

/// Reads the figures of the moment.
#[derive(Clone)]
pub struct Gauges {
    /// Hashing jobs that wait for their turn.
    pub hash_queue: Arc<dyn Fn() -> usize + Send + Sync>,
    /// Hashing jobs that run.
    pub hash_busy: Arc<dyn Fn() -> usize + Send + Sync>,
}
