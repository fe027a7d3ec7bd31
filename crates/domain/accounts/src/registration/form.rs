//! The form, and what can be said about it without asking anybody.

use std::collections::BTreeMap;

use portcullis_kernel::{Email, Mobile, Password, Secret, Username};

use super::{Objection, Problem, RegistrationField, names};
use crate::{Profile, ProfileField};

/// The greatest number of characters of a password at the doors where people register.
const PASSWORD_MAX: usize = 128;
/// The language of who names none.
const LANGUAGE: &str = "en";

/// What somebody fills in to register, as typed. Empty texts count as absent.
#[derive(Clone, Default)]
pub struct RegistrationForm {
    /// The username.
    pub username: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The mobile number.
    pub mobile: Option<String>,
    /// The password; needed.
    pub password: Option<Secret>,
    /// The profile.
    pub profile: BTreeMap<ProfileField, String>,
    /// The groups to join: one at most, and a public one.
    pub groups: Vec<String>,
    /// The numbers of the legal terms accepted.
    pub legal_terms: Vec<i64>,
    /// Consent to the terms and conditions.
    pub terms_accepted: bool,
    /// Consent to the privacy policy.
    pub privacy_accepted: bool,
}

/// A form as values, as far as it could be read.
pub(crate) struct Draft {
    pub(crate) username: Option<Username>,
    pub(crate) email: Option<Email>,
    pub(crate) mobile: Option<Mobile>,
    pub(crate) password: Option<Password>,
    pub(crate) profile: Profile,
    pub(crate) groups: Vec<String>,
    pub(crate) legal_terms: Vec<i64>,
    pub(crate) terms_accepted: bool,
    pub(crate) privacy_accepted: bool,
}

impl Draft {
    /// Reads a form, and says everything that is wrong with it.
    pub(crate) fn read(form: RegistrationForm) -> (Self, Vec<Objection>) {
        let mut wrong = Vec::new();
        let username = read(form.username.as_deref(), RegistrationField::Username, &mut wrong, username);
        let email = read(form.email.as_deref(), RegistrationField::Email, &mut wrong, email);
        let mobile = read(form.mobile.as_deref(), RegistrationField::Mobile, &mut wrong, mobile);
        let nameless = username.is_none() && email.is_none() && mobile.is_none();
        if nameless && wrong.is_empty() {
            wrong.push(Objection::new(RegistrationField::Whole, Problem::NoIdentifier));
        }
        let password = password(form.password.as_ref(), &mut wrong);
        let profile = profile(&form.profile, &mut wrong);
        let groups: Vec<String> = form.groups.iter().filter_map(|name| filled(name)).collect();
        if groups.len() > 1 {
            wrong.push(Objection::new(RegistrationField::Groups, Problem::TooMany));
        }
        let draft = Self {
            username,
            email,
            mobile,
            password,
            profile,
            groups,
            legal_terms: form.legal_terms,
            terms_accepted: form.terms_accepted,
            privacy_accepted: form.privacy_accepted,
        };
        (draft, wrong)
    }

    pub(crate) fn own_identifiers(&self) -> Vec<&str> {
        let username = self.username.as_ref().map(Username::as_str);
        let (email, mobile) =
            (self.email.as_ref().map(Email::as_str), self.mobile.as_ref().map(Mobile::as_str));
        [username, email, mobile].into_iter().flatten().collect()
    }
}

/// The text without surrounding white space, unless nothing is left.
fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn read<T>(
    text: Option<&str>,
    field: RegistrationField,
    wrong: &mut Vec<Objection>,
    parse: impl FnOnce(&str) -> Result<T, Problem>,
) -> Option<T> {
    let text = text.and_then(filled)?;
    parse(&text).map_err(|problem| wrong.push(Objection::new(field, problem))).ok()
}

/// Usernames are kept in lower case (rehive contract §4).
fn username(text: &str) -> Result<Username, Problem> {
    if text.chars().count() > 150 {
        return Err(Problem::TooLong { max: 150 });
    }
    Username::parse(&text.to_lowercase()).ok().ok_or(Problem::NoUsername)
}

fn email(text: &str) -> Result<Email, Problem> {
    Email::parse(text).ok().ok_or(Problem::NoEmail)
}

fn mobile(text: &str) -> Result<Mobile, Problem> {
    Mobile::parse(text).ok().ok_or(Problem::NoMobile)
}

fn password(text: Option<&Secret>, wrong: &mut Vec<Objection>) -> Option<Password> {
    let text = text.map(Secret::reveal).unwrap_or_default();
    let problem = match text.chars().count() {
        0 => Problem::Required,
        length if length > PASSWORD_MAX => Problem::TooLong { max: PASSWORD_MAX },
        _ => return Password::parse(text).ok(),
    };
    wrong.push(Objection::new(RegistrationField::Password, problem));
    None
}

fn profile(texts: &BTreeMap<ProfileField, String>, wrong: &mut Vec<Objection>) -> Profile {
    let mut profile = Profile::default();
    let filled_in = texts.iter().filter_map(|(field, text)| Some((*field, filled(text)?)));
    for (field, text) in filled_in.chain([(ProfileField::Language, LANGUAGE.to_owned())]) {
        if profile.get(field).is_some() {
            continue;
        }
        let set = names::check(field, &text)
            .and_then(|()| profile.set(field, &text).ok().ok_or(Problem::Suspicious));
        if let Err(problem) = set {
            wrong.push(Objection::new(RegistrationField::Profile(field), problem));
        }
    }
    profile
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objections(form: RegistrationForm) -> Vec<(RegistrationField, Problem)> {
        let (_, wrong) = Draft::read(form);
        wrong.into_iter().map(|objection| (objection.field, objection.problem)).collect()
    }

    fn form() -> RegistrationForm {
        RegistrationForm {
            email: Some("ada@example.com".to_owned()),
            password: Some(Secret::new("seven grey horses")),
            ..RegistrationForm::default()
        }
    }

    #[test]
    fn empty_texts_count_as_absent() {
        let blank = || Some("  ".to_owned());
        let profile =
            BTreeMap::from([(ProfileField::Gender, String::new()), (ProfileField::Language, " ".to_owned())]);
        let groups = vec![String::new(), " user ".to_owned()];
        let (draft, wrong) =
            Draft::read(RegistrationForm { username: blank(), mobile: blank(), profile, groups, ..form() });
        assert_eq!(wrong, []);
        assert!(draft.username.is_none() && draft.mobile.is_none());
        assert_eq!(draft.groups, ["user"]);
        assert_eq!(draft.profile.iter().collect::<Vec<_>>(), [(ProfileField::Language, "en")]);
    }

    #[test]
    fn usernames_are_kept_in_lower_case() {
        let (draft, _) = Draft::read(RegistrationForm { username: Some("Ada_L".to_owned()), ..form() });
        assert_eq!(draft.username.unwrap().as_str(), "ada_l");
    }

    #[test]
    fn somebody_must_be_named_and_have_a_password() {
        assert_eq!(
            objections(RegistrationForm::default()),
            [
                (RegistrationField::Whole, Problem::NoIdentifier),
                (RegistrationField::Password, Problem::Required)
            ]
        );
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let profile = BTreeMap::from([
            (ProfileField::FirstName, "<Ada>".to_owned()),
            (ProfileField::Language, "x".repeat(25)),
        ]);
        let wrong = RegistrationForm {
            username: Some("a b".to_owned()),
            email: Some("ada".to_owned()),
            mobile: Some("12".to_owned()),
            password: Some(Secret::new("x".repeat(129))),
            groups: vec!["a".to_owned(), "b".to_owned()],
            profile,
            ..RegistrationForm::default()
        };
        assert_eq!(
            objections(wrong),
            [
                (RegistrationField::Username, Problem::NoUsername),
                (RegistrationField::Email, Problem::NoEmail),
                (RegistrationField::Mobile, Problem::NoMobile),
                (RegistrationField::Password, Problem::TooLong { max: 128 }),
                (RegistrationField::Profile(ProfileField::FirstName), Problem::Suspicious),
                (RegistrationField::Profile(ProfileField::Language), Problem::TooLong { max: 24 }),
                (RegistrationField::Groups, Problem::TooMany),
            ]
        );
    }
}
