//! Settings: what an operator wrote, layer over layer, and what the program runs on.
//!
//! Two types on purpose. [`RawSettings`] is the shape on paper: every key with its default, nothing checked but its
//! kind. [`Settings`] is what everything else sees: parsed, in range, free of contradictions. A value can be wrong in
//! one place only, on the way from the first to the second, and that place knows where the value came from.

mod layers;
mod merge;
mod problem;
mod raw;
mod render;
mod valid;

use std::path::PathBuf;

pub use problem::{Problem, Source};
pub use valid::*;

use layers::{Layer, environment, file, flags};
use merge::Merged;
use raw::RawSettings;

/// Where settings come from, beside the environment.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The file named with `--config`; without it `portcullis.toml` is read if it exists.
    pub file: Option<PathBuf>,
    /// Flags, as key, value and the flag's name.
    pub flags: Vec<(String, String, String)>,
}

/// Settings with the record of what was merged, for printing.
pub struct Effective {
    /// What the program runs on.
    pub settings: Settings,
    merged: Merged,
}

/// Reads every layer: defaults, file, environment, flags.
///
/// # Errors
/// The first key that is unknown, of the wrong type, out of range, or at odds with another one.
pub fn load(inputs: &Inputs) -> Result<Effective, Problem> {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let layers = vec![file(inputs.file.as_deref())?, environment(variables)?, flags(&inputs.flags)];
    resolve(layers)
}

fn resolve(layers: Vec<Layer>) -> Result<Effective, Problem> {
    let mut merged = Merged::defaults(&RawSettings::default());
    for layer in layers {
        merged.apply(layer)?;
    }
    let raw = merged.raw()?;
    let settings = valid::validate(&raw, &merged)?;
    Ok(Effective { settings, merged })
}

#[cfg(test)]
mod tests;
