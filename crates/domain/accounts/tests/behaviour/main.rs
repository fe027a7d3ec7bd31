//! What the account use cases do, on the reference store.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is the verdict of a test")]

mod amend;
mod change_password;
mod companies;
mod contacts;
mod create;
mod dossiers;
mod labels;
mod leaving;
mod own_data;
mod phones;
mod register;
mod register_company;
mod sign_up;
mod stage;
