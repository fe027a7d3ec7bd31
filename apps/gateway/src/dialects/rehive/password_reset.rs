//! Forgotten passwords (contract §7.18–7.19).
