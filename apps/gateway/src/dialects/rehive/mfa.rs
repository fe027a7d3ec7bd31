//! Authenticators and challenges (contract §6, §7.9–7.14).
