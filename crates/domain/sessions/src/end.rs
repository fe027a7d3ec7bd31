//! End sessions.

use portcullis_kernel::{
    AccountId, AuditAction, AuditEvent, Client, CompanyId, Effects, PortResult, SessionId, SessionSweep,
};

use crate::{EndSessions, EndTarget, SessionKey, Sessions};

/// One session to end.
#[derive(Clone, Debug)]
pub struct EndSession {
    /// Which.
    pub session: SessionId,
    /// The account whose it must be.
    pub account: AccountId,
    /// That account's company.
    pub company: CompanyId,
    /// From where.
    pub client: Client,
}

/// Sessions of an account to end.
#[derive(Clone, Debug)]
pub struct EndAll {
    /// Whose.
    pub account: AccountId,
    /// That account's company.
    pub company: CompanyId,
    /// Which of them.
    pub sweep: SessionSweep,
    /// From where.
    pub client: Client,
}

impl Sessions {
    /// Ends a session of the account; `false` if the account has no such session that has not ended already.
    pub async fn end(&self, command: EndSession) -> PortResult<bool> {
        let found = self.ports.sessions.find(SessionKey::Id(command.session)).await?;
        let Some((session, _)) = found.filter(|(session, _)| {
            session.account == command.account
                && session.company == command.company
                && session.ended_at.is_none()
        }) else {
            return Ok(false);
        };
        let event = self.about(AuditAction::SessionsEnded, &session, &command.client);
        let write = EndSessions {
            target: EndTarget::One(session.id),
            at: self.ambient().now(),
            effects: Effects::audit(event),
        };
        Ok(self.ports.sessions.end(write).await? > 0)
    }

    /// Ends the sessions of an account that the sweep reaches, and says how many there were.
    pub async fn end_all(&self, command: EndAll) -> PortResult<u64> {
        let event = AuditEvent::new(self.ambient(), AuditAction::SessionsEnded, &command.client)
            .company(command.company)
            .account(command.account);
        let write = EndSessions {
            target: EndTarget::Account(command.account, command.sweep),
            at: self.ambient().now(),
            effects: Effects::audit(event),
        };
        self.ports.sessions.end(write).await
    }
}
