//! `portcullis serve`.

use super::context::Context;
use super::output::say;
use crate::server;

pub(super) async fn run(context: Context) -> anyhow::Result<()> {
    server::run(context.effective.settings, |base| {
        say(&format!("listening on {base}"));
        say("make the first account: portcullis account create --company default --email you@example.com --password-stdin");
    })
    .await
}
