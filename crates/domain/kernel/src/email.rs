//! E-mail addresses.

use unicode_normalization::UnicodeNormalization;

/// An e-mail address: the text as its owner wrote it, and the key by which it is unique and found.
#[derive(Clone, Debug)]
pub struct Email {
    text: String,
    key: String,
}

/// The text is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct InvalidEmail;

impl Email {
    /// Reads an address after trimming white space: at most 254 characters, a local part of up to 64 letters,
    /// digits, `-+_!"'#$%^&*{}/=?` `` ` `` `|~` and single inner dots, and a domain of alphanumeric labels with
    /// inner hyphens whose last label is letters. A domain without a dot is accepted (barong contract §10.4).
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        if text.chars().count() > 254 || !is_local(local) || !is_domain(domain) {
            return Err(InvalidEmail);
        }
        Ok(Self { text: text.to_owned(), key: text.nfkc().collect::<String>().to_lowercase() })
    }

    /// The address as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The folded form (NFKC, lower case): two addresses with one key are one address.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Email {}

fn is_local(local: &str) -> bool {
    (1..=64).contains(&local.chars().count())
        && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

fn is_atom(c: char) -> bool {
    c.is_alphanumeric() || "-+_!\"'#$%^&*{}/=?`|~".contains(c)
}

fn is_domain(domain: &str) -> bool {
    let mut labels = domain.rsplit('.');
    labels.next().is_some_and(|top| (1..=63).contains(&top.len()) && top.chars().all(char::is_alphabetic))
        && labels.all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accepts_what_mail_systems_deliver() {
        for good in
            ["ada@example.com", "a.b+c@sub.example.co", "o'neil@x.org", "a@localhost", "größe@beispiel.de"]
        {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn refuses_what_they_do_not() {
        for bad in [
            "",
            "ada",
            "a..b@x.com",
            ".a@x.com",
            "a.@x.com",
            "a@x.1",
            "a@-x.com",
            "a b@x.com",
            "@x.com",
            "a@",
            "a@b@c.com",
        ] {
            assert_eq!(Email::parse(bad).err(), Some(InvalidEmail), "{bad}");
        }
    }

    #[test]
    fn folds_case_and_width_but_keeps_the_spelling() {
        let email = Email::parse(" Ada@EXAMPLE.com ").unwrap();
        assert_eq!(email.as_str(), "Ada@EXAMPLE.com");
        assert_eq!(email, Email::parse("ada@example.com").unwrap());
    }

    proptest! {
        #[test]
        fn never_panics_and_reparses_its_own_output(text in ".{0,80}") {
            if let Ok(email) = Email::parse(&text) {
                let again = Email::parse(email.as_str()).unwrap();
                prop_assert_eq!(again.key(), email.key());
            }
        }
    }
}
