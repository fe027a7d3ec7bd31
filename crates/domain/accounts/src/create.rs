//! Make an account.

use portcullis_kernel::{
    AccountState, AuditAction, AuditEvent, Client, Effects, Email, Mobile, Password, PolicyBreach, PortError,
    PortResult, Role, Timestamp, Uid, Username,
};

use crate::{Account, Accounts, Company, Contact, CreateAccount, Creation, PasswordRecord, Profile, Taken};

/// How many random handles are tried before giving up: with 40 random bits even one clash is rare.
pub(crate) const UID_ATTEMPTS: usize = 5;

/// An account to make. At least one of username, e-mail and mobile must be there.
#[derive(Clone)]
pub struct NewAccount {
    /// In which company.
    pub company: Company,
    /// Its username.
    pub username: Option<Username>,
    /// Its e-mail address.
    pub email: Option<Email>,
    /// Whether the address counts as proved.
    pub email_verified: bool,
    /// Its mobile number.
    pub mobile: Option<Mobile>,
    /// Whether the number counts as proved.
    pub mobile_verified: bool,
    /// Its password; without one nobody can sign in before a reset.
    pub password: Option<Password>,
    /// Whether the password only serves for the first sign-in.
    pub temporary_password: bool,
    /// From when on the password must be replaced; if absent, as the rules say.
    pub password_expires_at: Option<Timestamp>,
    /// Where it stands.
    pub state: AccountState,
    /// Its role; `member`, if absent.
    pub role: Option<Role>,
    /// The groups it joins; if none is named, the company's default group, if that has one.
    pub groups: Vec<String>,
    /// What its owner says about themself.
    pub profile: Profile,
    /// Who asks.
    pub client: Client,
}

/// Why no account was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateAccountError {
    /// Neither username nor e-mail nor mobile was given.
    #[error("an account needs a username, an e-mail address or a mobile number")]
    NoIdentifier,
    /// An identifier belongs to another account of the company.
    #[error("an identifier is taken")]
    Taken(Taken),
    /// The password breaks the company's policy.
    #[error("the password breaks the policy")]
    WeakPassword(Vec<PolicyBreach>),
    /// The company has no such group.
    #[error("the company has no group {0}")]
    UnknownGroup(String),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Makes an account and answers it. Identifiers are unique inside the company.
    pub async fn create(&self, mut new: NewAccount) -> Result<Account, CreateAccountError> {
        let password = new.password.take();
        let (temporary, expires_at) = (new.temporary_password, new.password_expires_at);
        let policy = self.rules.policies.named(new.company.settings.password_policy);
        let client = new.client.clone();
        let mut account = self.drafted(new).await?;
        if let Some(password) = password {
            policy.check(&password, &account.own_identifiers()).map_err(CreateAccountError::WeakPassword)?;
            let hash = self.ports.hasher.hash(account.company, password).await?;
            account.password = Some(self.record(hash, temporary, expires_at));
        }
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::AccountCreated, &client);
        let effects = Effects::audit(event.company(account.company).account(account.id));
        let write =
            CreateAccount { account, first: false, secrets: Vec::new(), accepted: Vec::new(), effects };
        self.add(write).await?.map_err(CreateAccountError::Taken)
    }

    /// The account without its password, in the groups it joins.
    pub(crate) async fn drafted(&self, new: NewAccount) -> Result<Account, CreateAccountError> {
        if new.username.is_none() && new.email.is_none() && new.mobile.is_none() {
            return Err(CreateAccountError::NoIdentifier);
        }
        let groups = self.joined_groups(&new).await?;
        Ok(self.draft(new, groups))
    }

    async fn joined_groups(&self, new: &NewAccount) -> Result<Vec<String>, CreateAccountError> {
        let existing = self.groups(new.company.id).await?;
        if new.groups.is_empty() {
            return Ok(existing
                .into_iter()
                .filter(|group| group.is_default)
                .map(|group| group.name)
                .collect());
        }
        let mut joined = Vec::with_capacity(new.groups.len());
        for name in &new.groups {
            if !existing.iter().any(|group| group.name == *name) {
                return Err(CreateAccountError::UnknownGroup(name.clone()));
            }
            if !joined.contains(name) {
                joined.push(name.clone());
            }
        }
        Ok(joined)
    }

    pub(crate) fn draft(&self, new: NewAccount, groups: Vec<String>) -> Account {
        let now = self.ports.ambient.now();
        let verified = |proved: bool| proved.then_some(now);
        let labels = self.first_labels(&new, now);
        Account {
            id: self.ports.ambient.fresh(),
            uid: self.fresh_uid(),
            company: new.company.id,
            username: new.username,
            email: new.email.map(|value| Contact { value, verified_at: verified(new.email_verified) }),
            mobile: new.mobile.map(|value| Contact { value, verified_at: verified(new.mobile_verified) }),
            password: None,
            state: new.state,
            delete_requested_at: None,
            role: new.role.unwrap_or_default(),
            owner: false,
            groups,
            labels,
            profile: new.profile,
            referral: None,
            data: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Writes a new account, under another random handle if the one it has is taken.
    pub(crate) async fn add(&self, mut write: CreateAccount) -> PortResult<Result<Account, Taken>> {
        for _ in 0..UID_ATTEMPTS {
            match self.ports.accounts.create(write.clone()).await? {
                Creation::Done => return Ok(Ok(write.account)),
                Creation::Taken(Taken::Uid) => write.account.uid = self.fresh_uid(),
                Creation::Taken(taken) => return Ok(Err(taken)),
            }
        }
        Err(no_handle_left())
    }

    pub(crate) fn fresh_uid(&self) -> Uid {
        Uid::generate(&self.rules.uid_prefix, self.ports.ambient.entropy())
    }

    pub(crate) fn record(
        &self,
        hash: portcullis_kernel::PasswordHash,
        temporary: bool,
        expires_at: Option<Timestamp>,
    ) -> PasswordRecord {
        let now = self.ports.ambient.now();
        let by_rule = || self.rules.password_lifetime.map(|lifetime| now.plus(lifetime));
        PasswordRecord {
            hash,
            changed_at: now,
            expires_at: expires_at.or_else(by_rule),
            temporary_until: temporary.then(|| now.plus(self.rules.temporary_password_lifetime)),
        }
    }
}

pub(crate) fn no_handle_left() -> PortError {
    PortError::broken("every random account handle is taken")
}
