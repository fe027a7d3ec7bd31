//! `portcullis account set`.

use clap::Args;
use portcullis_accounts::{Account, AmendCommand, LabelScope, SetPasswordCommand};
use portcullis_kernel::{AccountState, Role, Timestamp};

use super::{Named, check_role, render};
use crate::cli::context::{Context, operator};
use crate::cli::output::password_from_stdin;
use crate::cli::{parse, refusal};
use crate::failure::Failure;
use crate::wiring::Opened;

#[derive(Args)]
pub(in crate::cli) struct Set {
    #[command(flatten)]
    named: Named,
    /// active, pending, banned, locked, deactivated or deleted
    #[arg(long, value_parser = parse::state)]
    state: Option<AccountState>,
    /// Its role
    #[arg(long)]
    role: Option<String>,
    /// Add or change a label; private unless said
    #[arg(long = "label", value_name = "KEY=VALUE[:public|private]", value_parser = parse::label)]
    labels: Vec<(String, String, LabelScope)>,
    /// Remove a label, whoever may see it
    #[arg(long = "remove-label", value_name = "KEY")]
    remove_labels: Vec<String>,
    /// From when on the password must be replaced
    #[arg(long, value_name = "RFC3339", value_parser = parse::instant)]
    password_expires_at: Option<Timestamp>,
    /// Read a new password from standard input; ends every session
    #[arg(long)]
    password_stdin: bool,
    /// The new password is for the next sign-in only
    #[arg(long, requires = "password_stdin")]
    temporary_password: bool,
}

impl Set {
    pub(super) async fn run(self, context: &Context, opened: &Opened) -> anyhow::Result<()> {
        let (company, account) = self.named.find(opened).await?;
        let id = account.id.to_string();
        check_role(opened, &company, self.role.as_deref()).await?;
        if self.password_stdin {
            self.set_password(opened, account.clone()).await?;
        }
        if self.amends() {
            opened
                .app
                .accounts
                .amend(self.amendment(account))
                .await
                .map_err(|error| refusal(error.into()))?;
        }
        let changed = opened.app.accounts.find(company.id, &id).await.map_err(Failure::from)?;
        let changed = changed.ok_or_else(|| anyhow::anyhow!("the account is gone"))?;
        context.show(&render::account(&company, &changed));
        Ok(())
    }

    async fn set_password(&self, opened: &Opened, account: Account) -> anyhow::Result<()> {
        let command = SetPasswordCommand {
            account,
            password: password_from_stdin()?,
            temporary: self.temporary_password,
            expires_at: self.password_expires_at,
            client: operator(),
        };
        opened.app.accounts.set_password(command).await.map_err(|error| refusal(error.into()))
    }

    fn amends(&self) -> bool {
        self.state.is_some()
            || self.role.is_some()
            || !self.labels.is_empty()
            || !self.remove_labels.is_empty()
            || (self.password_expires_at.is_some() && !self.password_stdin)
    }

    fn amendment(self, account: Account) -> AmendCommand {
        AmendCommand {
            account,
            state: self.state,
            role: self.role.map(Role::new),
            labels: self.labels,
            remove_labels: self.remove_labels,
            password_expires_at: self.password_expires_at.filter(|_| !self.password_stdin),
            client: operator(),
        }
    }
}
