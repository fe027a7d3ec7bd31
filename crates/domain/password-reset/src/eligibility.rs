//! Who may reset a password, and under which name.

use portcullis_kernel::{AccountState, Identifier};

use crate::ResetSubject;

/// Which identifiers a door accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetLookup {
    /// The username to the letter, or a verified e-mail address (wikimedia contract §3.4, §7).
    ExactUsernameOrVerifiedEmail,
    /// Id, e-mail, mobile or username, folded as usual.
    Any,
}

/// Why nobody gets a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ineligible {
    /// No account has the e-mail address.
    UnknownEmail,
    /// No account has the username.
    UnknownUsername,
    /// The account is locked, banned, deactivated or deleted.
    Disabled,
    /// The account is unconfirmed: pending, or without a verified e-mail address to send to.
    NoVerifiedEmail,
    /// The account still has the password that an operator set for its first sign-in.
    TemporaryPassword,
    /// The account was sent enough links already, under whatever name.
    EnoughSent,
}

impl Ineligible {
    /// A fixed phrase for the audit trail.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownEmail | Self::UnknownUsername => "unknown account",
            Self::Disabled => "disabled account",
            Self::NoVerifiedEmail => "no verified e-mail",
            Self::TemporaryPassword => "temporary password",
            Self::EnoughSent => "enough links sent",
        }
    }

    /// Nobody answers to what was typed.
    pub(crate) fn unknown(typed: &str) -> Self {
        if typed.contains('@') { Self::UnknownEmail } else { Self::UnknownUsername }
    }
}

impl ResetLookup {
    /// What to look for, in order.
    pub(crate) fn identifiers(self, typed: &str) -> Vec<Identifier> {
        let mut candidates = Identifier::candidates(typed);
        if self == Self::ExactUsernameOrVerifiedEmail {
            candidates.retain(|name| matches!(name, Identifier::Email(_) | Identifier::Username(_)));
        }
        candidates
    }

    /// Whether the account that was found may be reset under what was typed. An address that is not verified still
    /// names its account here; that it gets no code is a matter of eligibility.
    pub(crate) fn admits(self, typed: &str, subject: &ResetSubject) -> bool {
        match self {
            Self::Any => true,
            Self::ExactUsernameOrVerifiedEmail => subject.is_exactly(typed) || subject.has_email(typed),
        }
    }
}

impl ResetSubject {
    /// Whether the account may get a code by mail, and later use it.
    pub(crate) fn eligibility(&self) -> Result<(), Ineligible> {
        match self.state {
            AccountState::Locked
            | AccountState::Banned
            | AccountState::Deactivated
            | AccountState::Deleted => Err(Ineligible::Disabled),
            AccountState::Pending => Err(Ineligible::NoVerifiedEmail),
            AccountState::Active if self.email.is_none() || !self.email_verified => {
                Err(Ineligible::NoVerifiedEmail)
            }
            AccountState::Active if self.has_temporary_password => Err(Ineligible::TemporaryPassword),
            AccountState::Active => Ok(()),
        }
    }

    pub(crate) fn is_exactly(&self, typed: &str) -> bool {
        self.username.as_ref().is_some_and(|name| name.as_str() == typed)
    }

    pub(crate) fn has_email(&self, typed: &str) -> bool {
        let names_it = |name: &Identifier| matches!(name, Identifier::Email(email) if self.email.as_ref() == Some(email));
        Identifier::candidates(typed).iter().any(names_it)
    }

    /// The texts a password must not repeat.
    pub(crate) fn own_identifiers(&self) -> Vec<&str> {
        let username = self.username.as_ref().map(portcullis_kernel::Username::as_str);
        let email = self.email.as_ref().map(portcullis_kernel::Email::as_str);
        let mobile = self.mobile.as_ref().map(portcullis_kernel::Mobile::as_str);
        [username, email, mobile].into_iter().flatten().collect()
    }
}
