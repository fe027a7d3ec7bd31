//! `portcullis master-key`.

use clap::Subcommand;
use serde_json::json;

use super::context::{Context, operator};
use super::output::progress;
use crate::wiring::rotate_master_key;

#[derive(Subcommand)]
pub(super) enum MasterKey {
    /// Replace the key that seals secrets at rest, and seal everything anew
    Rotate,
}

impl MasterKey {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let Self::Rotate = self;
        let opened = context.open().await?;
        let rotation = rotate_master_key(&opened, &operator(), progress).await?;
        context.show(&json!({ "key": rotation.key, "resealed": rotation.resealed }));
        Ok(())
    }
}
