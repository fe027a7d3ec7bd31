//! The rules, one breach each.

use super::{BarongRules, digit::is_digit, wordlist::is_common};

/// One way in which a password breaks its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyBreach {
    /// Fewer characters than allowed.
    TooShort {
        /// The least number of characters.
        min: usize,
    },
    /// More characters than allowed.
    TooLong {
        /// The greatest number of characters.
        max: usize,
    },
    /// No upper-case letter.
    NoUppercase,
    /// No lower-case letter.
    NoLowercase,
    /// No digit.
    NoDigit,
    /// Digits only.
    OnlyDigits,
    /// Among the most common passwords.
    Common,
    /// One of the account's own identifiers.
    OwnIdentifier,
    /// Scores below the policy's minimum.
    Weak,
}

const STANDARD_MIN: usize = 8;
const STANDARD_MAX: usize = 128;
/// What the password hashes of the barong contract can hold.
const BARONG_HASHABLE: usize = 72;
const BARONG_MIN: usize = 8;
const BARONG_MAX: usize = 80;

/// In the order short, long, common, only digits, own identifier.
pub(super) fn standard(password: &str, own: &[&str]) -> Vec<PolicyBreach> {
    let lower = password.to_lowercase();
    let numeric = !password.is_empty() && password.chars().all(is_digit);
    let rules = [
        (is_shorter(password, STANDARD_MIN), PolicyBreach::TooShort { min: STANDARD_MIN }),
        (is_longer(password, STANDARD_MAX), PolicyBreach::TooLong { max: STANDARD_MAX }),
        (is_common(&lower), PolicyBreach::Common),
        (numeric, PolicyBreach::OnlyDigits),
        (own.iter().any(|own| !own.is_empty() && own.to_lowercase() == lower), PolicyBreach::OwnIdentifier),
    ];
    broken(rules).collect()
}

/// First `TooLong { max: 72 }`, then the breaches of composition, and only when there are none of those, `Weak`.
/// More than 80 characters break both lengths, so the composition too.
pub(super) fn barong(password: &str, rules: &BarongRules) -> Vec<PolicyBreach> {
    let mut composition = composition(password);
    if composition.is_empty() && rules.score(password) < rules.min_score {
        composition.push(PolicyBreach::Weak);
    }
    let hashable = (is_longer(password, BARONG_HASHABLE), PolicyBreach::TooLong { max: BARONG_HASHABLE });
    broken([hashable]).chain(composition).collect()
}

fn composition(password: &str) -> Vec<PolicyBreach> {
    let rules = [
        (is_shorter(password, BARONG_MIN), PolicyBreach::TooShort { min: BARONG_MIN }),
        (is_longer(password, BARONG_MAX), PolicyBreach::TooLong { max: BARONG_MAX }),
        (!password.contains(char::is_uppercase), PolicyBreach::NoUppercase),
        (!password.contains(char::is_lowercase), PolicyBreach::NoLowercase),
        (!password.contains(is_digit), PolicyBreach::NoDigit),
    ];
    broken(rules).collect()
}

fn broken<const N: usize>(rules: [(bool, PolicyBreach); N]) -> impl Iterator<Item = PolicyBreach> {
    rules.into_iter().filter_map(|(broken, breach)| broken.then_some(breach))
}

fn is_shorter(password: &str, min: usize) -> bool {
    password.chars().take(min).count() < min
}

fn is_longer(password: &str, max: usize) -> bool {
    password.chars().nth(max).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_default(password: &str) -> Vec<PolicyBreach> {
        barong(password, &BarongRules::default())
    }

    #[test]
    fn standard_takes_any_uncommon_password_of_8_to_128_characters() {
        for password in ["x7 ünder", "correct horse battery staple", &"ab".repeat(64)] {
            assert_eq!(standard(password, &["ada@example.com"]), [], "{password}");
        }
    }

    #[test]
    fn standard_counts_characters_not_bytes() {
        assert_eq!(standard("ééééééé", &[]), [PolicyBreach::TooShort { min: 8 }]);
        assert_eq!(standard(&"é".repeat(128), &[]), []);
        assert_eq!(standard(&"é".repeat(129), &[]), [PolicyBreach::TooLong { max: 128 }]);
    }

    #[test]
    fn standard_refuses_common_passwords_in_any_case() {
        assert_eq!(standard("PassWord1", &[]), [PolicyBreach::Common]);
    }

    #[test]
    fn standard_refuses_digits_only() {
        assert_eq!(standard("9072635481", &[]), [PolicyBreach::OnlyDigits]);
        assert_eq!(standard("12345678", &[]), [PolicyBreach::Common, PolicyBreach::OnlyDigits]);
    }

    #[test]
    fn standard_refuses_the_own_identifiers_in_any_case() {
        let own = ["", "ada@example.com", "+41791234567", "adalovelace"];
        assert_eq!(standard("ADA@example.com", &own), [PolicyBreach::OwnIdentifier]);
        assert_eq!(standard("+41791234567", &own), [PolicyBreach::OwnIdentifier]);
        assert_eq!(standard("AdaLovelace1843", &own), []);
    }

    #[test]
    fn standard_says_only_that_an_empty_password_is_short() {
        assert_eq!(standard("", &[""]), [PolicyBreach::TooShort { min: 8 }]);
    }

    #[test]
    fn barong_takes_what_its_contract_takes() {
        for password in [
            "Iequ4geiEWQw",
            "Xwqe213PZCXwe",
            "Kal31ewwqXrew",
            "Tecohvi0",
            "ZahSh8ei",
            "Gol4aid2",
            "eeC2BiCucxWEQ",
        ] {
            assert_eq!(by_default(password), [], "{password}");
        }
    }

    #[test]
    fn barong_refuses_weak_passwords_of_the_right_composition() {
        for password in ["Password1", "Password1123", "Qq123123", "QqQq123123", "Abcdefg1"] {
            assert_eq!(by_default(password), [PolicyBreach::Weak], "{password}");
        }
    }

    #[test]
    fn barong_names_what_the_composition_lacks() {
        use PolicyBreach::{NoDigit, NoLowercase, NoUppercase, TooShort};
        assert_eq!(by_default("password"), [NoUppercase, NoDigit]);
        assert_eq!(by_default("password1"), [NoUppercase]);
        assert_eq!(by_default("X2qL32"), [TooShort { min: 8 }]);
        assert_eq!(by_default("eoV0qu"), [TooShort { min: 8 }]);
        assert_eq!(by_default(""), [TooShort { min: 8 }, NoUppercase, NoLowercase, NoDigit]);
    }

    #[test]
    fn barong_reads_letters_and_digits_of_every_script() {
        assert_eq!(by_default("Ünïtåry٣ßÿ"), []);
        assert_eq!(by_default("Ünïtåry²ßÿ"), [PolicyBreach::NoDigit]);
    }

    #[test]
    fn barong_puts_the_length_it_cannot_hash_first() {
        let long = |count: usize| format!("{}A1", "b".repeat(count - 2));
        let unhashable = PolicyBreach::TooLong { max: 72 };
        assert!(!by_default(&long(72)).contains(&unhashable));
        assert_eq!(by_default(&long(73)), [unhashable, PolicyBreach::Weak]);
        assert_eq!(by_default(&long(81)), [unhashable, PolicyBreach::TooLong { max: 80 }]);
        assert_eq!(by_default(&"Kal31ewwqXrew".repeat(6)), [unhashable]);
    }

    #[test]
    fn barong_without_its_dictionary_takes_common_words() {
        assert_eq!(barong("Password1", &BarongRules { dictionary: false, ..BarongRules::default() }), []);
    }

    proptest! {
        #[test]
        fn both_policies_judge_any_text_without_panicking(password in "(?s:.){0,300}", own in "(?s:.){0,20}") {
            let breaches = standard(&password, &[&own, &password]);
            prop_assert!(password.is_empty() || breaches.contains(&PolicyBreach::OwnIdentifier));
            let _ = by_default(&password);
        }
    }
}
