//! Make the JWT that tells upstreams who passed (barong contract §5.5).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portcullis_kernel::{PortResult, Timestamp, Uid, Username, hex};

use super::{Gate, Identity, Means};
use crate::{ClaimValue, Claims, KeySlot, SigningOrder};

/// The claim that names the session a JWT was made for.
pub(super) const SESSION_CLAIM: &str = "sid";
/// The claims that name the API key.
pub(super) const KEY_CLAIM: &str = "key";
pub(super) const KID_CLAIM: &str = "kid";
pub(super) const ISSUER: &str = "barong";
pub(super) const PURPOSE: &str = "session";

/// How many tokens are kept before the first look for ones that are too old.
const FEW: usize = 1_024;

/// Tokens that may be handed out again.
#[derive(Default)]
pub(super) struct Minted {
    tokens: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    tokens: HashMap<Means, Token>,
    sweep_at: usize,
}

struct Token {
    identity: Identity,
    at: Timestamp,
    compact: Arc<str>,
}

impl Minted {
    fn recall(&self, identity: &Identity, since: Timestamp) -> Option<Arc<str>> {
        let shelf = self.lock();
        let token = shelf.tokens.get(&identity.means)?;
        (token.at > since && token.identity == *identity).then(|| Arc::clone(&token.compact))
    }

    fn keep(&self, identity: &Identity, at: Timestamp, since: Timestamp, compact: &Arc<str>) {
        let mut shelf = self.lock();
        if shelf.tokens.len() >= shelf.sweep_at.max(FEW) {
            shelf.tokens.retain(|_, token| token.at > since);
            shelf.sweep_at = shelf.tokens.len() * 2;
        }
        let token = Token { identity: identity.clone(), at, compact: Arc::clone(compact) };
        shelf.tokens.insert(identity.means.clone(), token);
    }

    /// A holder of the lock can only have panicked before or after a whole entry, so the map is good all the same.
    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gate {
    /// A JWT for an identity: one made before, as long as it says the same and is young enough.
    pub(super) async fn bearer_for(&self, identity: &Identity) -> PortResult<Arc<str>> {
        let now = self.ports.ambient.now();
        let since = now.minus(self.rules.jwt_reuse.min(self.rules.jwt_lifetime));
        if let Some(compact) = self.minted.recall(identity, since) {
            return Ok(compact);
        }
        let order = SigningOrder {
            algorithm: self.rules.algorithm,
            slot: KeySlot::Access,
            typed: false,
            claims: self.claims(identity, now),
        };
        let compact: Arc<str> = self.ports.signer.sign(order).await?.into();
        if !self.rules.jwt_reuse.is_zero() {
            self.minted.keep(identity, now, since, &compact);
        }
        Ok(compact)
    }

    fn claims(&self, identity: &Identity, now: Timestamp) -> Claims {
        let mut id = [0; 10];
        self.ports.ambient.entropy().fill(&mut id);
        let number = |number: u64| ClaimValue::Number(i64::try_from(number).unwrap_or(i64::MAX));
        let claims = Claims::new()
            .instant("iat", now)
            .instant("exp", now.plus(self.rules.jwt_lifetime))
            .text("sub", PURPOSE)
            .text("iss", ISSUER)
            .list("aud", ["peatio", "barong"].map(str::to_owned).to_vec())
            .text("jti", hex(&id))
            .text("uid", identity.uid.as_str())
            .text_or_nothing("email", identity.email.as_deref())
            .text("role", identity.role.as_str())
            .with("level", number(identity.level.into()))
            .text("state", identity.state.as_str());
        let claims = if identity.is_service {
            claims
        } else {
            let referrer = identity.referrer.as_ref().and_then(Uid::as_number).map(number);
            claims
                .text_or_nothing("username", identity.username.as_ref().map(Username::as_str))
                .with("referral_id", referrer.unwrap_or(ClaimValue::Nothing))
        };
        match &identity.means {
            Means::Session(session) => claims.text(SESSION_CLAIM, session.to_string()),
            Means::Key { id, kid } => claims.text(KEY_CLAIM, id.to_string()).text(KID_CLAIM, kid),
        }
    }
}
