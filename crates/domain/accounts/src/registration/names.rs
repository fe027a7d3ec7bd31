//! Which texts a profile takes.

use crate::model::is_country;
use crate::{Problem, ProfileField};

const GENDERS: &[&str] = &["male", "female", "other", "not_specified"];
const TITLES: &[&str] = &["mr", "mrs", "ms", "mx"];
const MARITAL_STATUSES: &[&str] = &["single", "married", "divorced", "widowed"];
/// Endings that make a word in a name look like the address of a site.
const SITE_ENDINGS: [&str; 8] = [".com", ".net", ".org", ".info", ".biz", ".xyz", ".online", ".site"];

/// What is wrong with `value` as that field of a profile, if anything is (rehive contract §7.20).
pub(super) fn check(field: ProfileField, value: &str) -> Result<(), Problem> {
    let max = field.max_chars();
    if value.chars().count() > max {
        return Err(Problem::TooLong { max });
    }
    if value.contains(char::is_control) {
        return Err(Problem::Suspicious);
    }
    match field {
        ProfileField::FirstName | ProfileField::MiddleName | ProfileField::LastName => {
            if is_lure(value) {
                Err(Problem::Suspicious)
            } else {
                Ok(())
            }
        }
        ProfileField::BirthDate => is_date(value).then_some(()).ok_or(Problem::NoDate),
        ProfileField::Gender => choice(GENDERS, value),
        ProfileField::Title => choice(TITLES, value),
        ProfileField::MaritalStatus => choice(MARITAL_STATUSES, value),
        ProfileField::Nationality | ProfileField::Residency => {
            is_country(value).then_some(()).ok_or(Problem::NoChoice)
        }
        ProfileField::IdNumber | ProfileField::Language | ProfileField::Timezone => Ok(()),
    }
}

fn choice(choices: &[&str], value: &str) -> Result<(), Problem> {
    if choices.contains(&value) { Ok(()) } else { Err(Problem::NoChoice) }
}

/// Names stand in mails to strangers: one that reads as a link or as markup is bait.
fn is_lure(name: &str) -> bool {
    let name = name.to_lowercase();
    let is_site = |word: &str| SITE_ENDINGS.iter().any(|ending| word.contains(ending));
    name.contains(['<', '>'])
        || name.contains("://")
        || name.contains("www.")
        || name.split_whitespace().any(is_site)
}

fn is_date(text: &str) -> bool {
    let [year, month, day] = *text.split('-').collect::<Vec<_>>() else { return false };
    let number = |digits: &str, length: usize| {
        let plain = digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse::<u32>().ok()).flatten()
    };
    match (number(year, 4), number(month, 2), number(day, 2)) {
        (Some(year), Some(month), Some(day)) => year > 0 && (1..=days(year, month)).contains(&day),
        _ => false,
    }
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_people_are_called() {
        for good in [
            "Ada",
            "O'Neil-Smith",
            "José María",
            "J.R.R.",
            "李",
            "St. John",
            "Mary & Co",
            "x".repeat(50).as_str(),
        ] {
            assert_eq!(check(ProfileField::FirstName, good), Ok(()), "{good}");
        }
    }

    #[test]
    fn names_with_links_markup_or_control_characters_are_refused() {
        for bad in [
            "http://evil.example",
            "see WWW.evil.example",
            "win at Evil.com now",
            "<b>Ada</b>",
            "a>b",
            "Ada\u{7}",
            "A\nB",
        ] {
            assert_eq!(check(ProfileField::LastName, bad), Err(Problem::Suspicious), "{bad}");
        }
        assert_eq!(check(ProfileField::LastName, &"x".repeat(51)), Err(Problem::TooLong { max: 50 }));
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for good in ["1990-01-31", "2000-02-29", "2024-02-29", "0001-12-31"] {
            assert_eq!(check(ProfileField::BirthDate, good), Ok(()), "{good}");
        }
        for bad in [
            "1990-02-30",
            "1900-02-29",
            "2023-02-29",
            "1990-13-01",
            "1990-00-10",
            "1990-1-1",
            "90-01-01",
            "01/02/1990",
            "yesterday",
            "1990-01-01T00:00:00Z",
            "+990-01-01",
            "0000-01-01",
        ] {
            assert!(check(ProfileField::BirthDate, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn choices_are_taken_to_the_letter() {
        for (field, good, bad) in [
            (ProfileField::Gender, GENDERS, "Male"),
            (ProfileField::Title, TITLES, "dr"),
            (ProfileField::MaritalStatus, MARITAL_STATUSES, "engaged"),
            (ProfileField::Nationality, &["ZA", "DE"][..], "XK"),
            (ProfileField::Residency, &["US"][..], "us"),
        ] {
            for value in good {
                assert_eq!(check(field, value), Ok(()), "{value}");
            }
            assert_eq!(check(field, bad), Err(Problem::NoChoice), "{bad}");
        }
    }

    #[test]
    fn the_rest_is_limited_in_length_only() {
        for (field, max) in
            [(ProfileField::IdNumber, 24), (ProfileField::Language, 24), (ProfileField::Timezone, 100)]
        {
            assert_eq!(check(field, &"é".repeat(max)), Ok(()));
            assert_eq!(check(field, &"é".repeat(max + 1)), Err(Problem::TooLong { max }));
        }
    }
}
