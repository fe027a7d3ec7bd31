//! Password hashing with Argon2id under a memory budget; verifies foreign hashes.
