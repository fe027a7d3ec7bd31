//! The laws of docs/architecture.md as tests.
