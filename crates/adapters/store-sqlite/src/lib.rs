//! Every store port on sqlite.
