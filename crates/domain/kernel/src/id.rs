//! Identifiers: one type per thing, each a UUID version 7 made from the clock and entropy ports.

use std::fmt;

use uuid::{Builder, Uuid};

use crate::{Entropy, Timestamp};

/// An identifier that [`crate::Ambient::fresh`] can make.
pub trait FreshId: Sized {
    /// A new UUIDv7 (RFC 9562) that sorts by `at`, to the millisecond.
    fn fresh(at: Timestamp, entropy: &dyn Entropy) -> Self;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that a store or a client handed over.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            #[must_use]
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }

            /// A whole number that stands for it where a contract knows no other ids: its last 53 bits, all of them
            /// random, so that every JSON parser keeps it exactly.
            #[must_use]
            pub fn as_number(self) -> u64 {
                let (_, low) = self.0.as_u64_pair();
                low & ((1 << 53) - 1)
            }

            /// Reads the hyphenated form (36 characters, any case); anything else is `None`.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten().map(Self)
            }
        }

        impl FreshId for $name {
            fn fresh(at: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(uuid_v7(at, entropy))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
    )*};
}

ids! {
    /// Names an account.
    AccountId
    /// Names a company; the text its clients use is a [`crate::CompanySlug`].
    CompanyId
    /// Names a session, whatever kind of credential it was opened with.
    SessionId
    /// Names a second-factor authenticator.
    AuthenticatorId
    /// Names a challenge that is put to a session.
    ChallengeId
    /// Names an API key.
    ApiKeyId
    /// Names a service account.
    ServiceAccountId
    /// Names a code, token or challenge that can be used once.
    OneTimeId
    /// Names a message in the outbox.
    MessageId
    /// Names a KYC profile.
    KycProfileId
    /// Names an audit entry.
    AuditId
    /// Names a restriction.
    RestrictionId
    /// Names a permission.
    PermissionId
}

fn uuid_v7(at: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    Builder::from_unix_timestamp_millis(u64::try_from(at.as_millis()).unwrap_or(0), &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;
    impl Entropy for Ones {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(1);
        }
    }

    #[test]
    fn fresh_ids_are_version_7_and_sort_by_time() {
        let early = AccountId::fresh(Timestamp::from_millis(1_000), &Ones);
        let late = AccountId::fresh(Timestamp::from_millis(2_000), &Ones);
        assert_eq!(early.as_uuid().get_version_num(), 7);
        assert!(early < late);
    }

    #[test]
    fn numbers_are_exact_in_json() {
        let id = AccountId::parse("01890a5d-ac96-774b-ffff-ffffffffffff").unwrap();
        assert_eq!(id.as_number(), (1 << 53) - 1);
    }

    #[test]
    fn parses_only_the_hyphenated_form() {
        let id = SessionId::fresh(Timestamp::from_millis(1_000), &Ones);
        assert_eq!(SessionId::parse(&id.to_string()), Some(id));
        assert_eq!(SessionId::parse(&id.to_string().replace('-', "")), None);
        assert_eq!(SessionId::parse("not an id"), None);
    }
}
