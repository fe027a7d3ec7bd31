//! `portcullis migrate`.

use clap::Args;
use serde_json::json;

use super::context::Context;
use crate::wiring;

#[derive(Args)]
pub(super) struct Migrate {
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

impl Migrate {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        if self.dry_run {
            let pending = wiring::pending_migrations(context.settings()).await?;
            context.show(&json!({ "pending": pending }));
        } else {
            let applied = wiring::migrate(context.settings()).await?;
            context.show(&json!({ "applied": applied }));
        }
        Ok(())
    }
}
