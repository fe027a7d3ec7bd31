//! The laws of docs/architecture.md as tests: this library only reads the project, the tests judge it.

mod graph;
mod tree;

pub use graph::Graph;
pub use tree::{Source, root, sources};
