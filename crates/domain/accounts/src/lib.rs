//! Companies and the accounts in them: create, look up, verify, change, delete.
