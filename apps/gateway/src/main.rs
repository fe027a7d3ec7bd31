//! The Portcullis server.

mod app;
mod bridges;
mod dialects;
mod failure;
mod middleware;
mod ops;
mod settings;
mod wiring;

fn main() {}
