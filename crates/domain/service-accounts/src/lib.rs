//! API keys and service accounts: issue, list, authenticate, revoke.
