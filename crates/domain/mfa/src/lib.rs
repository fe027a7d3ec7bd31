//! Second factors: enrol, verify, challenge, remove.
