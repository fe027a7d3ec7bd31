//! `portcullis doctor`: looks, and changes nothing.

use serde_json::{Value, json};

use super::context::Context;
use crate::wiring::{self, Finding};

pub(super) async fn run(context: &Context) -> anyhow::Result<()> {
    let settings = Finding::good("settings", "every key is known and in range");
    let findings: Vec<Finding> =
        std::iter::once(settings).chain(wiring::examine(context.settings()).await).collect();
    let rows: Vec<Value> = findings.iter().map(facts).collect();
    let bad = findings.iter().filter(|finding| !finding.ok).count();
    if context.json {
        context.show(&json!({ "ok": bad == 0, "checks": rows }));
    } else {
        context.list(rows, &["check", "ok", "detail"]);
    }
    anyhow::ensure!(bad == 0, "{bad} of {} checks failed", findings.len());
    Ok(())
}

fn facts(finding: &Finding) -> Value {
    json!({ "check": finding.check, "ok": finding.ok, "detail": finding.detail })
}
