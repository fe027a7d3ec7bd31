//! The Portcullis server.

mod app;
mod body;
mod bridges;
mod dialects;
mod failure;
mod middleware;
mod ops;
mod settings;
mod wiring;

fn main() {}
