//! Values for unit tests.

use portcullis_kernel::{
    AccountId, AccountState, Client, CompanyId, CompanySlug, Entropy, FreshId, Role, Timestamp, TokenDigest,
    Uid, Username,
};

use crate::{RefreshToken, Refreshable, Session, SessionKind, Subject};

pub(crate) struct Zeros;

impl Entropy for Zeros {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// An active account named `Ada`.
pub(crate) fn subject() -> Subject {
    Subject {
        id: AccountId::fresh(at(0), &Zeros),
        uid: Uid::from_text("ID0000000000"),
        company: CompanyId::fresh(at(0), &Zeros),
        company_slug: CompanySlug::parse("acme").unwrap(),
        username: Some(Username::parse("Ada").unwrap()),
        email: None,
        email_verified: false,
        mobile: None,
        mobile_verified: false,
        profile: std::collections::BTreeMap::new(),
        owner: false,
        groups: Vec::new(),
        role: Role::default(),
        level: 0,
        referrer: None,
        state: AccountState::Active,
        created_at: at(0),
        updated_at: at(0),
        last_sign_in_at: None,
        password_expires_at: None,
    }
}

/// A session of that account, for ever.
pub(crate) fn session() -> Session {
    let subject = subject();
    Session {
        id: portcullis_kernel::SessionId::fresh(at(0), &Zeros),
        company: subject.company,
        account: subject.id,
        kind: SessionKind::Jwt,
        handle: "00000000".to_owned(),
        digest: None,
        client: Client::operator(),
        label: None,
        created_at: at(0),
        authenticated_at: at(0),
        expires_at: None,
        ended_at: None,
        open_challenges: 0,
        challenged_until: None,
    }
}

/// An unused refresh token of that session, good until second 1000.
pub(crate) fn refreshable() -> Refreshable {
    let session = session();
    let token = RefreshToken {
        digest: TokenDigest::of("token"),
        session: session.id,
        parent: None,
        issued_at: at(0),
        expires_at: at(1_000),
        used_at: None,
        refreshes: 0,
    };
    Refreshable { token, successor_used: false, session, subject: subject() }
}
