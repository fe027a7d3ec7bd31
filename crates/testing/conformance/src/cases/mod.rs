//! The cases, one file per port: each takes the world of an empty store and panics if the store breaks its contract.
#![expect(missing_docs, reason = "the name of a case is its sentence")]

pub mod access;
pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod authenticators;
pub mod budgets;
pub mod challenges;
pub mod companies;
pub mod confirmations;
pub mod contacts;
pub mod derived_sessions;
pub mod dossiers;
pub mod factor_proofs;
pub mod labels;
pub mod leaving;
pub mod legal_terms;
pub mod outbox;
pub mod passwords;
pub mod refresh;
pub mod resets;
pub mod sealing;
pub mod service_accounts;
pub mod session_challenges;
pub mod session_ends;
pub mod sessions;
pub mod sign_in;
pub mod signed_keys;
pub mod signing_keys;
