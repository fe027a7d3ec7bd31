//! What somebody fills in to register, and what can be wrong with it.

mod form;
mod names;
mod review;

pub(crate) use form::Draft;
pub use form::RegistrationForm;
pub(crate) use review::Membership;

use portcullis_kernel::PolicyBreach;

use crate::{CompanyField, ProfileField};

/// A field of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegistrationField {
    /// No single one.
    Whole,
    /// The company.
    Company,
    /// What people call the new company.
    CompanyName,
    /// What the new company says about itself.
    Detail(CompanyField),
    /// The username.
    Username,
    /// The e-mail address.
    Email,
    /// The mobile number.
    Mobile,
    /// The password.
    Password,
    /// The groups to join.
    Groups,
    /// Consent to the terms and conditions.
    Terms,
    /// Consent to the privacy policy.
    Privacy,
    /// The legal terms accepted.
    LegalTerms,
    /// A field of the profile.
    Profile(ProfileField),
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// It is needed.
    Required,
    /// It has too many characters.
    TooLong {
        /// The greatest number of characters.
        max: usize,
    },
    /// It is no e-mail address.
    NoEmail,
    /// It is no mobile number in international form.
    NoMobile,
    /// It cannot be a username.
    NoUsername,
    /// It cannot be the id of a company.
    NoSlug,
    /// It is no URL.
    NoUrl,
    /// It is no date of the calendar in the form `YYYY-MM-DD`.
    NoDate,
    /// It is none of the values to choose from.
    NoChoice,
    /// It has control characters, or in a name an angle bracket or a URL.
    Suspicious,
    /// It belongs to somebody else.
    Taken,
    /// There is no such thing, or not for everybody.
    Unknown,
    /// The company does not serve it.
    NotServed,
    /// It must be accepted.
    NotAccepted,
    /// It breaks the password policy.
    Weak(PolicyBreach),
    /// More were named than one can have.
    TooMany,
    /// None was named, and the company has none by default.
    NoDefault,
    /// The company takes no registrations.
    Closed,
    /// Neither e-mail nor mobile nor username was given.
    NoIdentifier,
}

/// One thing that is wrong with a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Objection {
    /// With what.
    pub field: RegistrationField,
    /// What.
    pub problem: Problem,
}

impl Objection {
    /// Says that `problem` is what `field` has.
    #[must_use]
    pub const fn new(field: RegistrationField, problem: Problem) -> Self {
        Self { field, problem }
    }
}
