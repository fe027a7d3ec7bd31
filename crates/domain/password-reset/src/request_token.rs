//! Ask for a reset link.

use std::time::Duration;

use portcullis_kernel::{
    AccountState, AuditAction, AuditEvent, Budget, Client, CompanyId, Effects, Event, Identifier,
    OneTimeSecret, Recipient, Spending, Throttle, Token,
};

use crate::letters::{self, ResetLink};
use crate::request_code::answer;
use crate::{
    Ineligible, IssueReset, PasswordResets, RequestResetError, Requested, ResetLookup, ResetSubject,
};

/// A link to ask for.
#[derive(Clone)]
pub struct RequestToken {
    /// In which company; none, if the caller names one that does not exist.
    pub company: Option<CompanyId>,
    /// The company as the caller names it.
    pub company_typed: String,
    /// For whom, as typed: id, e-mail, mobile or username.
    pub typed: String,
    /// How long the token works.
    pub lifetime: Duration,
    /// Which message carries it: [`Event::PasswordResetToken`], or [`Event::PasswordResetLink`], which becomes
    /// [`Event::PasswordSetLink`] for an account that never had a password (rehive contract §7.18).
    pub event: Event,
    /// The page that the link opens; the operator's, if absent.
    pub base_url: Option<String>,
    /// The page for an account that never had a password; the other one, if absent.
    pub first_base_url: Option<String>,
    /// The secret, and the text in the message that it is part of; a fresh secret that travels bare, if absent.
    pub carried: Option<CarriedToken>,
    /// A marker of the rehive door, copied into the message.
    pub force: bool,
    /// Who asks.
    pub client: Client,
}

/// A secret as it travels: inside a text that its door can read again.
#[derive(Clone)]
pub struct CarriedToken {
    /// The secret.
    pub secret: Token,
    /// What the message carries.
    pub text: String,
}

impl PasswordResets {
    /// Sends a link with a token, if somebody may get one: accounts that are active, pending or at rest, by mail or,
    /// for want of an address, by SMS; verified or not. A request spends from the budget of the name whoever answers
    /// to it; an account that was sent enough under its other names gets nothing, and nobody can tell.
    pub async fn request_token(&self, command: RequestToken) -> Result<Requested, RequestResetError> {
        // Looked up for nobody as well, so that an unknown company costs the same reads.
        let company = command.company.unwrap_or_else(|| self.ambient.fresh());
        let found = self.named(company, &command.typed, ResetLookup::Any).await?;
        let event = AuditEvent::new(&self.ambient, AuditAction::PasswordResetRequested, &command.client);
        let account = found.as_ref().map(|subject| subject.account);
        let event = AuditEvent { account, company: command.company, ..event };
        let eligible = match found {
            None => Err(Ineligible::unknown(&command.typed)),
            Some(subject) => subject.link_eligibility().map(|recipient| (subject, recipient)),
        };
        let why = match eligible {
            Ok((subject, recipient)) => {
                let write = self.token_for(&subject, recipient, &command, event.clone());
                if self.store.issue(write).await? == Spending::Within {
                    return Ok(Requested::Sent);
                }
                Ineligible::EnoughSent
            }
            Err(why) => why,
        };
        let throttle = Throttle::spend(self.link_budgets(&command, None));
        answer(self.store.issue(self.nobody(why, throttle, event)).await?, Some(why))
    }

    fn token_for(
        &self,
        subject: &ResetSubject,
        recipient: Recipient,
        command: &RequestToken,
        event: AuditEvent,
    ) -> IssueReset {
        let fresh = || {
            let secret = self.ambient.token();
            CarriedToken { text: secret.reveal().to_owned(), secret }
        };
        let CarriedToken { secret: token, text } = command.carried.clone().unwrap_or_else(fresh);
        let link = ResetLink {
            event: carried_by(command.event, subject),
            token: &text,
            page: &self.page_for(command, subject),
            force: command.force,
            lifetime: command.lifetime,
        };
        let message = letters::reset_link(&self.ambient, subject, recipient, &link);
        let effects = Effects::audit(event).and_send(message);
        let secret = OneTimeSecret::Token(token.digest());
        let throttle = Throttle::spend(self.link_budgets(command, Some(subject)));
        self.reset_secret(subject, secret, command.lifetime, (throttle, effects))
    }

    fn page_for(&self, command: &RequestToken, subject: &ResetSubject) -> String {
        let first = command.first_base_url.as_ref().filter(|_| !subject.has_password);
        let chosen = first.or(command.base_url.as_ref()).cloned();
        chosen.unwrap_or_else(|| format!("{}/password/reset/confirm/", self.rules.public_url))
    }

    fn link_budgets(&self, command: &RequestToken, subject: Option<&ResetSubject>) -> Vec<Budget> {
        let company = command.company_typed.to_lowercase();
        let name = format!("{company}/{}", Identifier::folded(&command.typed));
        let account = subject.map(|subject| subject.account.to_string());
        let counted = [Some(("reset/link", name)), account.map(|account| ("reset/account", account))];
        let budgets = counted.iter().flatten().flat_map(|(scope, subject)| {
            self.rules.link_requests.iter().map(move |quota| quota.of(scope, subject))
        });
        budgets.collect()
    }
}

fn carried_by(event: Event, subject: &ResetSubject) -> Event {
    if event == Event::PasswordResetLink && !subject.has_password { Event::PasswordSetLink } else { event }
}

impl ResetSubject {
    /// Where the account gets a link that it may later use.
    pub(crate) fn link_eligibility(&self) -> Result<Recipient, Ineligible> {
        match self.state {
            AccountState::Locked | AccountState::Banned | AccountState::Deleted => Err(Ineligible::Disabled),
            AccountState::Active | AccountState::Pending | AccountState::Deactivated => {
                let email = self.email.clone().map(Recipient::Mail);
                email.or_else(|| self.mobile.clone().map(Recipient::Sms)).ok_or(Ineligible::NoVerifiedEmail)
            }
        }
    }
}
