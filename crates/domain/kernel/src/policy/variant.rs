//! What people do to a common word to make it look uncommon, undone.

const BOTTOM_ROW: &str = "zxcvbnm,./<>?";
const SUBSTITUTES: &str = "@!$1234567890";
/// Keys, and the keys typed with the hands moved; likewise signs, and the letters they stand for.
const SHIFTED_RIGHT: (&str, &str) = ("aq1sw2de3fr4gt5hy6ju7i8o90", "zaqxswcdevfrbgtnhymjukilop");
const SHIFTED_LEFT: (&str, &str) = ("2w3se4dr5ft6gy7hu8ji9ko0p-", "qawzsexdrcftvgybhunjimkolp");
const LEET: (&str, &str) = (SUBSTITUTES, "aisizeasgtbgo");
const LEET_L: (&str, &str) = (SUBSTITUTES, "aislzeasgtbgo");

/// Every text, the given one included, in which a common word may hide. Give it lower-case text.
pub(super) fn variants(text: &str) -> Vec<String> {
    let shifts: &[_] = if has_any(text, BOTTOM_ROW) { &[] } else { &[SHIFTED_RIGHT, SHIFTED_LEFT] };
    let leet: &[_] = if has_any(text, SUBSTITUTES) { &[LEET, LEET_L] } else { &[] };
    let mut variants = vec![text.to_owned()];
    for table in shifts.iter().chain(leet) {
        let translated: String = text.chars().map(|letter| translate(*table, letter)).collect();
        variants.push(translated.chars().rev().collect());
        variants.push(translated);
    }
    variants
}

fn has_any(text: &str, letters: &str) -> bool {
    text.contains(|letter| letters.contains(letter))
}

fn translate((from, to): (&str, &str), letter: char) -> char {
    from.chars().zip(to.chars()).find_map(|(key, value)| (key == letter).then_some(value)).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoes_substituted_signs_in_both_directions() {
        let found = variants("p@$$w0rd1");
        for expected in ["p@$$w0rd1", "passwordi", "passwordl", "idrowssap", "ldrowssap"] {
            assert!(found.iter().any(|variant| variant == expected), "{expected}: {found:?}");
        }
    }

    #[test]
    fn undoes_hands_on_the_wrong_row_unless_a_bottom_key_is_used() {
        let found = variants("0qww294e");
        assert!(found.iter().any(|variant| variant == "password"), "{found:?}");
        assert_eq!(variants("zebra").len(), 1);
    }

    #[test]
    fn pairs_every_sign_with_a_letter() {
        for (from, to) in [SHIFTED_RIGHT, SHIFTED_LEFT, LEET, LEET_L] {
            assert_eq!(from.chars().count(), to.chars().count());
        }
    }
}
