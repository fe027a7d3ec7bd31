//! Which challenge and which authenticators a client means; no port in sight.

use portcullis_kernel::{AuthenticatorId, ChallengeId, ChallengeKind, SessionChallenge};

use crate::Authenticator;

/// What a client names when it presents a code or asks for one (rehive contract §7.13, §7.14).
#[derive(Clone, Debug, Default)]
pub struct Aim {
    /// The challenges that its session can answer now.
    pub open: Vec<SessionChallenge>,
    /// A challenge, as sent.
    pub challenge: Option<String>,
    /// An authenticator, as sent.
    pub authenticator: Option<String>,
}

/// What that comes to.
#[derive(Clone)]
pub(crate) struct Aimed {
    /// The challenge, if it is not just about an authenticator.
    pub(crate) challenge: Option<SessionChallenge>,
    /// The authenticators that may answer it, oldest first.
    pub(crate) among: Vec<Authenticator>,
}

/// Why it comes to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missed {
    /// The session has no such challenge that is open.
    Challenge,
    /// The account has no such authenticator.
    Authenticator,
    /// Nothing is named, and not exactly one challenge is open.
    Unnamed,
    /// The authenticator does not answer the challenge.
    Unsuitable,
}

impl Aim {
    /// Whether it is about an authenticator alone.
    pub(crate) fn is_without_challenge(&self) -> bool {
        self.challenge.is_none() && self.authenticator.is_some()
    }

    /// Finds what is meant among the account's authenticators. A challenge takes verified ones of its kinds; one to
    /// set up a factor takes those that are not verified yet.
    pub(crate) fn resolve(self, own: Vec<Authenticator>) -> Result<Aimed, Missed> {
        let named = match self.authenticator.as_deref() {
            Some(text) => {
                let id = AuthenticatorId::parse(text);
                let known = |id| own.iter().any(|authenticator| authenticator.id == id);
                Some(id.filter(|id| known(*id)).ok_or(Missed::Authenticator)?)
            }
            None => None,
        };
        let challenge = self.challenge_meant()?;
        let mut among = own;
        among.retain(|authenticator| {
            named.is_none_or(|id| id == authenticator.id)
                && challenge.as_ref().is_none_or(|challenge| answers(challenge, authenticator))
        });
        if named.is_some() && among.is_empty() {
            return Err(Missed::Unsuitable);
        }
        Ok(Aimed { challenge, among })
    }

    fn challenge_meant(&self) -> Result<Option<SessionChallenge>, Missed> {
        match (self.challenge.as_deref(), self.authenticator.as_deref(), &*self.open) {
            (Some(text), ..) => {
                let id = ChallengeId::parse(text);
                let found = self.open.iter().find(|challenge| Some(challenge.id) == id);
                found.cloned().map(Some).ok_or(Missed::Challenge)
            }
            (None, Some(_), _) => Ok(None),
            (None, None, [only]) => Ok(Some(only.clone())),
            (None, None, _) => Err(Missed::Unnamed),
        }
    }
}

fn answers(challenge: &SessionChallenge, authenticator: &Authenticator) -> bool {
    let is_verified = authenticator.verified_at.is_some();
    let fits = match challenge.kind {
        ChallengeKind::Authentication | ChallengeKind::Authorization => is_verified,
        ChallengeKind::Setup => !is_verified,
    };
    fits && challenge.factors.contains(authenticator.factor.kind())
}
