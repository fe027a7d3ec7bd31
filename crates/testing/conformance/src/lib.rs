//! The port contracts as a test suite that any adapter can run.
