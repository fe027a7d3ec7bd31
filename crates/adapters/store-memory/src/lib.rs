//! The reference store: every port in memory, for tests and examples.
