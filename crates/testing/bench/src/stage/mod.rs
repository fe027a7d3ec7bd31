//! What a figure is measured on: an installation, a running server, people who are signed in.

mod callers;
mod crowd;
mod database;
mod installation;
mod members;
mod people;
mod server;

pub use self::callers::Caller;
pub use self::installation::Installation;
pub use self::members::{Member, list_tokens};
pub use self::people::{Person, bare, create, get, sign_in_everybody};
pub use self::server::Server;
