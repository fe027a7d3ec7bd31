//! Whom an operation on resources is about (barong contract §5.4).

use portcullis_kernel::{AccountId, ApiKeyId, CompanyId, SessionId};

use super::mint::{ISSUER, KEY_CLAIM, KID_CLAIM, PURPOSE, SESSION_CLAIM};
use super::{Gate, GateRefusal, Identity, Knock, Means, PlainPath};
use crate::{Claims, JwtExpectation, KeySlot, SessionKey};

/// The account whose resources are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its company.
    pub company: CompanyId,
    /// The account.
    pub account: AccountId,
    /// The session by which it asks, unless it asks by an API key.
    pub session: Option<SessionId>,
}

impl Gate {
    /// The account behind a cookie or a signature: what a proxy would ask first, done here.
    pub async fn owner(&self, knock: Knock) -> Result<Owner, GateRefusal> {
        let book = self.rulebook(knock.company).await?;
        let path = PlainPath::parse(&knock.path).filter(|path| !path.starts_with_any(&self.rules.block));
        let path = path.ok_or(GateRefusal::Blocked)?;
        let identity = self.identify(&knock, &path, &book).await?;
        owner(&identity)
    }

    /// The account behind a JWT that this gate made, as long as what it was made for is still good.
    pub async fn bearer(&self, company: CompanyId, compact: String) -> Result<Owner, GateRefusal> {
        let claims = vec![("iss", ISSUER.to_owned()), ("sub", PURPOSE.to_owned())];
        let expectation = JwtExpectation { slot: KeySlot::Access, claims };
        let claims = self.ports.verifier.verify(compact, expectation, self.ports.ambient.now()).await?;
        let claims = claims.ok_or(GateRefusal::Bearer)?;
        let owner = match claims.get_text(SESSION_CLAIM).and_then(SessionId::parse) {
            Some(session) => self.by_session(session).await?,
            None => self.by_key(&claims).await?,
        };
        if owner.company == company { Ok(owner) } else { Err(GateRefusal::NoOwner) }
    }

    async fn by_session(&self, id: SessionId) -> Result<Owner, GateRefusal> {
        let found = self.ports.sessions.find(SessionKey::Id(id)).await?;
        let (session, subject) = found.ok_or(GateRefusal::Bearer)?;
        if session.is_over(self.ports.ambient.now()) || !subject.state.admits(true) {
            return Err(GateRefusal::Bearer);
        }
        Ok(Owner { company: session.company, account: session.account, session: Some(id) })
    }

    async fn by_key(&self, claims: &Claims) -> Result<Owner, GateRefusal> {
        let key = claims.get_text(KEY_CLAIM).and_then(ApiKeyId::parse).ok_or(GateRefusal::Bearer)?;
        let kid = claims.get_text(KID_CLAIM).ok_or(GateRefusal::Bearer)?.to_owned();
        let identity = self.ports.keys.holder(key, kid).await?.ok_or(GateRefusal::Bearer)?;
        owner(&identity)
    }
}

/// A service account owns nothing.
fn owner(identity: &Identity) -> Result<Owner, GateRefusal> {
    if identity.is_service {
        return Err(GateRefusal::NoOwner);
    }
    let session = match identity.means {
        Means::Session(session) => Some(session),
        Means::Key { .. } => None,
    };
    Ok(Owner { company: identity.company, account: identity.account, session })
}
