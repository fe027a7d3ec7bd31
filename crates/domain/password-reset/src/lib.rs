//! Forgotten and forced password changes, by code, token or challenge.
