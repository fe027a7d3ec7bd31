//! Sign up with an e-mail address and a password (barong contract §7.1).

use std::time::Duration;

use portcullis_kernel::{
    AccountState, AuditAction, AuditEvent, Client, Effects, Email, Identifier, Label, LabelScope, Password,
    PolicyBreach, PortError, PortResult, Role, Uid, Username,
};

use crate::own_data::data_faults;
use crate::{Account, Accounts, Company, CreateAccount, NewAccount, Profile, Taken, letters};

const USERNAME_MIN: usize = 4;
const USERNAME_MAX: usize = 12;

/// Somebody who wants an account.
#[derive(Clone)]
pub struct SignUp {
    /// In which company.
    pub company: Company,
    /// The e-mail address as typed.
    pub email: String,
    /// The password; absent if it is longer than any can be.
    pub password: Option<Password>,
    /// The username as typed, if there is one: 4 to 12 letters a-z and digits, folded to lower case.
    pub username: Option<String>,
    /// The handle of an account of the company that brought this one along.
    pub referral: Option<Uid>,
    /// What to keep with the account: any JSON value, as text of at most 1024 characters.
    pub data: Option<String>,
    /// Whether the first account of the company becomes its superadmin, confirmed without a mail.
    pub first_is_superadmin: bool,
    /// Who asks.
    pub client: Client,
}

/// One thing that is wrong with a sign-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignUpFault {
    /// The e-mail address is none.
    EmailInvalid,
    /// Another account has the e-mail address.
    EmailTaken,
    /// The password breaks the policy.
    Password(Vec<PolicyBreach>),
    /// The username has fewer than 4 characters.
    UsernameTooShort,
    /// The username has more than 12 characters.
    UsernameTooLong,
    /// The username has other characters than letters a-z and digits.
    UsernameInvalid,
    /// Another account has the username.
    UsernameTaken,
    /// The data is no JSON.
    DataInvalid,
    /// The data has more than 1024 characters.
    DataTooLong,
}

/// Why nobody was signed up.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// No account of the company has the handle of the referral; nothing else was looked at.
    #[error("the referral names no account")]
    UnknownReferral,
    /// These things are wrong, all of them, in the order e-mail, password, username, data.
    #[error("the sign-up has faults")]
    Refused(Vec<SignUpFault>),
    /// Prepared as the first account of the company, it found another there: it has to be prepared again.
    #[error("another account was first")]
    Overtaken,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// An account that nobody objects to, not yet written.
#[derive(Clone)]
pub struct SignUpDraft {
    company: Company,
    account: Account,
    first: bool,
}

/// The mail that carries a token for an account to be confirmed.
#[derive(Clone)]
pub struct ConfirmationLetter {
    /// The token, as the door reads it again.
    pub token: String,
    /// The page that its link opens.
    pub page: String,
    /// How long it works.
    pub lifetime: Duration,
}

impl SignUpDraft {
    /// The account as it is about to be.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Whether its owner has to confirm it by mail.
    #[must_use]
    pub fn needs_confirmation(&self) -> bool {
        self.account.state == AccountState::Pending
    }
}

impl Accounts {
    /// Looks at a sign-up and hashes its password. Writes nothing, so that a token that names the account can be made
    /// before it exists.
    pub async fn prepare_sign_up(&self, command: SignUp) -> Result<SignUpDraft, SignUpError> {
        self.check_referral(&command).await?;
        let (email, username) = (Email::parse(&command.email).ok(), folded(command.username.as_deref()));
        let faults = self.faults(&command, email.as_ref(), username.as_ref()).await?;
        let (Some(email), Some(password)) = (email, command.password.clone()) else {
            return Err(SignUpError::Refused(faults));
        };
        if !faults.is_empty() {
            return Err(SignUpError::Refused(faults));
        }
        let hash = self.ports.hasher.hash(command.company.id, password).await?;
        let mut account = self.unconfirmed(&command, email, username);
        account.password = Some(self.record(hash, false, None));
        let first = command.first_is_superadmin && self.is_empty(&command.company).await?;
        if first {
            self.promote(&mut account);
        }
        Ok(SignUpDraft { company: command.company, account, first })
    }

    /// Writes the account, and the letter that asks its owner to confirm it. Fails with [`SignUpError::Overtaken`] at
    /// most once for each sign-up.
    pub async fn sign_up(
        &self,
        draft: SignUpDraft,
        letter: Option<ConfirmationLetter>,
        client: Client,
    ) -> Result<Account, SignUpError> {
        let SignUpDraft { company, account, first } = draft;
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::AccountCreated, &client);
        let event = event.company(company.id).account(account.id).detail(AuditEvent::REGISTERED);
        let mut effects = Effects::audit(event);
        if let Some((letter, contact)) = letter.zip(account.email.as_ref()) {
            let message = letters::confirm_account(&self.ports.ambient, &company, &contact.value, &letter);
            effects = effects.and_send(message);
        }
        let write = CreateAccount { account, first, secrets: Vec::new(), accepted: Vec::new(), effects };
        self.add(write).await?.map_err(|taken| match taken {
            Taken::FirstPlace => SignUpError::Overtaken,
            Taken::Email => SignUpError::Refused(vec![SignUpFault::EmailTaken]),
            Taken::Username => SignUpError::Refused(vec![SignUpFault::UsernameTaken]),
            Taken::Uid | Taken::Mobile | Taken::Slug | Taken::GroupName | Taken::LegalTerm => {
                PortError::broken("a sign-up met a taken name that it does not have").into()
            }
        })
    }

    async fn check_referral(&self, command: &SignUp) -> Result<(), SignUpError> {
        let Some(uid) = command.referral.clone() else { return Ok(()) };
        let found = self.ports.accounts.find_by_uid(uid).await?;
        match found.filter(|account| account.company == command.company.id) {
            Some(_) => Ok(()),
            None => Err(SignUpError::UnknownReferral),
        }
    }

    async fn faults(
        &self,
        command: &SignUp,
        email: Option<&Email>,
        username: Option<&Username>,
    ) -> PortResult<Vec<SignUpFault>> {
        let company = command.company.id;
        let mut faults = Vec::new();
        match email {
            None => faults.push(SignUpFault::EmailInvalid),
            Some(email) => {
                let names = vec![Identifier::Email(email.clone())];
                if self.ports.accounts.find(company, names).await?.is_some() {
                    faults.push(SignUpFault::EmailTaken);
                }
            }
        }
        faults.extend(self.objections_to_password(command, email, username));
        faults.extend(command.username.as_deref().map(username_faults).into_iter().flatten());
        if let Some(username) = username {
            let names = vec![Identifier::Username(username.clone())];
            if self.ports.accounts.find(company, names).await?.is_some() {
                faults.push(SignUpFault::UsernameTaken);
            }
        }
        faults.extend(command.data.as_deref().map(data_faults).into_iter().flatten());
        Ok(faults)
    }

    fn objections_to_password(
        &self,
        command: &SignUp,
        email: Option<&Email>,
        username: Option<&Username>,
    ) -> Option<SignUpFault> {
        let Some(password) = &command.password else {
            let breach = PolicyBreach::TooLong { max: Password::MAX_CHARS };
            return Some(SignUpFault::Password(vec![breach]));
        };
        let own: Vec<&str> =
            [email.map(Email::as_str), username.map(Username::as_str)].into_iter().flatten().collect();
        let policy = self.rules.policies.named(command.company.settings.password_policy);
        policy.check(password, &own).err().map(SignUpFault::Password)
    }

    fn unconfirmed(&self, command: &SignUp, email: Email, username: Option<Username>) -> Account {
        let new = NewAccount {
            company: command.company.clone(),
            username,
            email: Some(email),
            email_verified: false,
            mobile: None,
            mobile_verified: false,
            password: None,
            temporary_password: false,
            password_expires_at: None,
            state: AccountState::Pending,
            role: None,
            groups: Vec::new(),
            profile: Profile::default(),
            client: command.client.clone(),
        };
        let account = self.draft(new, Vec::new());
        Account { referral: command.referral.clone(), data: command.data.clone(), ..account }
    }

    async fn is_empty(&self, company: &Company) -> PortResult<bool> {
        let page = self.list(company.id, portcullis_kernel::PageRequest::new(1, 1)).await?;
        Ok(page.total == 0)
    }

    fn promote(&self, account: &mut Account) {
        let at = self.ports.ambient.now();
        account.role = Role::new("superadmin");
        account.state = AccountState::Active;
        if let Some(contact) = &mut account.email {
            contact.verified_at = Some(at);
        }
        let verified = Label {
            key: "email".to_owned(),
            value: "verified".to_owned(),
            scope: LabelScope::Private,
            created_at: at,
            updated_at: at,
        };
        Label::put(&mut account.labels, verified);
    }
}

/// A username that breaks no rule, in lower case.
fn folded(typed: Option<&str>) -> Option<Username> {
    let typed = typed.filter(|typed| username_faults(typed).is_empty())?;
    Username::parse(&typed.to_ascii_lowercase()).ok()
}

fn username_faults(typed: &str) -> Vec<SignUpFault> {
    let length = typed.chars().count();
    let plain = !typed.is_empty() && typed.bytes().all(|b| b.is_ascii_alphanumeric());
    let faults = [
        (length < USERNAME_MIN).then_some(SignUpFault::UsernameTooShort),
        (length > USERNAME_MAX).then_some(SignUpFault::UsernameTooLong),
        (!plain).then_some(SignUpFault::UsernameInvalid),
    ];
    faults.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usernames_have_4_to_12_letters_and_digits() {
        use SignUpFault::{UsernameInvalid, UsernameTooLong, UsernameTooShort};
        assert_eq!(username_faults(""), [UsernameTooShort, UsernameInvalid]);
        assert_eq!(username_faults("ada"), [UsernameTooShort]);
        assert_eq!(username_faults("ada_l"), [UsernameInvalid]);
        assert_eq!(username_faults("adalovelace12"), [UsernameTooLong]);
        assert_eq!(username_faults("Ada1"), []);
        assert_eq!(folded(Some("Ada1")).unwrap().as_str(), "ada1");
        assert_eq!(folded(None), None);
    }
}
