//! `portcullis signing-key`.

use std::time::Duration;

use clap::Subcommand;

use super::context::{Context, operator};
use super::parse;
use crate::failure::Failure;

#[derive(Subcommand)]
pub(super) enum SigningKey {
    /// List the keys that sign JWTs, oldest first
    List,
    /// Make the next key of every kind; older ones go on verifying
    Rotate {
        /// How long the new keys are published before they sign
        #[arg(long, value_name = "TIME", default_value = "1s", value_parser = parse::duration)]
        overlap: Duration,
    },
}

const COLUMNS: &[&str] = &["kid", "algorithm", "slot", "generation", "created", "signs_from"];

impl SigningKey {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let opened = context.open().await?;
        let rows = match self {
            Self::List => opened.keys.list().await.map_err(Failure::from)?,
            Self::Rotate { overlap } => {
                opened.keys.prepare(context.settings()).await.map_err(Failure::from)?;
                opened.keys.rotate(overlap, &operator()).await.map_err(Failure::from)?
            }
        };
        context.list(rows, COLUMNS);
        Ok(())
    }
}
