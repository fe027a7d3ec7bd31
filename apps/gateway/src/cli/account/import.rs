//! `portcullis account import`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use portcullis_accounts::{
    AmendCommand, Company, ImportAccount, ImportAccountError, LabelScope, NewAccount, Profile, ProfileField,
};
use portcullis_kernel::{
    AccountState, CompanySlug, Email, Mobile, PasswordHash, Role, Secret, Timestamp, Uid, Username,
};
use portcullis_mfa::AdoptTotp;
use serde::Deserialize;
use serde_json::{Value, json};

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

/// One account as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    uid: Option<String>,
    username: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    mobile: Option<String>,
    #[serde(default)]
    mobile_verified: bool,
    password_hash: Option<String>,
    password_expires_at: Option<String>,
    totp_secret: Option<String>,
    state: Option<String>,
    role: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    labels: Vec<LineLabel>,
    #[serde(default)]
    profile: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineLabel {
    key: String,
    value: String,
    #[serde(default)]
    scope: Scope,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scope {
    Public,
    #[default]
    Private,
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
    let line: Line = serde_json::from_str(text)?;
    super::check_role(opened, company, line.role.as_deref()).await?;
    let unreadable = || anyhow!("the secret of the time-based codes is no base32");
    let secret = line.totp_secret.clone().map(Secret::new);
    let totp =
        secret.map(|secret| opened.app.factors.read_totp(&secret).ok_or_else(unreadable)).transpose()?;
    let mut command = line.into_command(company)?;
    let state = command.account.state;
    if totp.is_some() {
        command.account.state = AccountState::Locked;
    }
    let account = opened.app.accounts.import(command).await.map_err(reason)?;
    let Some(totp) = totp else { return Ok(()) };
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

impl Line {
    fn into_command(self, company: &Company) -> anyhow::Result<ImportAccount> {
        let mut profile = Profile::default();
        for (name, value) in &self.profile {
            let field = ProfileField::parse(name).with_context(|| format!("profile.{name}"))?;
            profile.set(field, value).with_context(|| format!("profile.{name}"))?;
        }
        let state = self.state.as_deref().map(AccountState::parse).transpose().context("state")?;
        let expiry = self.password_expires_at.as_deref().map(Timestamp::parse_rfc3339);
        let account = NewAccount {
            company: company.clone(),
            username: self.username.as_deref().map(Username::parse).transpose().context("username")?,
            email: self.email.as_deref().map(Email::parse).transpose().context("email")?,
            email_verified: self.email_verified,
            mobile: self.mobile.as_deref().map(Mobile::parse).transpose().context("mobile")?,
            mobile_verified: self.mobile_verified,
            password: None,
            temporary_password: false,
            password_expires_at: expiry.transpose().context("password_expires_at")?,
            state: state.unwrap_or(AccountState::Active),
            role: self.role.map(Role::new),
            groups: self.groups,
            profile,
            client: operator(),
        };
        let labels = self.labels.into_iter().map(LineLabel::into_label).collect();
        let hash = self.password_hash.map(PasswordHash::from_text);
        let uid = self.uid.as_deref().map(Uid::parse).transpose().context("uid")?;
        Ok(ImportAccount { account, uid, hash, labels })
    }
}

impl LineLabel {
    fn into_label(self) -> (String, String, LabelScope) {
        let scope = match self.scope {
            Scope::Public => LabelScope::Public,
            Scope::Private => LabelScope::Private,
        };
        (self.key, self.value, scope)
    }
}
