//! Open a session from another one.

use portcullis_kernel::{AuditAction, Client, Effects, PortError, Throttle};

use crate::completion::{DRAWS, Proven};
use crate::draft::Draft;
use crate::{Caller, DeriveSession, DeriveWrite, Opened, Session, SessionPlan, Sessions, Via};

/// A caller who wants another session.
#[derive(Clone)]
pub struct Renew {
    /// Who, by which session.
    pub caller: Caller,
    /// What to open.
    pub plan: SessionPlan,
    /// Whether the caller's session ends with it.
    pub ends_origin: bool,
    /// From where.
    pub client: Client,
}

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// The caller has no session, or it ended meanwhile.
    #[error("no live session to renew")]
    Refused,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Sessions {
    /// Opens a session that inherits when its owner last proved who they are. It is challenged as its plan says,
    /// whatever the caller's session proved; a code is sent when the client asks for it.
    pub async fn renew(&self, command: Renew) -> Result<Opened, RenewError> {
        let (Via::Session(origin), Some(subject)) =
            (command.caller.via.clone(), command.caller.subject.clone())
        else {
            return Err(RenewError::Refused);
        };
        let proven = Proven {
            subject: subject.clone(),
            client: command.client.clone(),
            action: AuditAction::SessionOpened,
            detail: None,
            consumes: None,
            throttle: Throttle::default(),
        };
        for _ in 0..DRAWS {
            let mut draft = Draft::new(self.ambient(), &subject, &command.client, command.plan);
            draft.session.authenticated_at = origin.authenticated_at;
            draft.put(self.demand(&proven, &draft, command.plan).await?.challenges);
            match self.ports.sessions.derive(self.deriving(&draft, &origin, &command)).await? {
                DeriveWrite::Done => return Ok(draft.into_opened(subject)),
                DeriveWrite::Stale => return Err(RenewError::Refused),
                DeriveWrite::HandleTaken => {}
            }
        }
        Err(RenewError::Refused)
    }

    fn deriving(&self, draft: &Draft, origin: &Session, command: &Renew) -> DeriveSession {
        let mut effects =
            Effects::audit(self.about(AuditAction::SessionOpened, &draft.session, &command.client));
        if command.ends_origin {
            effects = effects.and_audit(self.about(AuditAction::SessionsEnded, origin, &command.client));
        }
        DeriveSession {
            session: draft.session.clone(),
            refresh: draft.refresh_row(),
            challenges: draft.challenges(),
            from: origin.id,
            ends_origin: command.ends_origin,
            effects,
        }
    }
}
