//! End sessions.

use portcullis_kernel::{
    AccountId, AuditAction, AuditEvent, Client, CompanyId, Effects, PortResult, SessionId, SessionSweep,
    SweepScope, Token,
};

use crate::{EndSessions, EndTarget, Session, SessionFilter, SessionKey, SessionKind, Sessions};

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

/// A session that signs itself out.
#[derive(Clone, Debug)]
pub struct SignOut {
    /// Which.
    pub session: Session,
    /// Which other sessions of its account end with it.
    pub others: SweepScope,
    /// From where.
    pub client: Client,
}

/// Sessions of an account to end, picked by what they are.
#[derive(Clone, Debug)]
pub struct EndMatching {
    /// Whose.
    pub account: AccountId,
    /// That account's company.
    pub company: CompanyId,
    /// Which of them; expired ones are meant too unless it says otherwise.
    pub filter: SessionFilter,
    /// From where.
    pub client: Client,
}

impl Sessions {
    /// Ends a session in any case, and others of its account as far as `others` reaches.
    pub async fn sign_out(&self, command: SignOut) -> PortResult<()> {
        let SignOut { session, others, client } = command;
        let event = self.about(AuditAction::SessionsEnded, &session, &client).detail(match others {
            SweepScope::All => AuditEvent::SIGNED_OUT_ALL,
            SweepScope::Temporary => AuditEvent::SIGNED_OUT_TEMPORARY,
            SweepScope::None => AuditEvent::SIGNED_OUT,
        });
        let sweep = SessionSweep { scope: others, keep: None };
        let target = EndTarget::Both(session.id, session.account, sweep);
        let write = EndSessions { target, at: self.ambient().now(), effects: Effects::audit(event) };
        self.ports.sessions.end(write).await.map(drop)
    }

    /// Ends the sessions of an account that a filter admits, and says how many there were.
    pub async fn end_matching(&self, command: EndMatching) -> PortResult<u64> {
        let event = AuditEvent::new(self.ambient(), AuditAction::SessionsEnded, &command.client)
            .company(command.company)
            .account(command.account);
        let write = EndSessions {
            target: EndTarget::Matching(command.account, command.filter),
            at: self.ambient().now(),
            effects: Effects::audit(event),
        };
        self.ports.sessions.end(write).await
    }

    /// Ends the live session of an account that has that handle; `false` if there is none.
    pub async fn end_by_handle(
        &self,
        (company, account): (CompanyId, AccountId),
        handle: &str,
        client: Client,
    ) -> PortResult<bool> {
        match self.by_handle(account, handle).await? {
            Some(session) => self.end(EndSession { session: session.id, account, company, client }).await,
            None => Ok(false),
        }
    }

    /// Ends a session of the account; `false` if the account has no such session that has not ended already.
    pub async fn end(&self, command: EndSession) -> PortResult<bool> {
        self.end_noting(command, None).await
    }

    async fn end_noting(&self, command: EndSession, detail: Option<&'static str>) -> PortResult<bool> {
        let found = self.ports.sessions.find(SessionKey::Id(command.session)).await?;
        let Some((session, _)) = found.filter(|(session, _)| {
            session.account == command.account
                && session.company == command.company
                && session.ended_at.is_none()
        }) else {
            return Ok(false);
        };
        let event = self.about(AuditAction::SessionsEnded, &session, &command.client);
        let event = AuditEvent { detail, ..event };
        let write = EndSessions {
            target: EndTarget::One(session.id),
            at: self.ambient().now(),
            effects: Effects::audit(event),
        };
        Ok(self.ports.sessions.end(write).await? > 0)
    }

    /// Ends the session of a cookie, expired or not, for whoever holds it; `false` if the company has no such session
    /// that has not ended already.
    pub async fn end_by_cookie(
        &self,
        company: CompanyId,
        cookie: &Token,
        client: Client,
    ) -> PortResult<bool> {
        match self.ports.sessions.find(SessionKey::Digest(cookie.digest())).await? {
            Some((found, _)) if found.kind == SessionKind::Cookie => {
                let command = EndSession { session: found.id, account: found.account, company, client };
                self.end_noting(command, Some(AuditEvent::SIGNED_OUT)).await
            }
            Some(_) | None => Ok(false),
        }
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
