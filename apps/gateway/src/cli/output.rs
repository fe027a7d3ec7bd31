//! What commands print.

use std::io::{self, Read, Write};

use portcullis_kernel::Password;
use serde_json::Value;

/// Prints a line on standard output. A reader that went away is no failure of the command.
pub(super) fn say(text: &str) {
    let _gone = writeln!(io::stdout(), "{text}");
}

/// Prints why a command did not do what it was asked, in one line on standard error.
pub(super) fn complain(text: &str) {
    let _gone = writeln!(io::stderr(), "portcullis: {text}");
}

/// Tells a person at the terminal how far a long command got.
pub(super) fn progress(text: &str) {
    let _gone = writeln!(io::stderr(), "{text}");
}

/// Facts as `name: value` lines, for people.
pub(super) fn lines(facts: &Value) -> String {
    let Value::Object(facts) = facts else { return plain(facts) };
    let facts = facts.iter().filter(|(_, value)| !value.is_null());
    facts.map(|(name, value)| format!("{name}: {}", plain(value))).collect::<Vec<_>>().join("\n")
}

/// Rows as a table of the columns named, for people.
pub(super) fn table(rows: &[Value], columns: &[&str]) -> String {
    let cells =
        |row: &Value| columns.iter().map(|column| plain(row.get(column).unwrap_or(&Value::Null))).collect();
    let header: Vec<String> = columns.iter().map(|column| column.to_uppercase()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(rows.iter().map(cells)).collect();
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns.len()).map(|at| width(at).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.replace(|c: char| c.is_control(), " "),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(facts) => {
            facts.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect::<Vec<_>>().join(" ")
        }
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// The password on standard input, without the line end that `echo` adds.
pub(super) fn password_from_stdin() -> anyhow::Result<Password> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let text = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    anyhow::ensure!(!text.is_empty(), "no password on standard input");
    Ok(Password::parse(text)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tables_line_up() {
        let rows = [json!({"id": "1", "name": "Ada"}), json!({"id": "22", "name": null})];
        assert_eq!(table(&rows, &["id", "name"]), "ID  NAME\n1   Ada\n22  -");
    }
}
