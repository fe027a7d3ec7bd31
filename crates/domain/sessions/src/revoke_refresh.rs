//! End the session of a refresh token.

use portcullis_kernel::{AuditAction, Client, Effects, PortError, TokenDigest};

use crate::{EndSessions, EndTarget, Sessions};

/// A refresh token to revoke; possession is the only authority (RFC 7009).
#[derive(Clone)]
pub struct RevokeRefresh {
    /// The token.
    pub token: String,
    /// From where.
    pub client: Client,
}

/// Why nothing was revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeRefreshError {
    /// No such token was ever issued.
    #[error("not a refresh token")]
    Refused,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Sessions {
    /// Ends the session that the token refreshes, with everything that came from it. Again is as good as once.
    pub async fn revoke_refresh(&self, command: RevokeRefresh) -> Result<(), RevokeRefreshError> {
        let digest = TokenDigest::of(&command.token);
        let found = self.ports.sessions.find_refresh(digest).await?.ok_or(RevokeRefreshError::Refused)?;
        if found.session.ended_at.is_none() {
            let event = self.about(AuditAction::SessionsEnded, &found.session, &command.client);
            let write = EndSessions {
                target: EndTarget::One(found.session.id),
                at: self.ambient().now(),
                effects: Effects::audit(event.detail("refresh token revoked")),
            };
            self.ports.sessions.end(write).await?;
        }
        Ok(())
    }
}
