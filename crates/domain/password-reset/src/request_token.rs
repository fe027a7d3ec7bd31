//! Ask for a reset link.

use std::time::Duration;

use portcullis_kernel::{
    AccountState, AuditAction, AuditEvent, Client, CompanyId, Effects, Event, OneTimeSecret, Throttle,
};

use crate::letters::{self, ResetLink};
use crate::request_code::answer;
use crate::{
    Ineligible, IssueReset, PasswordResets, RequestResetError, Requested, ResetLookup, ResetSubject,
};

/// A link to ask for.
#[derive(Clone, Debug)]
pub struct RequestToken {
    /// In which company.
    pub company: CompanyId,
    /// For whom, as typed: id, e-mail, mobile or username.
    pub typed: String,
    /// How long the token works.
    pub lifetime: Duration,
    /// Which message carries it: [`Event::PasswordResetToken`], or [`Event::PasswordResetLink`], which becomes
    /// [`Event::PasswordSetLink`] for an account that never had a password (rehive contract §7.18).
    pub event: Event,
    /// The page that the link opens; the operator's, if absent.
    pub base_url: Option<String>,
    /// A marker of the rehive door, copied into the message.
    pub force: bool,
    /// Who asks.
    pub client: Client,
}

impl PasswordResets {
    /// Mails a link with a token, if somebody may get one: accounts that are active, pending or at rest and have an
    /// e-mail address, verified or not. A request spends from the budget whoever it names.
    pub async fn request_token(&self, command: RequestToken) -> Result<Requested, RequestResetError> {
        let found = self.named(command.company, &command.typed, ResetLookup::Any).await?;
        let throttle = self.request_throttle(command.company, &command.typed, found.as_ref());
        let event = AuditEvent::new(&self.ambient, AuditAction::PasswordResetRequested, &command.client)
            .company(command.company);
        let event = AuditEvent { account: found.as_ref().map(|subject| subject.account), ..event };
        let eligible = match found {
            None => Err(Ineligible::unknown(&command.typed)),
            Some(subject) => subject.link_eligibility().map(|()| subject),
        };
        let write = match &eligible {
            Ok(subject) => self.token_for(subject, &command, throttle, event),
            Err(why) => self.nobody(*why, throttle, event),
        };
        let spending = self.store.issue(write).await?;
        answer(spending, eligible.err())
    }

    fn token_for(
        &self,
        subject: &ResetSubject,
        command: &RequestToken,
        throttle: Throttle,
        event: AuditEvent,
    ) -> IssueReset {
        let token = self.ambient.token();
        let own_page = || format!("{}/password/reset/confirm/", self.rules.public_url);
        let page = command.base_url.clone().unwrap_or_else(own_page);
        let link = ResetLink {
            event: carried_by(command.event, subject),
            token: token.reveal(),
            page: &page,
            force: command.force,
            lifetime: command.lifetime,
        };
        let mut effects = Effects::audit(event);
        if let Some(email) = &subject.email {
            effects = effects.and_send(letters::reset_link(&self.ambient, subject, email, &link));
        }
        let secret = OneTimeSecret::Token(token.digest());
        self.reset_secret(subject, secret, command.lifetime, (throttle, effects))
    }
}

fn carried_by(event: Event, subject: &ResetSubject) -> Event {
    if event == Event::PasswordResetLink && !subject.has_password { Event::PasswordSetLink } else { event }
}

impl ResetSubject {
    /// Whether the account may get a link by mail, and later use it.
    pub(crate) fn link_eligibility(&self) -> Result<(), Ineligible> {
        match self.state {
            AccountState::Locked | AccountState::Banned | AccountState::Deleted => Err(Ineligible::Disabled),
            AccountState::Active | AccountState::Pending | AccountState::Deactivated => {
                if self.email.is_some() { Ok(()) } else { Err(Ineligible::NoVerifiedEmail) }
            }
        }
    }
}
