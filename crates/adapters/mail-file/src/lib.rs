//! Mail written to files, for development.
