//! Recognise the credential of a request.

use portcullis_kernel::{
    AccountId, AccountState, ApiKeyId, CompanyId, PortError, SessionChallenge, SessionId, Token, Username,
};

use crate::{JwtExpectation, Session, SessionKey, SessionKind, Sessions, Subject};

/// What a request carries to say who sends it.
#[derive(Clone)]
pub enum Credential {
    /// An opaque bearer token of a session.
    Opaque(Token),
    /// The cookie of a session.
    Cookie(Token),
    /// A JWT that names a session.
    Jwt {
        /// The compact JWS.
        compact: String,
        /// What it must say, and which key must have signed it.
        expectation: JwtExpectation,
        /// The claim that holds the session's id.
        session_claim: &'static str,
    },
    /// An API key.
    ApiKey(Token),
}

/// A credential to recognise.
#[derive(Clone)]
pub struct Authenticate {
    /// The credential.
    pub credential: Credential,
    /// Whether the door honours unconfirmed accounts.
    pub admit_pending: bool,
}

/// Who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// By what right.
    pub via: Via,
    /// The account.
    pub account: AccountId,
    /// Its company.
    pub company: CompanyId,
    /// The account in full; a caller with an API key has none.
    pub subject: Option<Subject>,
    /// Its username.
    pub username: Option<Username>,
}

/// By what right a caller speaks for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "sessions are the rule, and one is made for each request")]
pub enum Via {
    /// A live session.
    Session(Session),
    /// An active API key.
    ApiKey {
        /// Which one.
        id: ApiKeyId,
        /// What its owner calls it.
        name: String,
    },
}

/// A caller who may have to answer challenges first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengedCaller {
    /// Who.
    pub caller: Caller,
    /// The challenges that are put to the session, oldest first; those that do not shut it are among them.
    pub challenges: Vec<SessionChallenge>,
}

/// Why a credential is not honoured.
#[derive(Debug, thiserror::Error)]
pub enum AuthenticateError {
    /// Unknown, malformed, expired, ended, or not of the kind it is presented as.
    #[error("the credential is not valid")]
    Refused,
    /// It is good once its session has answered these challenges.
    #[error("{} challenges are open", .0.len())]
    Challenged(Vec<SessionChallenge>),
    /// It is good, and the account's state keeps it out.
    #[error("an account that is {0} is kept out")]
    NotAdmitted(AccountState),
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Sessions {
    /// Recognises a credential with one read. The hot path: nothing is written, and what was ended, disabled or
    /// deleted at any door is refused at once. So is a session with challenges to answer; only to name them is there
    /// a second read.
    pub async fn authenticate(&self, command: Authenticate) -> Result<Caller, AuthenticateError> {
        let caller = self.recognise(command).await?;
        let Some(session) = caller.session().filter(|session| session.is_challenged()) else {
            return Ok(caller);
        };
        let mut challenges = self.ports.factors.challenges(session.id).await?;
        challenges.retain(|challenge| challenge.kind.shuts_session());
        Err(AuthenticateError::Challenged(challenges))
    }

    /// Recognises a credential whose session may have challenges to answer, for the few operations that answer them
    /// or end the session.
    pub async fn authenticate_challenged(
        &self,
        command: Authenticate,
    ) -> Result<ChallengedCaller, AuthenticateError> {
        let caller = self.recognise(command).await?;
        let now = self.ambient().now();
        let challenges = match caller.session() {
            Some(session) => {
                let mut challenges = self.ports.factors.challenges(session.id).await?;
                challenges.retain(|challenge| challenge.is_open(now));
                challenges
            }
            None => Vec::new(),
        };
        Ok(ChallengedCaller { caller, challenges })
    }

    async fn recognise(&self, command: Authenticate) -> Result<Caller, AuthenticateError> {
        let admit_pending = command.admit_pending;
        match command.credential {
            Credential::Opaque(token) => {
                self.by_session(SessionKey::Digest(token.digest()), SessionKind::Opaque, admit_pending).await
            }
            Credential::Cookie(token) => {
                self.by_session(SessionKey::Digest(token.digest()), SessionKind::Cookie, admit_pending).await
            }
            Credential::Jwt { compact, expectation, session_claim } => {
                let claims = self.ports.verifier.verify(compact, expectation, self.ambient().now()).await?;
                let id = claims.as_ref().and_then(|claims| claims.get_text(session_claim));
                let id = id.and_then(SessionId::parse).ok_or(AuthenticateError::Refused)?;
                self.by_session(SessionKey::Id(id), SessionKind::Jwt, admit_pending).await
            }
            Credential::ApiKey(token) => self.by_key(&token, admit_pending).await,
        }
    }

    async fn by_session(
        &self,
        key: SessionKey,
        kind: SessionKind,
        admit_pending: bool,
    ) -> Result<Caller, AuthenticateError> {
        let found = self.ports.sessions.find(key).await?;
        let (session, subject) = found.ok_or(AuthenticateError::Refused)?;
        if session.kind != kind || !session.is_live(self.ambient().now()) {
            return Err(AuthenticateError::Refused);
        }
        admit(subject.state, admit_pending)?;
        Ok(Caller {
            account: session.account,
            company: session.company,
            via: Via::Session(session),
            username: subject.username.clone(),
            subject: Some(subject),
        })
    }

    async fn by_key(&self, token: &Token, admit_pending: bool) -> Result<Caller, AuthenticateError> {
        let found = self.ports.keys.present(token.digest(), self.ambient().now()).await?;
        let holder = found.ok_or(AuthenticateError::Refused)?;
        admit(holder.state, admit_pending)?;
        Ok(Caller {
            account: holder.account,
            company: holder.company,
            via: Via::ApiKey { id: holder.key, name: holder.name },
            subject: None,
            username: holder.username,
        })
    }
}

impl Caller {
    /// The session, unless the caller presented an API key.
    #[must_use]
    pub const fn session(&self) -> Option<&Session> {
        match &self.via {
            Via::Session(session) => Some(session),
            Via::ApiKey { .. } => None,
        }
    }
}

fn admit(state: AccountState, admit_pending: bool) -> Result<(), AuthenticateError> {
    if state.admits(admit_pending) { Ok(()) } else { Err(AuthenticateError::NotAdmitted(state)) }
}
