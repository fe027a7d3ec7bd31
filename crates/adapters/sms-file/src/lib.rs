//! SMS written to files, for development.
