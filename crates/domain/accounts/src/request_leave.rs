//! Send the key with which an owner puts the account to rest.

use std::time::Duration;

use portcullis_kernel::{
    AccountState, AuditAction, AuditEvent, Budget, Client, Effects, Identifier, OneTime, OneTimeSecret,
    PortError, PortResult, Purpose, Quota, Recipient, Spending, Throttle,
};

use crate::letters::{self, Leaving};
use crate::request_contact_verification::counted;
use crate::{Account, Accounts, Company, IssueContactSecret};

/// How an owner leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Departure {
    /// The account rests; an operator can wake it.
    Deactivation,
    /// The account rests, and its owner asks for its deletion; erasing it is an operator's act.
    Deletion,
}

/// A key to send.
#[derive(Clone)]
pub struct RequestLeave {
    /// In which company; none, if the caller names one that does not exist.
    pub company: Option<Company>,
    /// The company as the caller names it.
    pub company_typed: String,
    /// Whose account, as typed: id, e-mail, mobile or username.
    pub typed: String,
    /// How it leaves.
    pub departure: Departure,
    /// How long the key works.
    pub lifetime: Duration,
    /// How often keys may be asked for, per identifier and, silently, per account; charged whether or not anybody
    /// answers to it.
    pub quotas: Vec<Quota>,
    /// Who asks.
    pub client: Client,
}

/// What a request led to. Anonymous callers must not learn which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveRequested {
    /// A message is on its way; earlier keys for the same are void.
    Sent,
    /// Nobody answers to the name, the account may not leave, has no address, or was sent enough keys already.
    NothingSent,
}

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum RequestLeaveError {
    /// Too many requests for this name.
    #[error("too many requests for this name")]
    Throttled {
        /// When the budget has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Sends a key to the owner of the account, by mail or, for want of an address, by SMS (rehive contract §7.3,
    /// §7.21).
    pub async fn request_leave(&self, request: RequestLeave) -> Result<LeaveRequested, RequestLeaveError> {
        let identifiers = Identifier::candidates(&request.typed);
        let found = self.named_in(request.company.as_ref(), identifiers).await?;
        let leaver = found.filter(|account| request.departure.admits(account.state));
        let leaver = leaver.and_then(|account| Some((recipient(&account)?, account)));
        if let Some((company, (recipient, account))) = request.company.as_ref().zip(leaver)
            && self.issue_leave(company, &account, recipient, &request).await? == Spending::Within
        {
            return Ok(LeaveRequested::Sent);
        }
        let event = self.leave_requested(&request).denied("no key sent");
        match self.charge_nobody(Throttle::spend(request.budgets()), event).await? {
            Spending::Within => Ok(LeaveRequested::NothingSent),
            Spending::Exhausted { retry_after } => Err(RequestLeaveError::Throttled { retry_after }),
        }
    }

    async fn issue_leave(
        &self,
        company: &Company,
        account: &Account,
        recipient: Recipient,
        request: &RequestLeave,
    ) -> PortResult<Spending> {
        let ambient = &self.ports.ambient;
        let key = ambient.token();
        let leaving = Leaving {
            company,
            account,
            departure: request.departure,
            key: key.reveal(),
            lifetime: request.lifetime,
        };
        let message = letters::leave(ambient, &leaving, recipient, &self.rules.public_url);
        let secret = OneTime::issue(
            ambient.fresh(),
            (company.id, account.id),
            request.departure.purpose(),
            OneTimeSecret::Token(key.digest()),
            (ambient.now(), request.lifetime),
        );
        let mut budgets = request.budgets();
        budgets.extend(request.per(&account.id.to_string()));
        let effects = Effects::audit(self.leave_requested(request).account(account.id)).and_send(message);
        let write = IssueContactSecret { secret, throttle: Throttle::spend(budgets), effects };
        self.ports.contacts.issue(write).await
    }

    fn leave_requested(&self, request: &RequestLeave) -> AuditEvent {
        let event = AuditEvent::new(&self.ports.ambient, AuditAction::LeaveRequested, &request.client)
            .detail(request.departure.as_str());
        AuditEvent { company: request.company.as_ref().map(|company| company.id), ..event }
    }
}

impl RequestLeave {
    fn budgets(&self) -> Vec<Budget> {
        let name = Identifier::folded(&self.typed);
        self.per(&counted(&self.company_typed, &name)).collect()
    }

    fn per(&self, subject: &str) -> impl Iterator<Item = Budget> {
        let scope = format!("leave/{}", self.departure.as_str());
        self.quotas.iter().map(move |quota| quota.of(&scope, subject))
    }
}

impl Departure {
    pub(crate) const fn purpose(self) -> Purpose {
        match self {
            Self::Deactivation => Purpose::Deactivate,
            Self::Deletion => Purpose::RequestDelete,
        }
    }

    /// The states in which an account may leave: refused ones are not whitewashed, resting ones may still go.
    pub(crate) const fn from(self) -> &'static [AccountState] {
        match self {
            Self::Deactivation => &[AccountState::Pending, AccountState::Active],
            Self::Deletion => &[AccountState::Pending, AccountState::Active, AccountState::Deactivated],
        }
    }

    fn admits(self, state: AccountState) -> bool {
        self.from().contains(&state)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Deactivation => "deactivation",
            Self::Deletion => "deletion",
        }
    }
}

fn recipient(account: &Account) -> Option<Recipient> {
    let email = account.email.as_ref().map(|contact| Recipient::Mail(contact.value.clone()));
    email.or_else(|| account.mobile.as_ref().map(|contact| Recipient::Sms(contact.value.clone())))
}
