//! Sign in, authenticate, refresh, list and revoke sessions.
