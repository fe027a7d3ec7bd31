//! Links that whitelist the addresses of their visitors (barong contract §7.7).

use std::net::IpAddr;
use std::time::Duration;

use portcullis_kernel::{AuditAction, Client, CompanyId, Effects, PortError, Timestamp, Token, TokenDigest};

use super::{Gate, Restriction, RestrictionCategory, RestrictionScope};
use crate::{AddRestriction, KeepWhitelink, Whitelink};

/// A link to make.
#[derive(Clone, Debug)]
pub struct NewWhitelink {
    /// Whose door it opens.
    pub company: CompanyId,
    /// How long it is good.
    pub lifetime: Duration,
    /// Who asks.
    pub client: Client,
}

/// A link that somebody follows.
#[derive(Clone)]
pub struct VisitWhitelink {
    /// Whose door it shall open.
    pub company: CompanyId,
    /// Its token.
    pub token: String,
    /// Who follows it.
    pub client: Client,
}

/// Why an address was not whitelisted.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// There is no such link, or its time is over.
    #[error("the link is not good")]
    Refused,
    /// Links whitelist IPv4 addresses only.
    #[error("the address is not an IPv4 address")]
    NotIpv4,
    /// The address is whitelisted already.
    #[error("the address is whitelisted already")]
    Taken,
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Gate {
    /// Makes a link. Its token is shown once.
    pub async fn make_whitelink(&self, command: NewWhitelink) -> Result<(Token, Timestamp), PortError> {
        let (token, now) = (self.ports.ambient.token(), self.ports.ambient.now());
        let expires_at = now.plus(command.lifetime);
        let link =
            Whitelink { digest: token.digest(), company: command.company, created_at: now, expires_at };
        let event = self.event(AuditAction::WhitelinkCreated, command.company, &command.client);
        self.ports.whitelinks.keep(KeepWhitelink { link, effects: Effects::audit(event) }).await?;
        Ok((token, expires_at))
    }

    /// Whitelists the address of a visitor. The link stays good for others until its time is over.
    pub async fn visit_whitelink(&self, command: VisitWhitelink) -> Result<(), VisitError> {
        let found = self.ports.whitelinks.find(TokenDigest::of(&command.token)).await?;
        let now = self.ports.ambient.now();
        let good = found.filter(|link| link.company == command.company && now < link.expires_at);
        let link = good.ok_or(VisitError::Refused)?;
        let address = command.client.address.map(|address| address.to_canonical());
        let address = address.filter(IpAddr::is_ipv4).ok_or(VisitError::NotIpv4)?;
        let (category, scope) = (RestrictionCategory::Whitelist, RestrictionScope::Ip);
        let restriction = Restriction {
            id: self.ports.ambient.fresh(),
            company: link.company,
            category,
            scope,
            value: address.to_string(),
            code: category.default_code(scope),
            created_at: now,
        };
        let event = self.event(AuditAction::WhitelinkUsed, link.company, &command.client);
        let write = AddRestriction { restriction, ends_sessions_of: None, effects: Effects::audit(event) };
        let added = self.ports.access.restrict(write).await?;
        self.forget_rules(link.company);
        if added { Ok(()) } else { Err(VisitError::Taken) }
    }
}
