//! Deliver queued mail and SMS at least once, with back-off and dead letters.
