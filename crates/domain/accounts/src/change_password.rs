//! Change a password by proving the old one.

use std::time::Duration;

use portcullis_kernel::{
    AccountId, Attempt, AuditAction, AuditEvent, Client, CompanyId, Effects, Identifier, Password,
    PasswordHash, PolicyBreach, PortError, PortResult, SessionId, SessionSweep, Spending, SweepScope,
    Throttle, Timestamp, Verdict,
};

use crate::{Account, Accounts, Company, PasswordChange, SetPassword, letters};

/// Whose password to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The account of a session.
    Account(AccountId),
    /// Whoever this names: id, e-mail, mobile or username.
    Typed(String),
}

/// A password to change.
#[derive(Clone)]
pub struct ChangePassword {
    /// In which company.
    pub company: CompanyId,
    /// Whose.
    pub who: Who,
    /// Whether the door lets unconfirmed accounts in.
    pub lookup_admits_pending: bool,
    /// The old password.
    pub previous: Password,
    /// The new one.
    pub proposed: Password,
    /// The session that asks; it survives.
    pub keep: Option<SessionId>,
    /// Which other sessions end.
    pub sweep: SweepScope,
    /// Who asks.
    pub client: Client,
}

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The old password is wrong, or there is no account that could have one: nobody can tell which.
    #[error("the password is wrong")]
    WrongPassword,
    /// The new password breaks the company's policy; the old one was right.
    #[error("the new password breaks the policy")]
    Weak(Vec<PolicyBreach>),
    /// Too many wrong passwords.
    #[error("too many wrong passwords")]
    Throttled {
        /// When the budget has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// An account whose password may be changed once it is proved.
struct Owner {
    company: Company,
    account: Account,
    hash: PasswordHash,
}

impl Accounts {
    /// Replaces the password, tells the owner by mail, and ends the sessions of the sweep. Wrong passwords spend
    /// from the budgets of sign-in; unknown and refused accounts cost the same work and get the same answer. A
    /// breached policy is reported only while the budgets have room, so that it cannot be used to guess.
    pub async fn change_password(&self, command: ChangePassword) -> Result<(), ChangePasswordError> {
        let found = self.ports.accounts.find(command.company, command.who.identifiers()).await?;
        let company = self.company_by_id(command.company).await?;
        let account = found.as_ref().map(|account| account.id);
        let owner = found.zip(company).and_then(|found| self.owner(found, command.lookup_admits_pending));
        let attempt = command.attempt(account);
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::PasswordChanged, &command.client)
            .company(command.company);
        let event = AuditEvent { account, ..event };
        let Some(owner) = self.proved(owner, &command).await? else {
            self.spend(self.rules.quota.wrong(attempt), event.failed("wrong password")).await?;
            return Err(ChangePasswordError::WrongPassword);
        };
        let policy = self.rules.policies.named(owner.company.settings.password_policy);
        if let Err(breaches) = policy.check(&command.proposed, &owner.account.own_identifiers()) {
            let room = Throttle { within: self.rules.quota.budgets(attempt), ..Throttle::default() };
            self.spend(room, event.denied("weak password")).await?;
            return Err(ChangePasswordError::Weak(breaches));
        }
        let throttle = self.rules.quota.right(attempt);
        self.replace(owner, &command, throttle, event).await
    }

    fn owner(&self, (account, company): (Account, Company), admit_pending: bool) -> Option<Owner> {
        let now = self.ports.ambient.now();
        let record = account.password.as_ref()?;
        let alive = |until: Timestamp| now < until;
        let usable = account.state.admits(admit_pending) && record.temporary_until.is_none_or(alive);
        let hash = record.hash.clone();
        usable.then_some(Owner { company, account, hash })
    }

    /// The owner, if the old password is right. Spends the same work if there is no owner.
    async fn proved(&self, owner: Option<Owner>, command: &ChangePassword) -> PortResult<Option<Owner>> {
        let previous = command.previous.clone();
        let Some(owner) = owner else {
            self.ports.hasher.verify_nobody(command.company, previous).await?;
            return Ok(None);
        };
        let verdict = self.ports.hasher.verify(command.company, previous, owner.hash.clone()).await?;
        Ok(match verdict {
            Verdict::Match | Verdict::MatchOutdated => Some(owner),
            Verdict::Mismatch => None,
        })
    }

    async fn spend(&self, throttle: Throttle, event: AuditEvent) -> Result<(), ChangePasswordError> {
        let now = self.ports.ambient.now();
        match self.ports.accounts.reject_password(throttle, now, Effects::audit(event)).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(ChangePasswordError::Throttled { retry_after }),
        }
    }

    async fn replace(
        &self,
        owner: Owner,
        command: &ChangePassword,
        throttle: Throttle,
        event: AuditEvent,
    ) -> Result<(), ChangePasswordError> {
        let hash = self.ports.hasher.hash(command.company, command.proposed.clone()).await?;
        let mut effects = Effects::audit(event);
        if let Some(email) = &owner.account.email {
            effects = effects.and_send(letters::password_changed(
                &self.ports.ambient,
                &owner.company,
                &email.value,
            ));
        }
        let write = SetPassword {
            account: owner.account.id,
            expected: Some(owner.hash),
            password: self.record(hash, false, None),
            sweep: SessionSweep { scope: command.sweep, keep: command.keep },
            throttle,
            effects,
        };
        match self.ports.accounts.set_password(write).await? {
            PasswordChange::Done => Ok(()),
            PasswordChange::Stale => Err(ChangePasswordError::WrongPassword),
            PasswordChange::Exhausted { retry_after } => Err(ChangePasswordError::Throttled { retry_after }),
        }
    }
}

impl Who {
    fn identifiers(&self) -> Vec<Identifier> {
        match self {
            Self::Account(id) => vec![Identifier::Id(*id)],
            Self::Typed(text) => Identifier::candidates(text),
        }
    }
}

impl ChangePassword {
    fn attempt(&self, account: Option<AccountId>) -> Attempt<'_> {
        let typed = match &self.who {
            Who::Account(_) => "",
            Who::Typed(text) => text,
        };
        Attempt { company: self.company, typed, account, known_device: false, client: &self.client }
    }
}
