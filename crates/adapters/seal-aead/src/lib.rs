//! Sealing of secrets at rest with AES-256-GCM-SIV under the master key.
