//! Send the secret that proves a contact.

use std::time::Duration;

use portcullis_kernel::{
    AuditAction, AuditEvent, Budget, Client, Effects, Email, Identifier, Message, Mobile, OneTime,
    OneTimeSecret, PortError, PortResult, Purpose, Quota, Spending, Throttle,
};

use crate::letters::{self, Verification};
use crate::{Account, Accounts, Company, IssueContactSecret};

/// Digits of a code sent by SMS (rehive contract §8).
const CODE_DIGITS: usize = 5;

/// The contact to prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactAddress {
    /// An e-mail address, proved by a key in a link.
    Email(Email),
    /// A mobile number, proved by a code of five digits.
    Mobile(Mobile),
}

/// A request for such a message.
#[derive(Clone)]
pub struct RequestContactVerification {
    /// In which company; none, if the caller names one that does not exist.
    pub company: Option<Company>,
    /// The company as the caller names it.
    pub company_typed: String,
    /// For which contact.
    pub address: ContactAddress,
    /// How often messages may be asked for, per contact; charged whether or not anybody has it.
    pub quotas: Vec<Quota>,
    /// Who asks.
    pub client: Client,
}

/// What a request led to. Anonymous callers must not learn which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactRequested {
    /// A message is on its way; earlier secrets for the contact are void.
    Sent,
    /// No account has the contact, or it is verified already.
    NothingToVerify,
}

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum RequestContactVerificationError {
    /// Too many requests for this contact.
    #[error("too many requests for this contact")]
    Throttled {
        /// When the budget has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Sends a key or code to exactly that contact, if an account of the company has it unverified (rehive contract
    /// §7.6, §7.16).
    pub async fn request_contact_verification(
        &self,
        request: RequestContactVerification,
    ) -> Result<ContactRequested, RequestContactVerificationError> {
        let found = self.named_in(request.company.as_ref(), vec![request.address.identifier()]).await?;
        let unproved = found.and_then(|account| Some((request.address.unproved(&account)?, account)));
        let throttle = Throttle::spend(request.budgets());
        let company = request.company.as_ref().map(|company| company.id);
        let action = AuditAction::ContactVerificationRequested;
        let event = AuditEvent { company, ..AuditEvent::new(&self.ports.ambient, action, &request.client) };
        let answer =
            if unproved.is_some() { ContactRequested::Sent } else { ContactRequested::NothingToVerify };
        let spending = match request.company.as_ref().zip(unproved) {
            Some((company, (address, account))) => {
                let (secret, message) = self.contact_secret(company, &account, &address);
                let effects = Effects::audit(event.account(account.id)).and_send(message);
                self.ports.contacts.issue(IssueContactSecret { secret, throttle, effects }).await?
            }
            None => self.charge_nobody(throttle, event.denied("nothing to verify")).await?,
        };
        match spending {
            Spending::Within => Ok(answer),
            Spending::Exhausted { retry_after } => {
                Err(RequestContactVerificationError::Throttled { retry_after })
            }
        }
    }

    /// A write-set of budgets and audit alone: what a wrong password causes, too.
    pub(crate) async fn charge_nobody(&self, throttle: Throttle, event: AuditEvent) -> PortResult<Spending> {
        let effects = Effects::audit(event);
        self.ports.accounts.reject_password(throttle, self.ports.ambient.now(), effects).await
    }

    pub(crate) fn contact_secret(
        &self,
        company: &Company,
        account: &Account,
        address: &ContactAddress,
    ) -> (OneTime, Message) {
        let ambient = &self.ports.ambient;
        let lifetime = match address {
            ContactAddress::Email(_) => self.rules.contact_token_lifetime,
            ContactAddress::Mobile(_) => self.rules.contact_code_lifetime,
        };
        let about = Verification { company, account, lifetime };
        let (secret, target, message) = match address {
            ContactAddress::Email(email) => {
                let key = ambient.token();
                let parts = (key.reveal(), self.rules.public_url.as_str());
                let message = letters::verify_email(ambient, &about, email, parts);
                (OneTimeSecret::Token(key.digest()), email.as_str().to_owned(), message)
            }
            ContactAddress::Mobile(mobile) => {
                let code = ambient.code(CODE_DIGITS);
                let message = letters::verify_mobile(ambient, &about, mobile, code.reveal());
                (OneTimeSecret::Code(code), mobile.as_str().to_owned(), message)
            }
        };
        let owner = (company.id, account.id);
        let valid = (ambient.now(), lifetime);
        let issued = OneTime::issue(ambient.fresh(), owner, address.purpose(), secret, valid);
        (OneTime { target: Some(target), ..issued }, message)
    }
}

impl ContactAddress {
    fn identifier(&self) -> Identifier {
        match self {
            Self::Email(email) => Identifier::Email(email.clone()),
            Self::Mobile(mobile) => Identifier::Mobile(mobile.clone()),
        }
    }

    const fn purpose(&self) -> Purpose {
        match self {
            Self::Email(_) => Purpose::VerifyEmail,
            Self::Mobile(_) => Purpose::VerifyMobile,
        }
    }

    /// The contact as the account spells it, if that is still to be proved. Mail never goes to a spelling that only
    /// an anonymous caller vouches for, nor to an account that may not sign in.
    fn unproved(&self, account: &Account) -> Option<Self> {
        if !account.state.admits(true) {
            return None;
        }
        match self {
            Self::Email(_) => {
                let contact = account.email.clone().filter(|contact| contact.verified_at.is_none())?;
                Some(Self::Email(contact.value))
            }
            Self::Mobile(_) => {
                let contact = account.mobile.clone().filter(|contact| contact.verified_at.is_none())?;
                Some(Self::Mobile(contact.value))
            }
        }
    }
}

impl RequestContactVerification {
    fn budgets(&self) -> Vec<Budget> {
        let (scope, contact) = match &self.address {
            ContactAddress::Email(email) => ("contact/email", email.key()),
            ContactAddress::Mobile(mobile) => ("contact/mobile", mobile.as_str()),
        };
        let subject = counted(&self.company_typed, contact);
        self.quotas.iter().map(|quota| quota.of(scope, &subject)).collect()
    }
}

/// Whom an anonymous request names, as throttles count it: the same for companies that exist and others.
pub(crate) fn counted(company_typed: &str, name: &str) -> String {
    format!("{}/{name}", company_typed.to_lowercase())
}
