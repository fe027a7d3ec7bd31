//! Every store port on postgres.
