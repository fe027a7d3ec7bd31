//! The way in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use portcullis_kernel::{Ambient, AuditAction, AuditEvent, Client, CompanyId, Door, PortResult, Timestamp};

use super::extensions::Extensions;
use super::mint::Minted;
use super::rulebook::Rulebook;
use crate::{
    AccessStore, Algorithm, Geography, SessionExtender, SessionStore, SignedKeyDirectory, TokenSigner,
    TokenVerifier, WhitelinkStore,
};

/// How old rules may be that requests are judged by: what somebody changes is in force within a second.
const RULES_MEMORY: Duration = Duration::from_millis(900);

/// What the gate needs from outside.
#[derive(Clone)]
pub struct GatePorts {
    /// Restrictions and permissions.
    pub access: Arc<dyn AccessStore>,
    /// Links that whitelist.
    pub whitelinks: Arc<dyn WhitelinkStore>,
    /// Sessions that exist.
    pub sessions: Arc<dyn SessionStore>,
    /// Lets them live longer.
    pub extender: Arc<dyn SessionExtender>,
    /// Recognises signed API keys.
    pub keys: Arc<dyn SignedKeyDirectory>,
    /// Knows where addresses are.
    pub geography: Arc<dyn Geography>,
    /// Signs JWTs.
    pub signer: Arc<dyn TokenSigner>,
    /// Verifies JWTs.
    pub verifier: Arc<dyn TokenVerifier>,
    /// Time and randomness.
    pub ambient: Ambient,
}

/// What the contract leaves to the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateRules {
    /// The door whose sessions are honoured.
    pub door: Door,
    /// How long a session lasts without use.
    pub session_lifetime: Duration,
    /// Whether requests with a cookie that change something need a CSRF token.
    pub csrf: bool,
    /// How far the nonce of a signature may be from the present.
    pub nonce_window: Duration,
    /// Whether a nonce is good once only.
    pub nonce_once: bool,
    /// How long a JWT is good.
    pub jwt_lifetime: Duration,
    /// How long one may be handed out again.
    pub jwt_reuse: Duration,
    /// What signs it.
    pub algorithm: Algorithm,
    /// The paths of signing in, without a leading slash.
    pub login_paths: Vec<String>,
    /// The paths of the operation that whitelists, to which no restriction applies.
    pub whitelist_paths: Vec<String>,
    /// Beginnings of paths that nobody may ask for.
    pub block: Vec<String>,
    /// Beginnings of paths that everybody may ask for.
    pub pass: Vec<String>,
}

/// Judges requests, and keeps the rules it judges by. Cheap to clone; clones share what they remember.
#[derive(Clone)]
pub struct Gate {
    pub(super) ports: Arc<GatePorts>,
    pub(super) rules: Arc<GateRules>,
    pub(super) extensions: Arc<Extensions>,
    pub(super) minted: Arc<Minted>,
    books: Arc<RwLock<Books>>,
}

/// The rules of each company, and when they were read.
type Books = HashMap<CompanyId, (Timestamp, Arc<Rulebook>)>;

impl Gate {
    /// A gate over these ports under these rules.
    #[must_use]
    pub fn new(ports: GatePorts, rules: GateRules) -> Self {
        Self {
            ports: Arc::new(ports),
            rules: Arc::new(rules),
            extensions: Arc::default(),
            minted: Arc::default(),
            books: Arc::default(),
        }
    }

    /// The English name of the country that an address is in, if it is known.
    #[must_use]
    pub fn country_of(&self, address: IpAddr) -> Option<String> {
        self.ports.geography.locate(address)?.country_name
    }

    /// The rules of a company, as they were less than a second ago.
    pub async fn rulebook(&self, company: CompanyId) -> PortResult<Arc<Rulebook>> {
        let now = self.ports.ambient.now();
        let fresh = |read: Timestamp| read <= now && now.since(read) < RULES_MEMORY;
        let known = self.books.read().unwrap_or_else(PoisonError::into_inner).get(&company).cloned();
        if let Some((_, book)) = known.filter(|(read, _)| fresh(*read)) {
            return Ok(book);
        }
        let (restrictions, permissions) = self.ports.access.rules(company).await?;
        let book = Arc::new(Rulebook::new(restrictions, permissions));
        let mut books = self.books.write().unwrap_or_else(PoisonError::into_inner);
        books.insert(company, (now, Arc::clone(&book)));
        Ok(book)
    }

    /// Makes the next request look at the rules anew.
    pub(super) fn forget_rules(&self, company: CompanyId) {
        self.books.write().unwrap_or_else(PoisonError::into_inner).remove(&company);
    }

    /// Writes down how much longer sessions live since the last call, and says how many. If the store fails, that stays
    /// noted for the next call.
    pub async fn flush_extensions(&self) -> PortResult<usize> {
        let noted = self.extensions.noted();
        if !noted.is_empty() {
            self.ports.extender.extend(noted.clone()).await?;
            self.extensions.forget(&noted);
        }
        Ok(noted.len())
    }

    pub(super) fn event(&self, action: AuditAction, company: CompanyId, client: &Client) -> AuditEvent {
        AuditEvent::new(&self.ports.ambient, action, client).company(company)
    }
}
