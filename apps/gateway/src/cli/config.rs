//! `portcullis config`.

use super::context::Context;
use super::output::say;

#[expect(clippy::unnecessary_wraps, reason = "every command has the same shape")]
pub(super) fn run(context: &Context) -> anyhow::Result<()> {
    if context.json {
        say(&context.effective.masked().to_string());
    } else {
        say(context.effective.to_toml().trim_end());
    }
    Ok(())
}
