//! Stories at the barong door.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests and what they share")]
#![expect(clippy::disallowed_methods, reason = "tests issue tokens by the machine's own clock")]
#![expect(unreachable_pub, reason = "in a test binary, `pub` says what a module offers its neighbours")]

#[path = "../support/mod.rs"]
mod support;

#[path = "../../../../crates/adapters/geo-mmdb/src/example.rs"]
mod geography;

mod activity;
mod api_keys;
mod auth0;
mod authorization;
mod caller;
mod captcha;
mod confirmation;
mod data_storage;
mod door;
mod encodings;
mod examples;
mod general;
mod key_examples;
mod key_owner;
mod labels;
mod mail_tokens;
mod outside;
mod own_password;
mod owners;
mod password_reset;
mod phones;
mod profiles;
mod registration;
mod restrictions;
mod second_factor;
mod service_accounts;
mod sessions;
mod signed_keys;
mod states;
mod swagger;
mod transport;
mod users;
