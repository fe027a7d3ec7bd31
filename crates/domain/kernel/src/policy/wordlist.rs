//! The 10 000 most common passwords.
//!
//! `wordlist.txt` holds the first 10 000 ASCII entries, by frequency, of the list that Django 5.2 ships with its
//! common-password validator: passwords counted in breaches, in lower case. It is sorted by byte here, one word a
//! line. Django is under the BSD 3-Clause licence; its text lies beside the list in `wordlist.LICENSE` and goes
//! wherever the list or a binary with it goes.

use std::sync::LazyLock;

/// The shortest word worth finding inside a password, in characters.
const SHORTEST: usize = 4;

static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("wordlist.txt").lines().collect());

/// Whether the whole text is a common password. Give it lower-case text.
pub(super) fn is_common(text: &str) -> bool {
    WORDS.binary_search(&text).is_ok()
}

/// The text with its first common word of four or more letters replaced by `*`: the leftmost, and of those that
/// begin there the longest. Give it lower-case text.
pub(super) fn mask(text: &str) -> String {
    let hit = text.char_indices().find_map(|(at, _)| {
        let (before, tail) = text.split_at_checked(at)?;
        Some((before, tail.strip_prefix(longest_prefix(tail)?)?))
    });
    hit.map_or_else(|| text.to_owned(), |(before, after)| format!("{before}*{after}"))
}

/// The longest word that begins the text. The greatest word up to the text is either it, or shares with the text
/// a shorter beginning that every word sought must fit into.
fn longest_prefix(text: &str) -> Option<&'static str> {
    let mut text = text;
    while text.len() >= SHORTEST {
        let last = WORDS.partition_point(|word| *word <= text).checked_sub(1)?;
        let word = WORDS.get(last)?;
        let shared = word.bytes().zip(text.bytes()).take_while(|(ours, theirs)| ours == theirs).count();
        if shared == word.len() {
            return (shared >= SHORTEST).then_some(word);
        }
        text = text.get(..shared)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_ten_thousand_lower_case_ascii_words_in_order() {
        assert_eq!(WORDS.len(), 10_000);
        assert!(WORDS.is_sorted_by(|one, next| one < next));
        let plain =
            |word: &&str| word.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase());
        assert!(WORDS.iter().all(plain));
    }

    #[test]
    fn knows_the_usual_suspects() {
        for word in ["password", "12345678", "qwertyuiop", "iloveyou", "password1", "jennifer"] {
            assert!(is_common(word), "{word}");
        }
        assert!(!is_common("") && !is_common("iequ4geieweq"));
    }

    #[test]
    fn masks_the_leftmost_and_longest_word_only() {
        assert_eq!(mask("xxpassword1xxdragon"), "xx*xxdragon");
        assert_eq!(mask("ünïpasswört"), "ünï*wört");
        assert_eq!(mask("123"), "123");
    }

    #[test]
    fn finds_what_trying_every_length_finds() {
        for word in WORDS.iter().step_by(7) {
            let text = format!("{word}~{word}");
            let tried =
                (SHORTEST..=text.len()).rev().find_map(|end| text.get(..end).filter(|head| is_common(head)));
            assert_eq!(longest_prefix(&text), tried, "{text}");
        }
    }
}
