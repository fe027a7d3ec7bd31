//! Walks over the keyboard, the keypad and the alphabet: easy to type, easy to guess.

/// Keys in the order in which fingers walk them: the contract's 14 sequences, cut at their hyphens, which end a walk.
const WALKS: [&str; 17] = [
    "1234567890",
    "qwertyuiop",
    "asdfghjkl;",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "['=]:?_{\"+}",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmik,ol.p;/",
    "['=]:?_{\"+}",
    "qazwsxedcrfvtgbyhnujmikolp",
    "]\"/=[;.",
    "pl,0okm9ijn8uhb7ygv6tfc5rdx4esz3wa2q1",
    "pl0okm9ijn8uhb7ygv6tfc5rdx4esz3wa2q1",
    "]\"/[;.pl,okmijnuhbygvtfcrdxeszwaq",
    "plokmijnuhbygvtfcrdxeszwaq",
    "014725836914702583697894561230258/369*+",
    "abcdefghijklmnopqrstuvwxyz",
];
const SHORTEST: usize = 3;
const LONGEST: usize = 6;

/// The text with every stretch of a walk, three to six keys long, replaced by one `*`. The first walk that has a
/// stretch wins, with the longest it has. Case counts: `QWE` is no walk.
pub(super) fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let stretch = WALKS.iter().map(|walk| stretch(walk, rest)).find(|keys| *keys >= SHORTEST);
        masked.push(if stretch.is_some() { '*' } else { first });
        rest = rest.get(stretch.unwrap_or(first.len_utf8())..).unwrap_or_default();
    }
    masked
}

/// How many keys at the start of the text lie somewhere on the walk, at most [`LONGEST`].
fn stretch(walk: &str, text: &str) -> usize {
    let keys = |from| walk.bytes().skip(from).zip(text.bytes()).take(LONGEST);
    (0..walk.len()).map(|from| keys(from).take_while(|(key, typed)| key == typed).count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_walks_of_three_to_six_keys() {
        assert_eq!(mask("qwertyui"), "*ui");
        assert_eq!(mask("qwertyuio"), "**");
        assert_eq!(mask("x!123é456?"), "x!*é*?");
        assert_eq!(mask("Abcdefg1"), "A*1");
        assert_eq!(mask("zaq1"), "zaq1");
    }

    #[test]
    fn leaves_short_stretches_capitals_and_hyphens() {
        for text in ["", "ab", "qw", "QWERTY", "90-", "ab-cd", "*+*", "*+-*/"] {
            assert_eq!(mask(text), text);
        }
    }
}
