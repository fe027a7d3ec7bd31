//! Challenges that are put to sessions.

use portcullis_kernel::{ChallengeKind, Effects, FactorSet, SessionChallenge, TokenDigest};
use portcullis_mfa::{PutChallenge, RedeemChallenge};
use portcullis_sessions::{Demands, OpenSession, Session};

use super::{NOW, id, later, open};

/// A challenge of that kind for `session`, put at [`NOW`], that every kind of factor answers: for ten minutes, or for
/// ever if it asks to set one up.
#[must_use]
pub fn challenge(session: &Session, kind: ChallengeKind) -> SessionChallenge {
    SessionChallenge {
        id: id(),
        session: session.id,
        company: session.company,
        account: session.account,
        kind,
        factors: FactorSet::ALL,
        request: None,
        created_at: NOW,
        expires_at: (kind != ChallengeKind::Setup).then(|| later(600)),
        completed_at: None,
    }
}

/// A challenge about `request`.
#[must_use]
pub fn authorization(session: &Session, request: &str) -> SessionChallenge {
    let request = Some(TokenDigest::of(request));
    SessionChallenge { request, ..challenge(session, ChallengeKind::Authorization) }
}

/// The write-set that opens `session` with these challenges, which it counts.
#[must_use]
pub fn challenged(session: &Session, challenges: &[SessionChallenge]) -> OpenSession {
    let mut session = session.clone();
    session.put(challenges);
    let demands = Demands { challenges: challenges.to_vec(), codes: Vec::new() };
    OpenSession { demands, ..open(&session) }
}

/// The write-set that puts `challenge`.
#[must_use]
pub fn put(challenge: &SessionChallenge) -> PutChallenge {
    PutChallenge { challenge: challenge.clone(), effects: Effects::default() }
}

/// The write-set that uses up the answer to `challenge`, about a request, at two seconds after [`NOW`].
#[must_use]
pub fn redeem(challenge: &SessionChallenge) -> RedeemChallenge {
    RedeemChallenge {
        challenge: challenge.id,
        session: challenge.session,
        request: challenge.request.unwrap(),
        at: later(2),
        effects: Effects::default(),
    }
}
