//! Mail and SMS as values.

use std::collections::BTreeMap;

use crate::{CompanySlug, Email, MessageId, Mobile, Timestamp};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why a message is sent. The text is a promise to operators and webhooks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Event {
            $($(#[$doc])* $name,)*
        }

        impl Event {
            /// Every event.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Reads the text.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|event| event.as_str() == text)
            }
        }
    };
}

events! {
    /// Verify an e-mail address.
    EmailVerify = "user.email.verify",
    /// Verify a mobile number.
    MobileVerify = "user.mobile.verify",
    /// Reset a password by link.
    PasswordResetLink = "user.password.reset",
    /// Set a first password by link.
    PasswordSetLink = "user.password.set",
    /// Confirm a deactivation.
    DeactivateVerify = "user.deactivate.verify",
    /// Confirm a deletion.
    RequestDeleteVerify = "user.request_delete.verify",
    /// A second-factor code.
    FactorCode = "mfa.sms.verify",
    /// Confirm an account.
    AccountConfirm = "account.confirm",
    /// Reset a password by token.
    PasswordResetToken = "password.reset",
    /// Reset a password by code.
    PasswordCode = "password.code",
    /// Verify a phone.
    PhoneVerify = "phone.verify",
    /// Notice: the password was changed.
    NoticePasswordChanged = "notice.password_changed",
    /// Notice: a second factor was added.
    NoticeFactorAdded = "notice.factor_added",
    /// Notice: a second factor was removed.
    NoticeFactorRemoved = "notice.factor_removed",
    /// Notice: an API key was issued.
    NoticeNewApiKey = "notice.new_api_key",
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// By mail.
    Mail(Email),
    /// By SMS.
    Sms(Mobile),
}

/// One value of a message's machine-readable part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum {
    /// Text.
    Text(String),
    /// Yes or no.
    Flag(bool),
}

/// A message for one recipient. Its content can hold codes and links, so stores keep it sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id, which sorts by time.
    pub id: MessageId,
    /// Why it is sent.
    pub event: Event,
    /// On whose behalf.
    pub company: CompanySlug,
    /// To whom.
    pub recipient: Recipient,
    /// The subject line; unused by SMS.
    pub subject: String,
    /// The text for a person.
    pub text: String,
    /// The same facts for a machine.
    pub data: BTreeMap<String, Datum>,
    /// When it was queued.
    pub created_at: Timestamp,
}
