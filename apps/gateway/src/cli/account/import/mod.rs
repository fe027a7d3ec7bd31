//! `portcullis account import`.

mod line;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use portcullis_accounts::{Account, AmendCommand, Company, ImportAccountError};
use portcullis_kernel::{AccountState, CompanySlug, Secret};
use portcullis_mfa::{AdoptTotp, Totp};
use portcullis_service_accounts::{AdoptSigned, AdoptSignedError, ForeignKey};
use serde_json::{Value, json};

use line::{Line, LineKey};

use crate::cli::context::{Context, company, operator};
use crate::cli::{output, parse, refusal};
use crate::failure::Failure;
use crate::wiring::Opened;

/// How many lines pass between two words about the progress.
const STRIDE: usize = 1_000;

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 1 << 20;

#[derive(Args)]
pub(in crate::cli) struct Import {
    /// Into which company
    #[arg(long, value_name = "ID", value_parser = parse::company)]
    company: CompanySlug,
    /// One JSON object per line, one account per object; docs/operating.md lists the members
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Import {
    /// Each line stands for itself: what is refused is told and does not stop the rest.
    pub(super) async fn run(self, context: &Context, opened: &Opened) -> anyhow::Result<()> {
        let company = company(opened, &self.company).await?;
        let file = File::open(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
        let mut lines = BufReader::new(file);
        let (mut imported, mut refused) = (0_usize, Vec::new());
        let mut number = 0_usize;
        while let Some(text) = next_line(&mut lines)? {
            number += 1;
            if number.is_multiple_of(STRIDE) {
                output::progress(&format!("{number} lines read, {imported} accounts imported"));
            }
            if text.trim().is_empty() {
                continue;
            }
            match import(opened, &company, &text).await {
                Ok(()) => imported += 1,
                Err(error) => refused.push((number, error)),
            }
        }
        let reasons: Vec<Value> = refused
            .iter()
            .map(|(line, error)| json!({ "line": line, "reason": format!("{error:#}") }))
            .collect();
        context.show(&json!({ "imported": imported, "refused": reasons }));
        for (line, error) in &refused {
            output::progress(&format!("line {line}: {error:#}"));
        }
        if refused.is_empty() { Ok(()) } else { Err(anyhow!("{} accounts were not imported", refused.len())) }
    }
}

fn next_line(lines: &mut impl BufRead) -> anyhow::Result<Option<String>> {
    let mut text = String::new();
    let read = lines.by_ref().take(MAX_LINE).read_line(&mut text)?;
    if u64::try_from(read)? == MAX_LINE {
        bail!("a line is longer than {MAX_LINE} bytes: is this a file of one JSON object per line?");
    }
    Ok((read > 0).then_some(text))
}

/// An account with a second factor stays locked until it has that, so that no interruption leaves it without.
async fn import(opened: &Opened, company: &Company, text: &str) -> anyhow::Result<()> {
    let mut line: Line = serde_json::from_str(text)?;
    super::check_role(opened, company, line.role.as_deref()).await?;
    let totp = line.totp_secret.take().map(|secret| read_totp(opened, secret)).transpose()?;
    let keys = std::mem::take(&mut line.api_keys);
    let keys = keys.into_iter().map(LineKey::into_key).collect::<Result<Vec<_>, _>>()?;
    let mut command = line.into_command(company)?;
    let state = command.account.state;
    check_keys(opened, &keys, totp.is_some() && state == AccountState::Active).await?;
    if totp.is_some() {
        command.account.state = AccountState::Locked;
    }
    let account = opened.app.accounts.import(command).await.map_err(reason)?;
    let Some(totp) = totp else { return Ok(()) };
    let id = account.id;
    secure(opened, company, account, totp, state).await?;
    for key in keys {
        let adopt = AdoptSigned { company: company.id, account: id, key, client: operator() };
        let adopted = opened.app.services.adopt(adopt).await;
        adopted.map_err(key_reason).context("the account is there, not all of its API keys are")?;
    }
    Ok(())
}

fn read_totp(opened: &Opened, text: String) -> anyhow::Result<Totp> {
    let totp = opened.app.factors.read_totp(&Secret::new(text));
    totp.ok_or_else(|| anyhow!("the secret of the time-based codes is no base32"))
}

/// Whether keys can be added to an account that is not there yet.
async fn check_keys(opened: &Opened, keys: &[ForeignKey], is_ready: bool) -> anyhow::Result<()> {
    if !keys.is_empty() && !is_ready {
        bail!("only active accounts with a second factor hold API keys");
    }
    for key in keys {
        if !opened.app.services.is_free(key.kid()).await.map_err(Failure::from)? {
            return Err(AdoptSignedError::Taken.into());
        }
    }
    Ok(())
}

/// Gives an account its second factor, and then its state.
async fn secure(
    opened: &Opened,
    company: &Company,
    account: Account,
    totp: Totp,
    state: AccountState,
) -> anyhow::Result<()> {
    let adopt = AdoptTotp {
        company: company.id,
        company_slug: company.slug.clone(),
        account: account.id,
        totp,
        client: operator(),
    };
    let half_done = "the account is there and locked, its second factor is not";
    opened.app.factors.adopt_totp(adopt).await.map_err(Failure::from).context(half_done)?;
    let unlock = AmendCommand {
        account,
        state: Some(state),
        role: None,
        labels: Vec::new(),
        remove_labels: Vec::new(),
        password_expires_at: None,
        client: operator(),
    };
    opened.app.accounts.amend(unlock).await.map_err(|error| refusal(error.into()))?;
    Ok(())
}

fn reason(error: ImportAccountError) -> anyhow::Error {
    match error {
        ImportAccountError::Refused(error) => refusal(error.into()),
        ImportAccountError::UnreadableHash | ImportAccountError::InvalidLabel => error.into(),
    }
}

fn key_reason(error: AdoptSignedError) -> anyhow::Error {
    match error {
        AdoptSignedError::Port(error) => Failure::from(error).into(),
        AdoptSignedError::Taken | AdoptSignedError::HolderNotActive => error.into(),
    }
}
