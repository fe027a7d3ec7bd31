//! Printing the effective settings, secrets masked.

use std::fmt::Write;

use serde_json::Value;
use url::Url;

use super::Effective;
use super::merge::SECRETS;

const MASK: &str = "********";

impl Effective {
    /// The effective settings, derived defaults filled in and secrets masked.
    #[must_use]
    pub fn masked(&self) -> Value {
        let mut tree = self.merged.tree().clone();
        let settings = &self.settings;
        put(&mut tree, "/server/public_url", &settings.server.public_url);
        put(&mut tree, "/tokens/issuer", &settings.issuer);
        put(&mut tree, "/database/url", settings.database.url.reveal());
        for key in SECRETS {
            mask(tree.pointer_mut(&format!("/{}", key.replace('.', "/"))));
        }
        if let Some(Value::Array(keys)) = tree.pointer_mut("/secrets/old_master_keys") {
            for key in keys.iter_mut() {
                *key = MASK.into();
            }
        }
        tree
    }

    /// The same as TOML, unset keys left out.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        write_table(&mut text, "", &self.masked());
        text
    }
}

fn put(tree: &mut Value, pointer: &str, text: &str) {
    if let Some(slot) = tree.pointer_mut(pointer) {
        *slot = text.into();
    }
}

/// Masks the password of a URL, and everything else whole.
#[expect(clippy::needless_pass_by_value, reason = "the argument is a look-up's own answer")]
fn mask(slot: Option<&mut Value>) {
    if let Some(Value::String(text)) = slot {
        *text = match Url::parse(text) {
            Ok(mut url) if url.has_host() && url.password().is_some() => {
                if url.set_password(Some(MASK)).is_ok() { url.to_string() } else { MASK.to_owned() }
            }
            Ok(url)
                if url.scheme() == "sqlite"
                    || (url.has_host() && !url.query().is_some_and(|q| q.contains("password"))) =>
            {
                text.clone()
            }
            Ok(_) | Err(_) => MASK.to_owned(),
        };
    }
}

fn write_table(text: &mut String, path: &str, table: &Value) {
    let Value::Object(entries) = table else { return };
    let (sections, values): (Vec<_>, Vec<_>) = entries.iter().partition(|(_, value)| value.is_object());
    if !values.is_empty() {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}[{path}]");
    }
    for (key, value) in values.into_iter().filter(|(_, value)| !value.is_null()) {
        let _ = writeln!(text, "{key} = {value}");
    }
    for (name, section) in sections {
        let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        write_table(text, &inner, section);
    }
}
