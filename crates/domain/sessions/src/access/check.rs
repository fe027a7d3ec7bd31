//! Judge a request.

use std::net::IpAddr;
use std::sync::Arc;

use portcullis_kernel::{AuditAction, Client, CompanyId, Effects, PortResult, Token};

use super::{Gate, GateRefusal, Identity, PlainPath, Rulebook};
use crate::{KeyVerdict, SignatureProof};

/// A request that somebody asks about, or makes.
#[derive(Clone)]
pub struct Knock {
    /// Whose door it knocks at.
    pub company: CompanyId,
    /// Its verb, in capitals.
    pub verb: String,
    /// Its path as it was sent, without the leading slash and the query.
    pub path: String,
    /// The session cookie, if there is one.
    pub cookie: Option<Token>,
    /// The CSRF token, if there is one.
    pub csrf: Option<String>,
    /// The headers of a signed request (key, nonce, signature), if there is any of them.
    pub signature: Option<[Option<String>; 3]>,
    /// From where, and what sent it.
    pub client: Client,
}

/// A request that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Everybody may make it.
    Open,
    /// Its sender may. The JWT tells an upstream who that is.
    Admitted(Arc<str>),
}

impl Gate {
    /// Judges a request that a proxy asks about (barong contract §5.5). Never admits one without an identity unless its
    /// path means the same to every reader and starts as the list of open paths says.
    pub async fn check(&self, knock: Knock) -> Result<Admission, GateRefusal> {
        let book = self.rulebook(knock.company).await?;
        let path = PlainPath::parse(&knock.path);
        self.resist(&book, path.as_ref(), knock.client.address)?;
        let path = path.filter(|path| !path.starts_with_any(&self.rules.block));
        let path = path.ok_or(GateRefusal::Blocked)?;
        if path.starts_with_any(&self.rules.pass) {
            return Ok(Admission::Open);
        }
        let identity = self.identify(&knock, &path, &book).await?;
        Ok(Admission::Admitted(self.bearer_for(&identity).await?))
    }

    /// Judges where the client of an operation of this door is, and nothing else.
    pub async fn resist_client(
        &self,
        company: CompanyId,
        path: &str,
        address: Option<IpAddr>,
    ) -> Result<(), GateRefusal> {
        let book = self.rulebook(company).await?;
        self.resist(&book, PlainPath::parse(path).as_ref(), address)
    }

    fn resist(
        &self,
        book: &Rulebook,
        path: Option<&PlainPath>,
        address: Option<IpAddr>,
    ) -> Result<(), GateRefusal> {
        let operation = path.map(|path| operation(path.as_str()));
        let is_among = |paths: &[String]| paths.iter().any(|path| Some(path.as_str()) == operation);
        let Some(address) = address.filter(|_| !is_among(&self.rules.whitelist_paths)) else { return Ok(()) };
        let locate = || self.ports.geography.locate(address.to_canonical());
        let barred = book.barred(address, is_among(&self.rules.login_paths), locate);
        barred.map_or(Ok(()), |barred| Err(GateRefusal::Barred(barred)))
    }

    /// Who sends a request, if the permissions of their role allow it.
    pub(super) async fn identify(
        &self,
        knock: &Knock,
        path: &PlainPath,
        book: &Rulebook,
    ) -> Result<Identity, GateRefusal> {
        let identity = match &knock.signature {
            Some(headers) => self.by_signature(headers, knock.company).await?,
            None => self.by_cookie(knock).await?,
        };
        let verdict = book.judge(&identity.role, &knock.verb, path);
        if verdict.noted {
            self.note(AuditAction::AccessNoted, knock, &identity).await?;
        }
        if verdict.allowed {
            return Ok(identity);
        }
        if !identity.is_service {
            self.note(AuditAction::AccessDenied, knock, &identity).await?;
        }
        Err(GateRefusal::NotPermitted)
    }

    async fn by_signature(
        &self,
        headers: &[Option<String>; 3],
        company: CompanyId,
    ) -> Result<Identity, GateRefusal> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let [kid, nonce, signature] = headers.each_ref().map(given);
        let proof = SignatureProof {
            kid: kid.ok_or(GateRefusal::KeyHeaders)?,
            nonce: nonce.ok_or(GateRefusal::KeyHeaders)?,
            signature: signature.ok_or(GateRefusal::KeyHeaders)?,
            company,
            window: self.rules.nonce_window,
            once: self.rules.nonce_once,
            at: self.ports.ambient.now(),
        };
        match self.ports.keys.verify(proof).await? {
            KeyVerdict::Good(identity) => Ok(*identity),
            KeyVerdict::Refused(refusal) => Err(refusal.into()),
        }
    }

    async fn note(&self, action: AuditAction, knock: &Knock, identity: &Identity) -> PortResult<()> {
        let event = self.event(action, knock.company, &knock.client).account(identity.account);
        let event = if action == AuditAction::AccessDenied { event.denied("permissions") } else { event };
        self.ports.access.note(Effects::audit(event)).await
    }
}

/// The path of an operation without what this door puts up with at its end.
fn operation(path: &str) -> &str {
    let path = path.strip_suffix('/').unwrap_or(path);
    path.strip_suffix(".json").unwrap_or(path)
}
