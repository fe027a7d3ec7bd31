//! What every command starts from.

use portcullis_accounts::Company;
use portcullis_kernel::{Client, CompanySlug};
use serde_json::Value;

use super::output;
use crate::failure::Failure;
use crate::settings::{Effective, Settings};
use crate::wiring::{self, Opened};

/// The settings in force and the form of the answer.
pub(super) struct Context {
    pub(super) effective: Effective,
    pub(super) json: bool,
}

impl Context {
    pub(super) fn settings(&self) -> &Settings {
        &self.effective.settings
    }

    /// The installation, made if it is not there yet, its database up to date.
    pub(super) async fn open(&self) -> anyhow::Result<Opened> {
        wiring::open(self.settings().clone()).await
    }

    /// One object: as JSON, or as lines for people.
    pub(super) fn show(&self, facts: &Value) {
        output::say(&if self.json { facts.to_string() } else { output::lines(facts) });
    }

    /// Many objects: as a JSON array, or as a table for people.
    pub(super) fn list(&self, rows: Vec<Value>, columns: &[&str]) {
        output::say(&if self.json { Value::Array(rows).to_string() } else { output::table(&rows, columns) });
    }
}

/// The company of that name, or why not.
pub(super) async fn company(opened: &Opened, slug: &CompanySlug) -> anyhow::Result<Company> {
    let found = opened.app.accounts.company(slug.clone()).await.map_err(Failure::from)?;
    found.ok_or_else(|| anyhow::anyhow!("no company {slug}"))
}

/// The company that the barong door serves, or why not.
pub(super) async fn barong_company(opened: &Opened) -> anyhow::Result<Company> {
    company(opened, &opened.app.settings.dialects.barong.company).await
}

/// Who gives commands.
pub(super) fn operator() -> Client {
    Client::operator()
}
