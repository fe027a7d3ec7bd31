//! Who registers, and as what (contract §7.2, §7.20). Here is said what a field may look like; what it may hold is
//! the business of the use case, so that everything that is wrong is named at once.

use std::collections::BTreeMap;

use portcullis_accounts::{CompanyField, CompanyForm, ProfileField, RegistrationForm};
use portcullis_kernel::Secret;
use serde_json::Value;

use super::{AuthMethod, FieldErrors, Form};
use crate::body::{Decode, Input};
use crate::dialects::rehive::refusal::{Names, Refusal};
use crate::failure::Failure;

/// Lengths are checked where the fields are; a body has at most this many characters anyhow.
const ANY: usize = 1 << 20;

/// What both registrations ask of a person.
pub struct Applicant {
    /// What was filled in.
    pub form: RegistrationForm,
    /// How the first session is handed over.
    pub auth_method: AuthMethod,
    /// What the client called the password.
    pub password_field: &'static str,
    /// What is wrong with the shape of fields.
    pub faults: FieldErrors,
}

/// An account to register.
pub struct RegisterRequest {
    /// In which company.
    pub company: Option<String>,
    /// Seconds; the company's default if absent, null or 0.
    pub session_duration: Option<u64>,
    /// Who.
    pub applicant: Applicant,
}

/// A company to register with its owner.
pub struct RegisterCompanyRequest {
    /// The company.
    pub company: CompanyForm,
    /// The owner.
    pub applicant: Applicant,
}

impl Decode for RegisterRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        let company = form.text("company", ANY);
        let session_duration = form.count("session_duration");
        let groups = groups(&mut form);
        let mut applicant = Applicant::read(form);
        applicant.form.groups = groups;
        Ok(Self { company, session_duration, applicant })
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(failure, Names::NONE)
    }
}

impl Decode for RegisterCompanyRequest {
    type Refusal = Refusal;

    fn decode(input: &Input) -> Result<Self, Refusal> {
        let mut form = Form::read(input)?;
        let (company, faults) = company(&mut form);
        let mut applicant = Applicant::read(form);
        applicant.faults.add_inner("company", faults);
        Ok(Self { company, applicant })
    }

    fn refuse(failure: Failure) -> Refusal {
        Refusal::of(failure, Names::NONE)
    }
}

impl Applicant {
    fn read(mut form: Form) -> Self {
        let (password, password_field) = password(&mut form);
        let profile = ProfileField::ALL.iter().filter_map(|field| {
            let text = form.text(field.as_str(), ANY)?;
            Some((*field, text))
        });
        let profile: BTreeMap<ProfileField, String> = profile.collect();
        let filled_in = RegistrationForm {
            username: form.text("username", ANY),
            email: form.text("email", ANY),
            mobile: form.text("mobile", ANY),
            password,
            profile,
            groups: Vec::new(),
            legal_terms: legal_terms(&mut form),
            terms_accepted: form.flag("terms_and_conditions").unwrap_or_default(),
            privacy_accepted: form.flag("privacy_policy").unwrap_or_default(),
        };
        let auth_method = AuthMethod::read(&mut form);
        Self { form: filled_in, auth_method, password_field, faults: form.into_errors() }
    }
}

/// The password and the field it is blamed on: `password`, or the pair that older clients send.
fn password(form: &mut Form) -> (Option<Secret>, &'static str) {
    let read = |form: &mut Form, name| form.verbatim(name, ANY).filter(|text| !text.is_empty());
    if let Some(password) = read(form, "password") {
        return (Some(Secret::new(password)), "password");
    }
    match (read(form, "password1"), read(form, "password2")) {
        (None, None) => (None, "password"),
        (Some(first), Some(second)) => {
            if first != second {
                form.refuse::<()>("password2", "The two password fields didn't match.");
            }
            (Some(Secret::new(first)), "password2")
        }
        (Some(first), None) => {
            form.refuse::<()>("password2", "This field is required.");
            (Some(Secret::new(first)), "password2")
        }
        (None, Some(second)) => {
            form.refuse::<()>("password1", "This field is required.");
            (Some(Secret::new(second)), "password2")
        }
    }
}

/// One name at most, in a list or, as forms have it, by itself; null and blank count as none.
fn groups(form: &mut Form) -> Vec<String> {
    let Some(items) = items(form, "groups") else { return Vec::new() };
    if items.len() > 1 {
        form.refuse::<()>("groups", "Ensure this field has no more than 1 elements.");
    }
    let mut names = Vec::new();
    for item in items.into_iter().take(1) {
        match item {
            Value::String(name) if name.trim().is_empty() => {}
            Value::String(name) => names.push(name),
            Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                form.refuse::<()>("groups", "Not a valid string.");
            }
        }
    }
    names
}

/// Whole numbers in a list or, as forms have it, by themselves.
fn legal_terms(form: &mut Form) -> Vec<i64> {
    let items = items(form, "legal_term_versions").unwrap_or_default();
    let mut numbers = Vec::new();
    for item in items {
        let number = match &item {
            Value::Number(number) => number.as_i64(),
            Value::String(text) if text.trim().is_empty() => continue,
            Value::String(text) => text.trim().parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        match number {
            Some(number) => numbers.push(number),
            None => {
                form.refuse::<()>("legal_term_versions", "A valid integer is required.");
            }
        }
    }
    numbers
}

fn items(form: &mut Form, name: &'static str) -> Option<Vec<Value>> {
    match form.value(name)? {
        Value::Array(items) => Some(items.clone()),
        text @ Value::String(_) => Some(vec![text.clone()]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            form.refuse(name, "Expected a list of items.")
        }
    }
}

/// The company as an object, or as its id alone; and what is wrong inside the object.
fn company(form: &mut Form) -> (CompanyForm, FieldErrors) {
    let Some(Value::Object(values)) = form.value("company").cloned() else {
        let id = form.text("company", ANY);
        return (CompanyForm { id, ..CompanyForm::default() }, FieldErrors::default());
    };
    let mut inner = Form::of(values);
    let company = CompanyForm {
        id: inner.text("id", ANY),
        name: inner.text("name", ANY),
        details: CompanyField::ALL
            .iter()
            .filter_map(|field| Some((*field, detail(&mut inner, *field)?)))
            .collect(),
    };
    (company, inner.into_errors())
}

fn detail(form: &mut Form, field: CompanyField) -> Option<String> {
    let name = field.as_str();
    match field {
        CompanyField::Public => form.flag(name).map(|flag| flag.to_string()),
        CompanyField::Metadata => match form.value(name)? {
            Value::Object(values) => Some(Value::Object(values.clone()).to_string()),
            Value::String(text) if text.trim().is_empty() => None,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                form.refuse(name, "Value must be an object.")
            }
        },
        CompanyField::Link => match items(form, name)?.as_slice() {
            [] | [Value::Null] => None,
            [Value::String(link)] => Some(link.clone()),
            [_] => form.refuse(name, "Not a valid string."),
            [..] => form.refuse(name, "Ensure this field has no more than 1 elements."),
        },
        CompanyField::Description
        | CompanyField::LegalName
        | CompanyField::Website
        | CompanyField::SupportWebsite
        | CompanyField::DocumentationWebsite
        | CompanyField::SupportEmail
        | CompanyField::ContactEmail
        | CompanyField::SystemEmail
        | CompanyField::Country
        | CompanyField::Logo
        | CompanyField::Icon
        | CompanyField::Mode => form.text(name, ANY),
    }
}
