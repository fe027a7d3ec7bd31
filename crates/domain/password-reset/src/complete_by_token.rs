//! Set a new password with the token of a reset link.

use portcullis_kernel::{
    AccountId, AuditAction, AuditEvent, Client, Password, PolicyBreach, PortError, PortResult, Purpose,
    SessionSweep, Throttle, TokenDigest,
};

use crate::finish::Proved;
use crate::{Completion, PasswordResets};

/// A token that came back.
#[derive(Clone)]
pub struct CompleteByToken {
    /// The account it came with, at doors whose links name one.
    pub uid: Option<String>,
    /// The token.
    pub token: String,
    /// The new password.
    pub password: Password,
    /// Which sessions end.
    pub sweep: SessionSweep,
    /// Who asks.
    pub client: Client,
}

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum CompleteByTokenError {
    /// There is no such account.
    #[error("the account is unknown")]
    UnknownUid,
    /// There is no such token, it is not this account's, or its account may not be used.
    #[error("the token is unknown")]
    Unknown,
    /// It was used, or a later one replaced it.
    #[error("the token was used or replaced")]
    Used,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// The new password breaks the company's policy. The token can be used again.
    #[error("the new password breaks the policy")]
    Weak(Vec<PolicyBreach>),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl PasswordResets {
    /// Sets the password, uses the token up, tells the owner by mail, and ends the sessions of the sweep. Answers
    /// whose password it was.
    pub async fn complete_by_token(
        &self,
        command: CompleteByToken,
    ) -> Result<AccountId, CompleteByTokenError> {
        let uid = match &command.uid {
            Some(uid) => Some(AccountId::parse(uid).ok_or(CompleteByTokenError::UnknownUid)?),
            None => None,
        };
        let digest = TokenDigest::of(&command.token);
        let found = self.store.by_token(digest, Purpose::ResetPassword).await?;
        let found = found.filter(|(_, subject)| uid.is_none_or(|uid| uid == subject.account));
        let Some((secret, subject)) = found else { return Err(self.unknown(uid).await?) };
        if subject.link_eligibility().is_err() {
            return Err(CompleteByTokenError::Unknown);
        }
        if secret.consumed_at.is_some() {
            return Err(CompleteByTokenError::Used);
        }
        if secret.expires_at <= self.ambient.now() {
            return Err(CompleteByTokenError::Expired);
        }
        self.check(&subject, &command.password).map_err(CompleteByTokenError::Weak)?;
        let account = subject.account;
        let proved = Proved {
            secret: secret.id,
            subject,
            password: command.password,
            sweep: command.sweep,
            throttle: Throttle::default(),
            event: AuditEvent::new(&self.ambient, AuditAction::PasswordReset, &command.client),
        };
        match self.finish(proved).await? {
            Completion::Done => Ok(account),
            Completion::AlreadyUsed => Err(CompleteByTokenError::Used),
            Completion::Exhausted { .. } => Err(PortError::broken("a token met a budget").into()),
        }
    }

    /// Which of the two is unknown.
    async fn unknown(&self, uid: Option<AccountId>) -> PortResult<CompleteByTokenError> {
        match uid {
            Some(uid) if !self.store.knows(uid).await? => Ok(CompleteByTokenError::UnknownUid),
            Some(_) | None => Ok(CompleteByTokenError::Unknown),
        }
    }
}
