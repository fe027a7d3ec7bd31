//! Contacts, passwords, and the end of an account (contract §7.3–7.6, §7.15–7.19, §7.21–7.22).

use portcullis_kernel::{Email, Mobile, Password, SweepScope};
use utoipa::ToSchema;

use super::sessions::{clear_session_option, password};
use super::{Form, no_body_refusal};
use crate::body::{Decode, Input};
use crate::dialects::rehive::refusal::Refusal;
use crate::failure::Failure;

const MAX_USER: usize = 254;
const MAX_COMPANY: usize = 100;
const MAX_KEY: usize = 1_000;
const MAX_OTP: usize = 24;

/// A key that came back from a message.
#[derive(ToSchema)]
pub struct KeyRequest {
    /// The key.
    pub key: String,
}

/// A code that came back from an SMS.
#[derive(ToSchema)]
pub struct OtpRequest {
    /// The code.
    #[schema(max_length = 24)]
    pub otp: String,
}

/// An address to send a new key to.
#[derive(ToSchema)]
pub struct EmailRequest {
    /// The address; none if it is no address.
    #[schema(value_type = String)]
    pub email: Option<Email>,
    /// The company's id.
    pub company: String,
}

/// A number to send a new code to.
#[derive(ToSchema)]
pub struct MobileRequest {
    /// The number; none if it is no number.
    #[schema(value_type = String)]
    pub mobile: Option<Mobile>,
    /// The company's id.
    pub company: String,
}

/// Whose account to end.
#[derive(ToSchema)]
pub struct LeaveRequest {
    /// E-mail, mobile, username or id.
    pub user: String,
    /// The company's id.
    pub company: String,
}

/// Whose password to reset.
#[derive(ToSchema)]
pub struct ResetRequest {
    /// E-mail, mobile, username or id.
    pub user: String,
    /// The company's id.
    pub company: String,
    /// Copied into the message.
    pub force: Option<bool>,
}

/// A password to change.
#[derive(ToSchema)]
pub struct ChangeRequest {
    /// The old password.
    #[schema(value_type = String, max_length = 128)]
    pub old_password: Password,
    /// The new one; or `new_password1` and `new_password2`, which are deprecated.
    #[schema(value_type = Option<String>, max_length = 128)]
    pub new_password: NewPassword,
    /// `all`, `temporary` or `none`.
    #[schema(value_type = Option<String>)]
    pub clear_session_option: SweepScope,
}

/// A password to set with a token from a message.
#[derive(ToSchema)]
pub struct ConfirmRequest {
    /// The account the token was sent to.
    pub uid: String,
    /// The token.
    pub token: String,
    /// The new password; or `new_password1` and `new_password2`, which are deprecated.
    #[schema(value_type = Option<String>, max_length = 128)]
    pub new_password: NewPassword,
    /// `all`, `temporary` or `none`.
    #[schema(value_type = Option<String>)]
    pub clear_session_option: SweepScope,
}

/// A new password, and the field that is to blame for it.
pub struct NewPassword {
    /// The password.
    pub password: Password,
    /// The field the client used.
    pub field: &'static str,
}

impl NewPassword {
    /// Reads `new_password` or, without it, the deprecated pair, both of which must be there and agree.
    fn read(form: &mut Form) -> Self {
        const PAIR: [&str; 2] = ["new_password1", "new_password2"];
        let [first, second] = PAIR;
        let is_there = |form: &Form, name| form.value(name).is_some_and(|value| value != "");
        let by_pair = !is_there(form, "new_password") && PAIR.iter().any(|name| is_there(form, name));
        if !by_pair {
            return Self { password: password(form, "new_password"), field: "new_password" };
        }
        let pair = [first, second].map(|name| password(form, name));
        let [typed, repeated] = pair.each_ref().map(Password::reveal);
        if !typed.is_empty() && !repeated.is_empty() && typed != repeated {
            let _noted: Option<()> = form.refuse(second, "The two password fields didn't match.");
        }
        let [_, password] = pair;
        Self { password, field: second }
    }
}

/// How each request is read from a form.
macro_rules! decode {
    ($($request:ident = |$form:ident| $read:expr;)*) => {$(
        impl Decode for $request {
            type Refusal = Refusal;

            fn decode(input: &Input) -> Result<Self, Refusal> {
                let mut form = Form::read(input)?;
                let $form = &mut form;
                let request = $read;
                form.finish(request)
            }

            fn refuse(failure: Failure) -> Refusal {
                no_body_refusal(failure)
            }
        }
    )*};
}

decode! {
    KeyRequest = |form| Self { key: form.required("key", MAX_KEY) };
    OtpRequest = |form| Self { otp: form.required("otp", MAX_OTP) };
    EmailRequest = |form| Self { email: email(form), company: form.required("company", MAX_COMPANY) };
    MobileRequest = |form| Self { mobile: mobile(form), company: form.required("company", MAX_COMPANY) };
    LeaveRequest = |form| Self {
        user: form.required("user", MAX_USER),
        company: form.required("company", MAX_COMPANY),
    };
    ResetRequest = |form| Self {
        user: form.required("user", MAX_USER),
        company: form.required("company", MAX_COMPANY),
        force: form.flag("force"),
    };
    ChangeRequest = |form| Self {
        old_password: password(form, "old_password"),
        new_password: NewPassword::read(form),
        clear_session_option: clear_session_option(form),
    };
    ConfirmRequest = |form| Self {
        uid: form.required("uid", MAX_KEY),
        token: form.required("token", MAX_KEY),
        new_password: NewPassword::read(form),
        clear_session_option: clear_session_option(form),
    };
}

fn email(form: &mut Form) -> Option<Email> {
    let text = form.required("email", MAX_USER);
    let parsed = (!text.is_empty()).then(|| Email::parse(&text))?;
    parsed.ok().or_else(|| form.refuse("email", "Enter a valid email address."))
}

fn mobile(form: &mut Form) -> Option<Mobile> {
    let text = form.required("mobile", MAX_USER);
    let parsed = (!text.is_empty()).then(|| Mobile::parse(&text))?;
    parsed.ok().or_else(|| form.refuse("mobile", "Enter a valid mobile number."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::web::Bytes;
    use serde_json::{Value, json};

    fn decode<T: Decode<Refusal = Refusal>>(body: &Value) -> Result<T, Value> {
        let bytes = Bytes::from(body.to_string());
        let media_type = "application/json".to_owned();
        let input = Input { media_type, query: String::new(), bytes, parts: None };
        T::decode(&input).map_err(|refusal| serde_json::to_value(refusal).unwrap()["data"].clone())
    }

    fn change(mut body: Value) -> Result<(String, &'static str), Value> {
        body["old_password"] = "old".into();
        let request = decode::<ChangeRequest>(&body)?;
        Ok((request.new_password.password.reveal().to_owned(), request.new_password.field))
    }

    #[test]
    fn a_new_password_comes_alone_or_as_a_pair() {
        let pair = json!({"new_password1": "two", "new_password2": "two"});
        assert_eq!(change(json!({"new_password": "one"})), Ok(("one".to_owned(), "new_password")));
        assert_eq!(change(pair.clone()), Ok(("two".to_owned(), "new_password2")));
        let both = json!({"new_password": "one", "new_password1": "two", "new_password2": "three"});
        assert_eq!(change(both), Ok(("one".to_owned(), "new_password")));
        let blank = json!({"new_password": "", "new_password1": "two", "new_password2": "two"});
        assert_eq!(change(blank), Ok(("two".to_owned(), "new_password2")));
    }

    #[test]
    fn a_new_password_that_is_not_there_is_blamed_on_its_field() {
        for (body, field, text) in [
            (json!({}), "new_password", "This field is required."),
            (json!({"new_password": null}), "new_password", "This field is required."),
            (json!({"new_password": ""}), "new_password", "This field may not be blank."),
            (json!({"new_password1": "a"}), "new_password2", "This field is required."),
            (json!({"new_password2": "a"}), "new_password1", "This field is required."),
            (
                json!({"new_password1": "a", "new_password2": "b"}),
                "new_password2",
                "The two password fields didn't match.",
            ),
            (
                json!({"new_password": "x".repeat(129)}),
                "new_password",
                "Ensure this field has no more than 128 characters.",
            ),
        ] {
            assert_eq!(change(body.clone()), Err(json!({ field: [text] })), "{body}");
        }
    }

    #[test]
    fn sessions_are_cleared_by_one_of_three_words() {
        let scope = |word: Value| {
            let body = json!({"old_password": "a", "new_password": "b", "clear_session_option": word});
            decode::<ChangeRequest>(&body).map(|request| request.clear_session_option)
        };
        assert_eq!(scope(Value::Null), Ok(SweepScope::Temporary));
        assert_eq!(scope("temporary".into()), Ok(SweepScope::Temporary));
        assert_eq!(scope("all".into()), Ok(SweepScope::All));
        assert_eq!(scope("none".into()), Ok(SweepScope::None));
        assert!(scope("some".into()).is_err());
    }

    #[test]
    fn contacts_are_checked_for_their_form_only() {
        let told = |body| decode::<EmailRequest>(&body).err();
        assert_eq!(told(json!({"email": " Ada@example.com ", "company": "nowhere"})), None);
        let expected =
            json!({"email": ["Enter a valid email address."], "company": ["This field is required."]});
        assert_eq!(told(json!({"email": "ada"})), Some(expected));
        let expected = json!({"mobile": ["Enter a valid mobile number."]});
        assert_eq!(decode::<MobileRequest>(&json!({"mobile": "082", "company": "x"})).err(), Some(expected));
    }
}
