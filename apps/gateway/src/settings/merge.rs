//! Laying one layer over the other.

use std::collections::BTreeMap;

use serde_json::Value;

use super::layers::{Entry, Given, Layer};
use super::raw::RawSettings;
use super::{Problem, Source};

/// Keys that hold a secret. Each can be given as `…_file` instead: the path of a file that holds it.
pub(super) const SECRETS: [&str; 6] = [
    "secrets.master_key",
    "mail.smtp_url",
    "sms.webhook_secret",
    "database.url",
    "dialects.barong.recaptcha_secret_key",
    "dialects.barong.geetest_key",
];

/// Texts that may be written as `true` or `false` without quotes.
const WORDS_OR_FLAGS: [&str; 1] = ["dialects.rehive.cookie_secure"];

/// All layers in one tree, and where each value came from.
pub(super) struct Merged {
    tree: Value,
    origins: BTreeMap<String, Source>,
}

impl Merged {
    pub(super) fn defaults(raw: &RawSettings) -> Self {
        Self { tree: serde_json::to_value(raw).unwrap_or_default(), origins: BTreeMap::new() }
    }

    /// Lays a layer over what is there.
    pub(super) fn apply(&mut self, layer: Layer) -> Result<(), Problem> {
        let mut secret_files = BTreeMap::new();
        for entry in layer {
            let secret =
                entry.key.strip_suffix("_file").filter(|base| SECRETS.contains(base)).map(str::to_owned);
            let entry = match &secret {
                Some(base) => read_secret(base, &entry)?,
                None => entry,
            };
            let by_file = secret.is_some();
            if SECRETS.contains(&entry.key.as_str())
                && let Some(other) = secret_files.insert(entry.key.clone(), by_file)
                && other != by_file
            {
                let reason = format!("give either {0} or {0}_file, not both", entry.key);
                return Err(Problem::new(&entry.key, entry.origin, reason));
            }
            self.set(entry)?;
        }
        Ok(())
    }

    /// Where the value of a key came from.
    pub(super) fn origin(&self, key: &str) -> Source {
        self.origins.get(key).cloned().unwrap_or(Source::Default)
    }

    /// The tree as typed sections.
    pub(super) fn raw(&self) -> Result<RawSettings, Problem> {
        serde_json::from_value(self.tree.clone())
            .map_err(|error| Problem::new("settings", Source::Default, error.to_string()))
    }

    /// The tree, for printing.
    pub(super) fn tree(&self) -> &Value {
        &self.tree
    }

    fn set(&mut self, Entry { key, origin, given }: Entry) -> Result<(), Problem> {
        let known = self.tree.pointer_mut(&pointer(&key)).filter(|slot| !slot.is_object());
        let Some(slot) = known else {
            return Err(Problem::new(&key, origin, self.known_keys(&key)));
        };
        *slot = coerce(&key, slot, given).map_err(|expected| Problem::new(&key, origin.clone(), expected))?;
        self.origins.insert(key, origin);
        Ok(())
    }

    fn known_keys(&self, key: &str) -> String {
        let mut section = key;
        while let Some((outer, _)) = section.rsplit_once('.') {
            section = outer;
            if let Some(Value::Object(keys)) = self.tree.pointer(&pointer(section)) {
                let keys: Vec<&str> = keys.keys().map(String::as_str).collect();
                return format!("unknown key; {section} has {}", keys.join(", "));
            }
        }
        let sections: Vec<&str> =
            self.tree.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        format!("unknown key; there are the sections {}", sections.join(", "))
    }
}

fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1").replace('.', "/"))
}

fn read_secret(base: &str, entry: &Entry) -> Result<Entry, Problem> {
    let refuse = |reason: &str| Problem::new(&entry.key, entry.origin.clone(), reason);
    let path = match &entry.given {
        Given::Text(path) | Given::Typed(Value::String(path)) => path,
        Given::Typed(_) => return Err(refuse("expected the path of a file")),
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| refuse(&format!("expected the path of a readable file: {error}")))?;
    let given = Given::Text(text.trim_end_matches(['\r', '\n']).to_owned());
    Ok(Entry { key: base.to_owned(), origin: Source::SecretFile(path.into()), given })
}

/// Gives the value the type of the one it replaces.
fn coerce(key: &str, present: &Value, given: Given) -> Result<Value, &'static str> {
    match present {
        Value::Bool(_) => flag(given),
        Value::Number(_) => whole_number(given),
        Value::Array(_) => list(given),
        Value::Null | Value::String(_) | Value::Object(_) => text(key, given),
    }
}

fn flag(given: Given) -> Result<Value, &'static str> {
    match given {
        Given::Typed(flag @ Value::Bool(_)) => Some(flag),
        Given::Text(text) => text.parse::<bool>().ok().map(Value::from),
        Given::Typed(_) => None,
    }
    .ok_or("expected true or false")
}

fn whole_number(given: Given) -> Result<Value, &'static str> {
    match given {
        Given::Typed(number) => number.as_u64(),
        Given::Text(text) => text.trim().parse::<u64>().ok(),
    }
    .map(Value::from)
    .ok_or("expected a whole number, 0 or more")
}

fn list(given: Given) -> Result<Value, &'static str> {
    let items = match given {
        Given::Typed(Value::Array(items)) => items,
        Given::Text(text) | Given::Typed(Value::String(text)) => {
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect()
        }
        Given::Typed(_) => return Err("expected a list of texts"),
    };
    if items.iter().all(Value::is_string) { Ok(items.into()) } else { Err("expected a list of texts") }
}

fn text(key: &str, given: Given) -> Result<Value, &'static str> {
    match given {
        Given::Text(text) | Given::Typed(Value::String(text)) => Ok(text.into()),
        Given::Typed(Value::Bool(flag)) if WORDS_OR_FLAGS.contains(&key) => Ok(flag.to_string().into()),
        Given::Typed(_) => Err("expected a text in quotes"),
    }
}
