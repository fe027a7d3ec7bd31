//! The names under which one account can be found.

use crate::{AccountId, Email, Mobile, Username};

/// One way to name an account inside its company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// Its id.
    Id(AccountId),
    /// Its e-mail address.
    Email(Email),
    /// Its mobile number.
    Mobile(Mobile),
    /// Its username.
    Username(Username),
}

impl Identifier {
    /// Every identifier that `text` can stand for, in the order in which they are looked up: id, e-mail, mobile,
    /// username. A username that looks like an e-mail address therefore never shadows the address's owner.
    #[must_use]
    pub fn candidates(text: &str) -> Vec<Self> {
        let text = text.trim();
        [
            AccountId::parse(text).map(Self::Id),
            Email::parse(text).ok().map(Self::Email),
            Mobile::parse(text).ok().map(Self::Mobile),
            Username::parse(text).ok().map(Self::Username),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What was typed, as throttles count it: texts that are looked up alike give the same text, whether or not an
    /// account answers to them.
    #[must_use]
    pub fn folded(text: &str) -> String {
        match Self::candidates(text).into_iter().next() {
            Some(Self::Id(id)) => id.to_string(),
            Some(Self::Email(email)) => email.key().to_owned(),
            Some(Self::Mobile(mobile)) => mobile.as_str().to_owned(),
            Some(Self::Username(name)) => name.key().to_owned(),
            None => text.trim().to_lowercase(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_id_email_mobile_username_in_this_order() {
        let kinds = |text: &str| {
            Identifier::candidates(text)
                .iter()
                .map(|candidate| match candidate {
                    Identifier::Id(_) => "id",
                    Identifier::Email(_) => "email",
                    Identifier::Mobile(_) => "mobile",
                    Identifier::Username(_) => "username",
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds("0191d3f0-0000-7000-8000-000000000001"), ["id", "username"]);
        assert_eq!(kinds("ada@example.com"), ["email", "username"]);
        assert_eq!(kinds("+27821234567"), ["mobile", "username"]);
        assert_eq!(kinds("ada"), ["username"]);
        assert_eq!(kinds("  "), [""; 0]);
    }

    #[test]
    fn folds_spellings_of_one_identifier_to_one_text() {
        for (typed, folded) in [
            (" 0191D3F0-0000-7000-8000-000000000001", "0191d3f0-0000-7000-8000-000000000001"),
            ("Ada@EXAMPLE.com ", "ada@example.com"),
            ("+27 (82) 123-4567", "+27821234567"),
            ("ADA", "ada"),
            (" No Name ", "no name"),
        ] {
            assert_eq!(Identifier::folded(typed), folded);
        }
    }
}
