//! Phones that an account claims and proves (barong contract §8.10).

use std::time::Duration;

use portcullis_kernel::{
    AuditAction, AuditEvent, Client, Effects, Message, Mobile, OneTime, OneTimeSecret, PortError, PortResult,
    Purpose, Quota, Spending, Throttle,
};

use crate::{
    Account, Accounts, AddPhone, Company, ConfirmContact, Confirmation, Dialing, IssueContactSecret, Phone,
    PhoneAdded, RejectContact, letters,
};

/// How many digits a code has.
const CODE_DIGITS: usize = 5;
/// Wrong tries that a code survives.
const CODE_GUESSES: u32 = 5;
/// How long a code is good for that nobody was sent.
const MOCK_LIFETIME: Duration = Duration::from_secs(10 * 365 * 86_400);

/// How phones are proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhonePolicy {
    /// No code is sent, and any is right. For installations that do not care who has a phone.
    Mock,
    /// A code is sent by SMS.
    Sms {
        /// How long it works.
        lifetime: Duration,
    },
}

/// A phone that an account claims.
#[derive(Clone)]
pub struct ClaimPhone {
    /// Whose.
    pub account: Account,
    /// Its company.
    pub company: Company,
    /// The number as typed: international, with or without a plus.
    pub number: String,
    /// How often codes may be sent to an account.
    pub quotas: Vec<Quota>,
    /// Who asks.
    pub client: Client,
}

/// A code that came back.
#[derive(Clone)]
pub struct ProvePhone {
    /// Whose.
    pub account: Account,
    /// The number as typed.
    pub number: String,
    /// The code as typed.
    pub code: String,
    /// Who asks.
    pub client: Client,
}

/// Why a phone was not added, sent a code or proved.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// No country has such numbers.
    #[error("not an international number")]
    InvalidNumber,
    /// An account has proved the number, maybe this one.
    #[error("the number is verified already")]
    Verified,
    /// The account claims the number already.
    #[error("the account has this phone")]
    Exists,
    /// The account claims no such number.
    #[error("the account has no such phone")]
    NotFound,
    /// The code is another one, was used, or has expired.
    #[error("the code is wrong")]
    WrongCode,
    /// Too many codes were sent, or too many wrong ones came back.
    #[error("too many attempts, try again in {} s", retry_after.as_secs())]
    Throttled {
        /// When the budget has room again.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Accounts {
    /// Adds a phone to the account and sends it a code.
    pub async fn add_phone(&self, command: ClaimPhone) -> Result<(), PhoneError> {
        let number = self.unverified(&command.account, &command.number).await?;
        let now = self.ports.ambient.now();
        let (company, account) = (command.account.company, command.account.id);
        let phone = Phone { company, account, number: number.clone(), validated_at: None, created_at: now };
        let (code, effects) = self.phone_code(&command, &number);
        let throttle = command.sends();
        match self.ports.dossiers.add_phone(AddPhone { phone, code, throttle, effects }).await? {
            PhoneAdded::Done => Ok(()),
            PhoneAdded::Exists => Err(PhoneError::Exists),
            PhoneAdded::Exhausted { retry_after } => Err(PhoneError::Throttled { retry_after }),
        }
    }

    /// Sends another code to a phone of the account; earlier ones are void.
    pub async fn resend_phone_code(&self, command: ClaimPhone) -> Result<(), PhoneError> {
        let number = self.unverified(&command.account, &command.number).await?;
        self.claimed(&command.account, &number).await?;
        let (secret, effects) = self.phone_code(&command, &number);
        let throttle = command.sends();
        match self.ports.contacts.issue(IssueContactSecret { secret, throttle, effects }).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(PhoneError::Throttled { retry_after }),
        }
    }

    /// Validates a phone against the code it was sent, and labels the account `phone:verified`. Of many accounts that
    /// prove one number one succeeds.
    pub async fn prove_phone(&self, command: ProvePhone) -> Result<(), PhoneError> {
        let number = self.unverified(&command.account, &command.number).await?;
        self.claimed(&command.account, &number).await?;
        let latest = self.ports.dossiers.phone_code(command.account.id, number).await?;
        let now = self.ports.ambient.now();
        let secret = latest.filter(|code| code.is_usable(now, CODE_GUESSES)).ok_or(PhoneError::WrongCode)?;
        let budgets = self.guess_budgets(&secret);
        if !self.is_right(&secret, &command.code) {
            self.count_phone_guess(&secret, Throttle::spend(budgets), &command).await?;
            return Err(PhoneError::WrongCode);
        }
        let clear = budgets.iter().map(|budget| budget.key).collect();
        let throttle = Throttle { within: budgets, charge: Vec::new(), clear };
        let about = (command.account.company, command.account.id);
        let label = self.relabel(about, ("phone", Some("verified")), now).await?;
        let event = self.phone_event(AuditAction::ContactVerified, &command.account, &command.client);
        let effects = Effects::audit(event).and_relabel(label);
        let write = ConfirmContact { secret: secret.id, throttle, at: now, effects };
        match self.ports.contacts.confirm(write).await? {
            Confirmation::Done => Ok(()),
            Confirmation::NotUsable => Err(PhoneError::WrongCode),
            Confirmation::Exhausted { retry_after } => Err(PhoneError::Throttled { retry_after }),
        }
    }

    /// The number as typed, if some country has it and nobody proved it yet.
    async fn unverified(&self, account: &Account, typed: &str) -> Result<Mobile, PhoneError> {
        let typed = typed.trim();
        let plus = if typed.starts_with('+') { "" } else { "+" };
        let number = Mobile::parse(&format!("{plus}{typed}")).ok();
        let number =
            number.filter(|number| Dialing::of(number).is_some()).ok_or(PhoneError::InvalidNumber)?;
        if self.ports.dossiers.has_phone(account.company, number.clone()).await? {
            return Err(PhoneError::Verified);
        }
        Ok(number)
    }

    async fn claimed(&self, account: &Account, number: &Mobile) -> Result<(), PhoneError> {
        let dossier = self.ports.dossiers.find(account.id).await?;
        let claims = dossier.phones.iter().any(|phone| phone.number == *number);
        claims.then_some(()).ok_or(PhoneError::NotFound)
    }

    /// A code for the number, and the message that carries it, if the policy sends any.
    fn phone_code(&self, command: &ClaimPhone, number: &Mobile) -> (OneTime, Effects) {
        let ambient = &self.ports.ambient;
        let code = ambient.code(CODE_DIGITS);
        let action = AuditAction::ContactVerificationRequested;
        let mut effects = Effects::audit(self.phone_event(action, &command.account, &command.client));
        let lifetime = match self.rules.phones {
            PhonePolicy::Mock => MOCK_LIFETIME,
            PhonePolicy::Sms { lifetime } => {
                effects.messages.push(self.phone_message(command, number, (code.reveal(), lifetime)));
                lifetime
            }
        };
        let owner = (command.account.company, command.account.id);
        let valid = (ambient.now(), lifetime);
        let secret = OneTimeSecret::Code(code);
        let issued = OneTime::issue(ambient.fresh(), owner, Purpose::VerifyPhone, secret, valid);
        (OneTime { target: Some(number.as_str().to_owned()), ..issued }, effects)
    }

    fn phone_message(&self, command: &ClaimPhone, number: &Mobile, code: (&str, Duration)) -> Message {
        letters::verify_phone(&self.ports.ambient, &command.company, number, code)
    }

    fn is_right(&self, secret: &OneTime, guess: &str) -> bool {
        match (&self.rules.phones, &secret.secret) {
            (PhonePolicy::Mock, _) => true,
            (PhonePolicy::Sms { .. }, OneTimeSecret::Code(code)) => code.matches(guess),
            (PhonePolicy::Sms { .. }, OneTimeSecret::Token(_)) => false,
        }
    }

    async fn count_phone_guess(
        &self,
        secret: &OneTime,
        throttle: Throttle,
        command: &ProvePhone,
    ) -> Result<(), PhoneError> {
        let event = self.phone_event(AuditAction::ContactVerified, &command.account, &command.client);
        let effects = Effects::audit(event.failed("wrong code"));
        let write = RejectContact { secret: secret.id, throttle, at: self.ports.ambient.now(), effects };
        match self.ports.contacts.reject(write).await? {
            Spending::Within => Ok(()),
            Spending::Exhausted { retry_after } => Err(PhoneError::Throttled { retry_after }),
        }
    }

    fn phone_event(&self, action: AuditAction, account: &Account, client: &Client) -> AuditEvent {
        let event = AuditEvent::new(&self.ports.ambient, action, client);
        event.company(account.company).account(account.id).detail("phone")
    }

    /// Everything about an account that is not in its row.
    pub async fn dossier(&self, account: portcullis_kernel::AccountId) -> PortResult<crate::Dossier> {
        self.ports.dossiers.find(account).await
    }
}

impl ClaimPhone {
    fn sends(&self) -> Throttle {
        let account = self.account.id.to_string();
        Throttle::spend(self.quotas.iter().map(|quota| quota.of("phone/send", &account)).collect())
    }
}
