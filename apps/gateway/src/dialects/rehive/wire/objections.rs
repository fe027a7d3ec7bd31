//! What is wrong with a registration, in this door's words.

use portcullis_accounts::{Objection, Problem, RegistrationField};

use super::FieldErrors;
use crate::dialects::rehive::refusal::sentence;

/// The objections by field; `password` is what the client called the password.
pub fn field_errors(objections: &[Objection], password: &'static str) -> FieldErrors {
    let mut errors = FieldErrors::default();
    for Objection { field, problem } in objections {
        let text = text(*problem);
        match field {
            RegistrationField::Whole => errors.add(FieldErrors::NONE, text),
            RegistrationField::Company => errors.add("company", text),
            RegistrationField::CompanyName => errors.add("company", format!("name: {text}")),
            RegistrationField::Detail(detail) => {
                errors.add("company", format!("{}: {text}", detail.as_str()));
            }
            RegistrationField::Username => errors.add("username", text),
            RegistrationField::Email => errors.add("email", text),
            RegistrationField::Mobile => errors.add("mobile", text),
            RegistrationField::Password => errors.add(password, text),
            RegistrationField::Groups => errors.add("groups", text),
            RegistrationField::Terms => errors.add("terms_and_conditions", text),
            RegistrationField::Privacy => errors.add("privacy_policy", text),
            RegistrationField::LegalTerms => errors.add("legal_term_versions", text),
            RegistrationField::Profile(field) => errors.add(field.as_str(), text),
        }
    }
    errors
}

fn text(problem: Problem) -> String {
    let text = match problem {
        Problem::TooLong { max } => return format!("Ensure this field has no more than {max} characters."),
        Problem::Weak(breach) => return sentence(&breach),
        Problem::Required => "This field is required.",
        Problem::NoEmail => "Enter a valid email address.",
        Problem::NoMobile => "Enter a valid mobile number in international format, such as +27821234567.",
        Problem::NoUsername => "Enter a valid username: letters, numbers and @/./+/-/_ only.",
        Problem::NoSlug => "Enter a valid id: 1 to 100 lower-case letters, numbers, - and _.",
        Problem::NoUrl => "Enter a valid URL.",
        Problem::NoDate => "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        Problem::NoChoice => "This is not a valid choice.",
        Problem::Suspicious => "This field contains characters that are not allowed.",
        Problem::Taken => "This value is in use already.",
        Problem::Unknown => "This value does not exist.",
        Problem::NotServed => "This country is not served.",
        Problem::NotAccepted => "This must be accepted.",
        Problem::TooMany => "Ensure this field has no more than 1 elements.",
        Problem::NoDefault => "A group is required: the company has no default one.",
        Problem::Closed => "Registrations are closed.",
        Problem::NoIdentifier => "An email, mobile or username is required.",
    };
    text.to_owned()
}
