//! `portcullis account create`.

use clap::Args;
use portcullis_accounts::{NewAccount, Profile, ProfileField};
use portcullis_kernel::{AccountState, CompanySlug, Email, Mobile, Role, Timestamp, Username};

use super::{check_role, render};
use crate::cli::context::{Context, company, operator};
use crate::cli::output::password_from_stdin;
use crate::cli::parse;
use crate::wiring::Opened;

#[derive(Args)]
#[command(group = clap::ArgGroup::new("name").required(true).multiple(true).args(["username", "email", "mobile"]))]
#[expect(clippy::struct_excessive_bools, reason = "they are flags of a command")]
pub(in crate::cli) struct Create {
    /// In which company
    #[arg(long, value_name = "ID", value_parser = parse::company)]
    company: CompanySlug,
    /// Its username
    #[arg(long, value_parser = parse::username)]
    username: Option<Username>,
    /// Its e-mail address
    #[arg(long, value_parser = parse::email)]
    email: Option<Email>,
    /// Its mobile number, such as +27821234567
    #[arg(long, value_parser = parse::mobile)]
    mobile: Option<Mobile>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// The password is for the first sign-in only
    #[arg(long, requires = "password_stdin")]
    temporary_password: bool,
    /// The e-mail address is known to be the owner's
    #[arg(long, requires = "email")]
    email_verified: bool,
    /// The mobile number is known to be the owner's
    #[arg(long, requires = "mobile")]
    mobile_verified: bool,
    /// active, pending, banned, locked, deactivated or deleted
    #[arg(long, default_value = "active", value_parser = parse::state)]
    state: AccountState,
    /// Its role
    #[arg(long)]
    role: Option<String>,
    /// A group to put it into; can be given several times
    #[arg(long = "group")]
    groups: Vec<String>,
    /// Given name
    #[arg(long)]
    first_name: Option<String>,
    /// Family name
    #[arg(long)]
    last_name: Option<String>,
    /// From when on the password must be replaced
    #[arg(long, value_name = "RFC3339", requires = "password_stdin", value_parser = parse::instant)]
    password_expires_at: Option<Timestamp>,
}

impl Create {
    pub(super) async fn run(self, context: &Context, opened: &Opened) -> anyhow::Result<()> {
        let company = company(opened, &self.company).await?;
        check_role(opened, &company, self.role.as_deref()).await?;
        let password = if self.password_stdin { Some(password_from_stdin()?) } else { None };
        let new = NewAccount {
            company: company.clone(),
            profile: self.profile()?,
            username: self.username,
            email: self.email,
            email_verified: self.email_verified,
            mobile: self.mobile,
            mobile_verified: self.mobile_verified,
            password,
            temporary_password: self.temporary_password,
            password_expires_at: self.password_expires_at,
            state: self.state,
            role: self.role.map(Role::new),
            groups: self.groups,
            client: operator(),
        };
        let made =
            opened.app.accounts.create(new).await.map_err(|error| crate::cli::refusal(error.into()))?;
        context.show(&render::account(&company, &made));
        Ok(())
    }

    fn profile(&self) -> anyhow::Result<Profile> {
        let mut profile = Profile::default();
        for (field, value) in
            [(ProfileField::FirstName, &self.first_name), (ProfileField::LastName, &self.last_name)]
        {
            if let Some(value) = value {
                profile.set(field, value)?;
            }
        }
        Ok(profile)
    }
}
