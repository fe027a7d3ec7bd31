//! What a figure is measured on: an installation, a running server, people who are signed in.

mod database;
mod installation;
mod people;
mod server;

pub use self::installation::Installation;
pub use self::people::{Person, bare, create, get, sign_in_everybody};
pub use self::server::Server;
