//! Codes, tokens and challenges that can be used once.

use std::time::Duration;

use crate::{AccountId, CompanyId, Entropy, OneTimeId, Secret, Timestamp, TokenDigest};

/// A short code for a person to type, compared in constant time. Stores seal it: a digest of so few digits would
/// not hide them.
#[derive(Clone)]
pub struct Code(Secret);

impl Code {
    /// A code of `digits` decimal digits, each equally likely.
    #[must_use]
    pub fn generate(digits: usize, entropy: &dyn Entropy) -> Self {
        let mut text = String::with_capacity(digits);
        let mut byte = [0];
        while text.len() < digits {
            entropy.fill(&mut byte);
            // 250 is the largest multiple of ten in a byte: above it the remainder would favour low digits.
            if byte[0] < 250 {
                text.push(char::from(b'0' + byte[0] % 10));
            }
        }
        Self(Secret::new(text))
    }

    /// Wraps a code that a store unsealed.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(Secret::new(text))
    }

    /// The digits, for the message that carries them.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// Compares in constant time after trimming white space from the guess.
    #[must_use]
    pub fn matches(&self, guess: &str) -> bool {
        self.0.matches(guess.trim())
    }
}

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What a one-time secret is good for; it is good for nothing else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Purpose {
            $($(#[$doc])* $name,)*
        }

        impl Purpose {
            /// Every purpose.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word that stores use.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Reads the word.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|purpose| purpose.as_str() == text)
            }
        }
    };
}

purposes! {
    /// Proves control of an e-mail address.
    VerifyEmail = "verify_email",
    /// Proves control of a mobile number.
    VerifyMobile = "verify_mobile",
    /// Proves control of one of the phones that an account claims at the barong door; the target is the number.
    VerifyPhone = "verify_phone",
    /// Resets a password.
    ResetPassword = "reset_password",
    /// Continues a sign-in that must set a new password.
    NewPasswordChallenge = "new_password_challenge",
    /// Continues a sign-in that must present a second factor.
    FactorChallenge = "factor_challenge",
    /// Delivers a second-factor code by SMS; the target is the authenticator.
    FactorCode = "factor_code",
    /// Confirms a deactivation.
    Deactivate = "deactivate",
    /// Confirms a deletion.
    RequestDelete = "request_delete",
    /// Confirms an account by a signed token; kept once that was used, so that it is not used again.
    ConfirmAccount = "confirm_account",
}

/// The target of a [`Purpose::NewPasswordChallenge`] whose sign-in passed its second factor before it halted.
pub const FACTOR_CHECKED: &str = "factor-checked";

/// How a one-time secret is presented.
#[derive(Clone)]
pub enum OneTimeSecret {
    /// By a 256-bit token, found by its digest.
    Token(TokenDigest),
    /// By a short code, found by its account and purpose.
    Code(Code),
}

/// A one-time secret as stored.
#[derive(Clone)]
pub struct OneTime {
    /// Its id.
    pub id: OneTimeId,
    /// The company of its account.
    pub company: CompanyId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is good for.
    pub purpose: Purpose,
    /// How it is presented.
    pub secret: OneTimeSecret,
    /// What it refers to, if that is not the account: an address, a number, a marker of the purpose's own.
    pub target: Option<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// When it was used or replaced.
    pub consumed_at: Option<Timestamp>,
    /// Wrong guesses so far.
    pub wrong_guesses: u32,
}

impl OneTime {
    /// Whether it can be used at `now` and has had fewer than `max_guesses` wrong guesses.
    #[must_use]
    pub fn is_usable(&self, now: Timestamp, max_guesses: u32) -> bool {
        self.consumed_at.is_none() && now < self.expires_at && self.wrong_guesses < max_guesses
    }

    /// A fresh one, valid for `lifetime` from `now`.
    #[must_use]
    pub fn issue(
        id: OneTimeId,
        (company, account): (CompanyId, AccountId),
        purpose: Purpose,
        secret: OneTimeSecret,
        (now, lifetime): (Timestamp, Duration),
    ) -> Self {
        Self {
            id,
            company,
            account,
            purpose,
            secret,
            target: None,
            issued_at: now,
            expires_at: now.plus(lifetime),
            consumed_at: None,
            wrong_guesses: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Cycle(std::sync::atomic::AtomicU8);
    impl Entropy for Cycle {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn codes_have_the_asked_digits_and_no_bias() {
        let entropy = Cycle(std::sync::atomic::AtomicU8::new(0));
        let mut seen = [0_u32; 10];
        for c in Code::generate(2_500, &entropy).reveal().bytes() {
            seen[usize::from(c - b'0')] += 1;
        }
        assert_eq!(seen, [250; 10]);
    }

    #[test]
    fn codes_match_exactly_but_for_surrounding_blanks() {
        let code = Code::from_text("012345");
        assert!(code.matches(" 012345 "));
        assert!(!code.matches("12345"));
    }
}
