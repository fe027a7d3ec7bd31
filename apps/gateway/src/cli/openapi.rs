//! `portcullis openapi`.

use clap::Args;

use super::output::say;
use crate::dialects;

#[derive(Args)]
pub(super) struct Openapi {
    /// Which dialect
    #[arg(value_parser = known)]
    dialect: String,
}

impl Openapi {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let dialect = dialects::ALL.iter().find(|dialect| dialect.name == self.dialect);
        let dialect = dialect.ok_or_else(|| anyhow::anyhow!("no dialect {}", self.dialect))?;
        say(&(dialect.openapi)().to_pretty_json()?);
        Ok(())
    }
}

fn known(name: &str) -> Result<String, String> {
    let names: Vec<&str> = dialects::ALL.iter().map(|dialect| dialect.name).collect();
    if names.contains(&name) {
        Ok(name.to_owned())
    } else {
        Err(format!("expected one of {}", names.join(", ")))
    }
}
