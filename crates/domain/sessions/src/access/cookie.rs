//! Recognise the cookie of a session, its CSRF token and its client (barong contract §5.2).

use portcullis_kernel::{AuditAction, Effects, Secret, Token, TokenDigest, hex};

use super::network::are_near;
use super::{Gate, GateRefusal, Identity, Knock};
use crate::{EndSessions, EndTarget, Session, SessionKey, SessionKind};

/// A session's end is moved once this part of its lifetime would be gained: one write for many requests.
const STEPS: u32 = 30;

/// The CSRF token that goes with a session cookie: twenty lower-case hexadecimal digits that follow from it, and do not
/// lead back to it.
#[must_use]
pub fn csrf_token(cookie: &Token) -> Secret {
    let digest = TokenDigest::of(&format!("csrf:{}", cookie.reveal()));
    Secret::new(hex(digest.as_bytes()).get(..20).unwrap_or_default())
}

impl Gate {
    pub(super) async fn by_cookie(&self, knock: &Knock) -> Result<Identity, GateRefusal> {
        self.check_csrf(knock)?;
        let digest = knock.cookie.as_ref().ok_or(GateRefusal::NoSession)?.digest();
        let noted = self.extensions.end(digest);
        let found = self.ports.sessions.find(SessionKey::Digest(digest)).await?;
        let (session, subject) = found.ok_or(GateRefusal::NoSession)?;
        let of_this_door = session.kind == SessionKind::Cookie
            && session.company == knock.company
            && session.client.door == self.rules.door
            && !session.is_challenged();
        let now = self.ports.ambient.now();
        if !of_this_door || session.is_over(now) {
            // Sessions end with the good standing of their account: say what the client asks about.
            let kept_out = of_this_door && !subject.state.admits(true);
            return Err(if kept_out { GateRefusal::NotAdmitted } else { GateRefusal::NoSession });
        }
        let end = session.expires_at.max(noted);
        if end.is_some_and(|end| end <= now) || !is_its_client(&session, knock) {
            self.end(&session, knock).await?;
            return Err(GateRefusal::ClientMismatch);
        }
        let moved = now.plus(self.rules.session_lifetime);
        if end.is_some_and(|end| moved.since(end) >= self.rules.session_lifetime / STEPS) {
            self.extensions.note(digest, moved);
        }
        if !subject.state.admits(true) {
            return Err(GateRefusal::NotAdmitted);
        }
        Ok(Identity::of(subject, session.id))
    }

    /// Looks at the token before there is a session to look at: that is the contract.
    fn check_csrf(&self, knock: &Knock) -> Result<(), GateRefusal> {
        let changes = ["POST", "PUT", "PATCH", "DELETE", "TRACE"].contains(&knock.verb.as_str());
        if !self.rules.csrf || !changes {
            return Ok(());
        }
        let sent = knock.csrf.as_deref().ok_or(GateRefusal::CsrfMissing)?;
        let matches = knock.cookie.as_ref().is_some_and(|cookie| csrf_token(cookie).matches(sent));
        if matches { Ok(()) } else { Err(GateRefusal::CsrfMismatch) }
    }

    async fn end(&self, session: &Session, knock: &Knock) -> Result<(), GateRefusal> {
        let event = self.event(AuditAction::SessionsEnded, session.company, &knock.client);
        let event = event.account(session.account).session(session.id).detail("another client, or expired");
        let write = EndSessions {
            target: EndTarget::One(session.id),
            at: self.ports.ambient.now(),
            effects: Effects::audit(event),
        };
        self.ports.sessions.end(write).await?;
        Ok(())
    }
}

/// Whether the request comes from the program and the network that the session was opened from.
fn is_its_client(session: &Session, knock: &Knock) -> bool {
    let near = match (session.client.address, knock.client.address) {
        (Some(then), Some(now)) => are_near(then, now),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    near && session.client.user_agent == knock.client.user_agent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_has_a_csrf_token_of_its_own() {
        let token = |cookie: &str| csrf_token(&Token::from_text(cookie));
        assert!(token("a").matches(token("a").reveal()) && !token("a").matches(token("b").reveal()));
        assert_eq!(token("a").reveal().len(), 20);
    }
}
