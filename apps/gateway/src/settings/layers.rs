//! The layers that an operator can write, each as a flat list of keys.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat, Source as _, Value, ValueKind};

use super::{Problem, Source};

/// The file that is read if nobody names another one.
const FILE: &str = "portcullis.toml";
const PREFIX: &str = "PORTCULLIS";

/// One layer: keys as `section.key`, in no particular order.
pub(super) type Layer = Vec<Entry>;

/// One key as it was written.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) origin: Source,
    pub(super) given: Given,
}

/// A value as it was written.
pub(super) enum Given {
    /// Text that can stand for any type: from the environment, a flag or a secret file.
    Text(String),
    /// A value with a type of its own: from the settings file.
    Typed(serde_json::Value),
}

/// Reads the settings file. A file that was named must exist.
pub(super) fn file(named: Option<&Path>) -> Result<Layer, Problem> {
    let path = match named {
        Some(path) => path.to_owned(),
        None if Path::new(FILE).exists() => PathBuf::from(FILE),
        None => return Ok(Layer::new()),
    };
    let origin = Source::File(path.clone());
    let refuse = |reason: String| Problem::new("settings file", origin.clone(), reason);
    let text = std::fs::read_to_string(&path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
    let table = File::from_str(&text, FileFormat::Toml)
        .collect()
        .map_err(|error| refuse(format!("expected TOML: {}", without_excerpt(&error.to_string()))))?;
    let mut layer = Layer::new();
    flatten("", table, &origin, &mut layer);
    Ok(layer)
}

/// Reads `PORTCULLIS__SECTION__KEY`.
pub(super) fn environment(variables: HashMap<String, String>) -> Result<Layer, Problem> {
    let table = Environment::with_prefix(PREFIX)
        .prefix_separator("__")
        .separator("__")
        .source(Some(variables))
        .collect()
        .map_err(|error| {
            Problem::new("environment", Source::Variable(PREFIX.to_owned()), error.to_string())
        })?;
    Ok(table
        .into_iter()
        .map(|(key, value)| {
            let variable = format!("{PREFIX}__{}", key.replace('.', "__").to_uppercase());
            let given = Given::Text(value.into_string().unwrap_or_default());
            Entry { key, origin: Source::Variable(variable), given }
        })
        .collect())
}

/// Takes flags over, the later ones last.
pub(super) fn flags(flags: &[(String, String, String)]) -> Layer {
    flags
        .iter()
        .map(|(key, value, flag)| Entry {
            key: key.clone(),
            origin: Source::Flag(flag.clone()),
            given: Given::Text(value.clone()),
        })
        .collect()
}

fn flatten(prefix: &str, table: HashMap<String, Value>, origin: &Source, layer: &mut Layer) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value.kind {
            ValueKind::Table(inner) if !inner.is_empty() => flatten(&key, inner, origin, layer),
            kind => layer.push(Entry { key, origin: origin.clone(), given: Given::Typed(json(kind)) }),
        }
    }
}

fn json(kind: ValueKind) -> serde_json::Value {
    match kind {
        ValueKind::Nil => serde_json::Value::Null,
        ValueKind::Boolean(flag) => flag.into(),
        ValueKind::I64(number) => number.into(),
        ValueKind::U64(number) => number.into(),
        ValueKind::I128(_) | ValueKind::U128(_) => f64::INFINITY.into(),
        ValueKind::Float(number) => number.into(),
        ValueKind::String(text) => text.into(),
        ValueKind::Array(items) => items.into_iter().map(|item| json(item.kind)).collect(),
        ValueKind::Table(inner) => inner.into_iter().map(|(key, value)| (key, json(value.kind))).collect(),
    }
}

/// A TOML error without the excerpt of the file, which may show a secret.
fn without_excerpt(message: &str) -> String {
    message.lines().filter(|line| !line.contains('|')).map(str::trim).collect::<Vec<_>>().join(" ")
}
