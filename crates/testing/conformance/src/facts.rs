//! Comparing what was written with what came back.
//!
//! Domain types compare identifiers by their folded form and show no secrets; a store must keep the spelling and
//! the secret too. Every impl takes its type apart field by field, so a new field cannot be forgotten.

use std::fmt::Debug;

use portcullis_accounts::{AcceptedTerm, Account, Company, Group, LegalTerm, PasswordRecord};
use portcullis_kernel::{AuditEvent, Message, OneTime, OneTimeSecret, SessionChallenge};
use portcullis_mfa::{Authenticator, Factor, RecoveryCode, Totp};
use portcullis_outbox::Entry;
use portcullis_password_reset::ResetSubject;
use portcullis_service_accounts::{ApiKey, KeyKind, PresentedKey, ServiceAccount, SignedKey};
use portcullis_sessions::{
    PasswordState, Permission, RefreshToken, Restriction, Session, SigningKey, Subject, Whitelink,
};

/// Everything there is to know about a value, as text.
pub trait Facts {
    /// The text: equal for values that agree in every field, spelling and secrets included.
    fn facts(&self) -> String;
}

/// Asserts that two values agree in every field.
#[track_caller]
pub fn assert_same<T: Facts + ?Sized>(found: &T, expected: &T) {
    assert_eq!(found.facts(), expected.facts());
}

macro_rules! facts_by_debug {
    ($($name:ty)*) => {$(
        impl Facts for $name {
            fn facts(&self) -> String {
                show(self)
            }
        }
    )*};
}

facts_by_debug! {
    Company Group LegalTerm AcceptedTerm Message AuditEvent Entry Session SessionChallenge RefreshToken Subject
    ResetSubject PresentedKey ServiceAccount Restriction Permission Whitelink
}

impl<T: Facts> Facts for Option<T> {
    fn facts(&self) -> String {
        self.as_ref().map_or_else(|| "None".to_owned(), T::facts)
    }
}

impl<T: Facts> Facts for [T] {
    fn facts(&self) -> String {
        self.iter().map(T::facts).collect::<Vec<_>>().join("\n")
    }
}

impl<T: Facts> Facts for Vec<T> {
    fn facts(&self) -> String {
        self.as_slice().facts()
    }
}

impl Facts for PasswordRecord {
    fn facts(&self) -> String {
        let Self { hash, changed_at, expires_at, temporary_until } = self;
        show(&(hash.as_str(), changed_at, expires_at, temporary_until))
    }
}

impl Facts for PasswordState {
    fn facts(&self) -> String {
        let Self { hash, temporary_until, expires_at } = self;
        show(&(hash.as_str(), temporary_until, expires_at))
    }
}

/// Groups and labels have no order.
impl Facts for Account {
    fn facts(&self) -> String {
        #[rustfmt::skip]
        let Self {
            id, uid, company, username, email, mobile, password, state, delete_requested_at, role, owner, groups,
            labels, profile, referral, data, created_at, updated_at, version,
        } = self;
        let mut groups = groups.clone();
        groups.sort();
        let mut labels: Vec<_> = labels.iter().map(|label| format!("{label:?}")).collect();
        labels.sort();
        let names = (id, uid, company, username, email, mobile);
        show(&(
            names,
            password.facts(),
            (state, delete_requested_at),
            (role, owner),
            groups,
            labels,
            (profile, referral, data),
            created_at,
            updated_at,
            version,
        ))
    }
}

impl Facts for OneTime {
    fn facts(&self) -> String {
        #[rustfmt::skip]
        let Self {
            id, company, account, purpose, secret, target, issued_at, expires_at, consumed_at, wrong_guesses,
        } = self;
        let secret = match secret {
            OneTimeSecret::Token(digest) => show(digest),
            OneTimeSecret::Code(code) => show(&code.reveal()),
        };
        let life = (issued_at, expires_at, consumed_at, wrong_guesses);
        show(&(id, company, account, purpose, secret, target, life))
    }
}

impl Facts for Factor {
    fn facts(&self) -> String {
        match self {
            Self::Totp(Totp { secret, algorithm, last_step }) => {
                show(&("totp", secret.reveal(), algorithm, last_step))
            }
            Self::Sms { mobile } => show(&("sms", mobile)),
            Self::Static { codes } => {
                let code = |RecoveryCode { code, used_at }: &RecoveryCode| show(&(code.reveal(), used_at));
                show(&("static", codes.iter().map(code).collect::<Vec<_>>()))
            }
        }
    }
}

impl Facts for Authenticator {
    fn facts(&self) -> String {
        let Self { id, company, account, name, factor, verified_at, created_at, updated_at } = self;
        show(&(id, company, account, name, factor.facts(), verified_at, created_at, updated_at))
    }
}

impl Facts for ApiKey {
    fn facts(&self) -> String {
        #[rustfmt::skip]
        let Self {
            id, company, holder, kind, name, scopes, state, created_at, updated_at, last_used_at,
        } = self;
        let kind = match kind {
            KeyKind::Header { token } => show(&("header", token.reveal())),
            KeyKind::Signed { kid, secret } => show(&("signed", kid, secret.reveal())),
        };
        show(&(id, company, holder, kind, name, scopes, state, (created_at, updated_at, last_used_at)))
    }
}

impl Facts for SignedKey {
    fn facts(&self) -> String {
        #[rustfmt::skip]
        let Self {
            id, kid, secret, state, holder, company, account, uid, email, username, role, level, holder_state,
            has_factor, referrer,
        } = self;
        let key = (id, kid, secret.reveal(), state, holder, company, account);
        show(&(key, uid, email, username, role, level, holder_state, has_factor, referrer))
    }
}

impl Facts for SigningKey {
    fn facts(&self) -> String {
        let Self { kid, algorithm, slot, generation, private_pem, created_at, signs_from } = self;
        show(&(kid, algorithm, slot, generation, private_pem.reveal(), created_at, signs_from))
    }
}

fn show(value: &impl Debug) -> String {
    format!("{value:#?}")
}
