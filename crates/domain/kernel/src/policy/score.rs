//! The strength score.
//!
//! It follows NIST's estimate of the entropy of a chosen password: what a character adds falls with its position
//! and with every repetition, and a mix of kinds adds a little. The score is the least of that sum over the
//! password and over what remains of it once keyboard walks and common words count as a single character.
//!
//! The rules are those of the barong contract (§10.3). The list of common words is another one than Barong ships, as
//! the contract permits, so a password that holds a word of one list only scores differently with the dictionary on.

use std::collections::HashMap;

use super::{BarongRules, digit::is_digit, keyboard, variant::variants, wordlist};

/// Characters beyond this add nothing, so the work is bounded.
const SCORED_CHARS: usize = 1000;
const REPETITION: f64 = 0.75;

/// The strength of a password in the units of the barong contract (§10.3), for the default minimum score. Always
/// finite; negative for the weakest.
#[must_use]
pub fn strength(password: &str, dictionary: bool) -> f64 {
    BarongRules { dictionary, ..BarongRules::default() }.score(password)
}

impl BarongRules {
    /// The strength of a password in the units of the barong contract (§10.3). Below the minimum score the figure
    /// is not refined by looking for keyboard walks, so it depends on that minimum.
    #[must_use]
    pub fn score(&self, password: &str) -> f64 {
        let scored: String = password.chars().take(SCORED_CHARS).collect();
        let lower = scored.to_lowercase();
        let score = base(&scored).min(base(&lower)).min(without_walks(&scored, self.min_score));
        if self.dictionary { score.min(without_words(&lower)) } else { score }
    }
}

fn without_walks(text: &str, enough: f64) -> f64 {
    let reversed: String = text.chars().rev().collect();
    let mut score = base(text).min(base(&reversed));
    for direction in [text, &reversed] {
        if score < enough {
            break;
        }
        score = score.min(base(&keyboard::mask(direction)));
    }
    score
}

fn without_words(lower: &str) -> f64 {
    variants(lower).iter().map(|variant| base(&wordlist::mask(variant))).fold(base(lower), f64::min)
}

fn base(text: &str) -> f64 {
    let mut weights = HashMap::new();
    let characters = text.chars().enumerate().map(|(position, letter)| {
        let weight = weights.entry(letter).or_insert(1.0);
        let value = if position == 0 { 4.0 } else { *weight * position_value(position) };
        *weight *= REPETITION;
        value
    });
    characters.sum::<f64>() + mix_bonus(text) + space_bonus(text)
}

const fn position_value(position: usize) -> f64 {
    match position {
        0..8 => 2.0,
        8..20 => 1.5,
        _ => 1.0,
    }
}

fn mix_bonus(text: &str) -> f64 {
    let upper = text.contains(char::is_uppercase);
    let lower = text.contains(char::is_lowercase);
    let digit = text.contains(is_digit);
    let other = text.contains(|letter: char| !letter.is_ascii_alphanumeric() && letter != ' ');
    match (upper, lower, digit, other) {
        (true, true, true, true) => 6.0,
        (true, true, false, true) => 5.0,
        (false, false, true, true) => -2.0,
        (false, false, true, false) => -6.0,
        _ => 0.0,
    }
}

fn space_bonus(text: &str) -> f64 {
    match text.contains(' ') {
        false => -2.0,
        true if text.split_ascii_whitespace().count() > 3 => 1.0,
        true => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Password, score with the dictionary, score without.
    const VECTORS: [(&str, f64, f64); 13] = [
        ("Tecohvi0", 15.5, 16.0),
        ("eeC2BiCucxWEQ", 21.1875, 21.1875),
        ("Iequ4geiEWQw", 19.59375, 19.59375),
        ("testPassword111", 14.125, 23.59375),
        ("Password1", 2.0, 17.0),
        ("Qq123123", 5.5, 12.5),
        ("Abcdefg1", 2.0, 6.0),
        ("12345678", 2.0, 10.0),
        ("P@ssw0rd", 2.0, 15.5),
        ("Zx9$kQ2!mLp7", 21.5, 22.0),
        ("correct horse battery staple", 35.351_562_5, 37.570_312_5),
        ("Simple", 2.0, 12.0),
        ("", -2.0, -2.0),
    ];

    fn assert_score(password: &str, dictionary: bool, expected: f64) {
        let score = strength(password, dictionary);
        assert!(
            (score - expected).abs() < 1e-9,
            "{password}, dictionary {dictionary}: {score}, not {expected}"
        );
    }

    #[test]
    fn gives_the_scores_of_the_contract() {
        for (password, with, without) in VECTORS {
            assert_score(password, true, with);
            assert_score(password, false, without);
        }
    }

    #[test]
    fn looks_for_walks_only_in_what_is_strong_enough() {
        let lenient = BarongRules { min_score: 0.0, dictionary: false };
        assert!(lenient.score("12345678") < strength("12345678", false));
    }

    #[test]
    fn counts_words_of_any_script() {
        assert_score("Пароль123", false, 17.5);
    }

    #[test]
    fn ignores_what_follows_the_thousandth_character() {
        let long = "aB3$".repeat(250);
        assert_score(&format!("{long}Zx9$kQ2!mLp7"), true, strength(&long, true));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn is_finite_for_any_text(password in "\\PC{0,256}|[ -~]{0,128}|(?s:.){0,64}", dictionary: bool) {
            prop_assert!(strength(&password, dictionary).is_finite());
        }

        #[test]
        fn never_rises_with_the_dictionary(password in "[ -~]{0,80}") {
            prop_assert!(strength(&password, true) <= strength(&password, false));
        }
    }
}
