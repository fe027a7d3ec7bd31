//! `portcullis whitelink`.

use std::time::Duration;

use clap::Subcommand;
use portcullis_sessions::NewWhitelink;
use serde_json::json;

use super::context::{Context, barong_company, operator};
use super::parse;
use crate::failure::Failure;

#[derive(Subcommand)]
pub(super) enum Whitelink {
    /// Make a link and print its token, once
    Create {
        /// How long it is good: 1h to 30h or 1d to 30d
        #[arg(long, value_name = "TIME", default_value = "1d", value_parser = parse::validity)]
        valid_for: Duration,
    },
}

impl Whitelink {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let Self::Create { valid_for: lifetime } = self;
        let opened = context.open().await?;
        let company = barong_company(&opened).await?.id;
        let new = NewWhitelink { company, lifetime, client: operator() };
        let (token, expires) = opened.app.gate.make_whitelink(new).await.map_err(Failure::from)?;
        context.show(&json!({ "token": token.reveal(), "expires": expires.to_string() }));
        Ok(())
    }
}
