//! `portcullis account`.

mod create;
mod import;
mod render;
mod set;

use clap::{Args, Subcommand};
use portcullis_accounts::{self as accounts, Company};
use portcullis_kernel::{CompanySlug, PageRequest, Role, SessionSweep};
use portcullis_sessions::EndAll;
use serde_json::json;

use super::context::{Context, company, operator};
use super::parse;
use crate::failure::Failure;
use crate::wiring::Opened;

#[derive(Subcommand)]
pub(super) enum Account {
    /// Make an account
    Create(Box<create::Create>),
    /// Take accounts over from elsewhere, with their password hashes and second factors
    Import(import::Import),
    /// Show an account
    Show(Named),
    /// Delete an account: its identifiers stay taken
    Delete(Named),
    /// List the accounts of a company, oldest first
    List {
        /// Of which company
        #[arg(long, value_name = "ID", value_parser = parse::company)]
        company: CompanySlug,
        /// Which page of 100
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        page: u32,
    },
    /// Change an account
    Set(set::Set),
    /// List the live sessions of an account
    Sessions(Named),
    /// End every session of an account
    SignOut(Named),
}

/// An account, named as an operator would.
#[derive(Args)]
pub(super) struct Named {
    /// Of which company
    #[arg(long, value_name = "ID", value_parser = parse::company)]
    company: CompanySlug,
    /// Its id, uid, e-mail address, mobile number or username
    #[arg(value_name = "ACCOUNT")]
    account: String,
}

impl Account {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let opened = context.open().await?;
        match self {
            Self::Create(command) => command.run(context, &opened).await,
            Self::Import(command) => command.run(context, &opened).await,
            Self::Set(command) => command.run(context, &opened).await,
            Self::List { company, page } => list(context, &opened, &company, page).await,
            Self::Show(named) => {
                let (company, account) = named.find(&opened).await?;
                let terms = opened.app.accounts.accepted_terms(account.id).await.map_err(Failure::from)?;
                context.show(&render::account_with_terms(&company, &account, &terms));
                Ok(())
            }
            Self::Delete(named) => delete(context, &opened, &named).await,
            Self::Sessions(named) => sessions(context, &opened, &named).await,
            Self::SignOut(named) => sign_out(context, &opened, &named).await,
        }
    }
}

impl Named {
    async fn find(&self, opened: &Opened) -> anyhow::Result<(Company, accounts::Account)> {
        let company = company(opened, &self.company).await?;
        let found = opened.app.accounts.find(company.id, &self.account).await.map_err(Failure::from)?;
        let account = found.ok_or_else(|| anyhow::anyhow!("no such account in company {}", company.slug))?;
        Ok((company, account))
    }
}

/// A role must exist where permissions say which do.
async fn check_role(opened: &Opened, company: &Company, role: Option<&str>) -> anyhow::Result<()> {
    let Some(role) = role else { return Ok(()) };
    let book = opened.app.gate.rulebook(company.id).await.map_err(Failure::from)?;
    if book.knows(&Role::new(role)) { Ok(()) } else { Err(Failure::UnknownRole.into()) }
}

async fn list(context: &Context, opened: &Opened, slug: &CompanySlug, page: u32) -> anyhow::Result<()> {
    let company = company(opened, slug).await?;
    let page =
        opened.app.accounts.list(company.id, PageRequest::new(page, 100)).await.map_err(Failure::from)?;
    let rows = page.items.iter().map(|account| render::account(&company, account)).collect();
    context.list(rows, &["id", "uid", "username", "email", "mobile", "state", "role", "created"]);
    Ok(())
}

async fn delete(context: &Context, opened: &Opened, named: &Named) -> anyhow::Result<()> {
    let (company, account) = named.find(opened).await?;
    let id = account.id;
    opened.app.accounts.delete(account, operator()).await.map_err(Failure::from)?;
    let deleted = opened.app.accounts.find(company.id, &id.to_string()).await.map_err(Failure::from)?;
    let deleted = deleted.ok_or_else(|| anyhow::anyhow!("the account is gone"))?;
    context.show(&render::account(&company, &deleted));
    Ok(())
}

async fn sessions(context: &Context, opened: &Opened, named: &Named) -> anyhow::Result<()> {
    let (_, account) = named.find(opened).await?;
    let live = opened.app.sessions.list(account.id).await.map_err(Failure::from)?;
    let rows = live.iter().map(render::session).collect();
    context.list(rows, &["id", "kind", "door", "address", "created", "expires"]);
    Ok(())
}

async fn sign_out(context: &Context, opened: &Opened, named: &Named) -> anyhow::Result<()> {
    let (company, account) = named.find(opened).await?;
    let command =
        EndAll { account: account.id, company: company.id, sweep: SessionSweep::ALL, client: operator() };
    let ended = opened.app.sessions.end_all(command).await.map_err(Failure::from)?;
    context.show(&json!({ "ended": ended }));
    Ok(())
}
