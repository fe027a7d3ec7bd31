//! Set the new password that a sign-in demanded.

use portcullis_kernel::{
    AccountId, AuditAction, AuditEvent, Client, CompanyId, FACTOR_CHECKED, OneTime, Password, PolicyBreach,
    PortError, Purpose, SessionSweep, Throttle, TokenDigest,
};

use crate::finish::Proved;
use crate::{Completion, PasswordResets, ResetSubject};

/// An answered challenge.
#[derive(Clone)]
pub struct CompleteChallenge {
    /// In which company.
    pub company: CompanyId,
    /// For whom: the stored username to the letter, or the verified e-mail address.
    pub typed: String,
    /// The challenge as the sign-in handed it out.
    pub challenge: String,
    /// The new password.
    pub password: Password,
    /// Who asks.
    pub client: Client,
}

/// A sign-in that may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForcedReset {
    /// Whose.
    pub account: AccountId,
    /// Whether a second factor was checked before the challenge.
    pub factor_checked: bool,
}

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum CompleteChallengeError {
    /// The challenge is unknown, expired, spent, for somebody else, or its account may no longer sign in.
    #[error("the challenge is refused")]
    Refused,
    /// The new password breaks the company's policy. The challenge can be answered again.
    #[error("the new password breaks the policy")]
    Weak(Vec<PolicyBreach>),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl PasswordResets {
    /// Sets the password in place of a temporary or expired one, uses the challenge up, tells the owner by mail,
    /// and ends every older session (wikimedia contract §3.7). Opening the session is the caller's next step.
    pub async fn complete_challenge(
        &self,
        command: CompleteChallenge,
    ) -> Result<ForcedReset, CompleteChallengeError> {
        let digest = TokenDigest::of(&command.challenge);
        let found = self.store.by_token(digest, Purpose::NewPasswordChallenge).await?;
        let usable = found.filter(|(secret, subject)| self.is_answerable(secret, subject, &command));
        let (secret, subject) = usable.ok_or(CompleteChallengeError::Refused)?;
        self.check(&subject, &command.password).map_err(CompleteChallengeError::Weak)?;
        let done = ForcedReset {
            account: subject.account,
            factor_checked: secret.target.as_deref() == Some(FACTOR_CHECKED),
        };
        let event = AuditEvent::new(&self.ambient, AuditAction::PasswordChanged, &command.client);
        let proved = Proved {
            secret: secret.id,
            subject,
            password: command.password,
            sweep: SessionSweep::ALL,
            throttle: Throttle::default(),
            event: event.detail("forced"),
        };
        match self.finish(proved).await? {
            Completion::Done => Ok(done),
            Completion::AlreadyUsed => Err(CompleteChallengeError::Refused),
            Completion::Exhausted { .. } => Err(PortError::broken("a challenge met a budget").into()),
        }
    }

    fn is_answerable(&self, secret: &OneTime, subject: &ResetSubject, command: &CompleteChallenge) -> bool {
        let by_email = || subject.email_verified && subject.has_email(&command.typed);
        secret.is_usable(self.ambient.now(), u32::MAX)
            && secret.company == command.company
            && subject.state.admits(false)
            && (subject.is_exactly(&command.typed) || by_email())
    }
}
