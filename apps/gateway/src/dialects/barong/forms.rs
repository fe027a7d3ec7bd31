//! The forms of this door, for the OpenAPI document only: they are read by hand.
#![expect(dead_code, reason = "schemas")]

use utoipa::ToSchema;

/// A login.
#[derive(ToSchema)]
pub struct SessionForm {
    email: String,
    password: String,
    /// The code of the second factor, if the account has one.
    otp_code: Option<String>,
    /// What the configured captcha wants.
    captcha_response: Option<String>,
}

/// A sign-up.
#[derive(ToSchema)]
pub struct UserForm {
    email: String,
    password: String,
    /// 4 to 12 letters and digits.
    username: Option<String>,
    /// The handle of the user who brought this one along.
    refid: Option<String>,
    /// Any JSON, as text of up to 1024 characters.
    data: Option<String>,
    /// What the configured captcha wants.
    captcha_response: Option<String>,
}

/// An address.
#[derive(ToSchema)]
pub struct EmailForm {
    email: String,
    /// What the configured captcha wants.
    captcha_response: Option<String>,
}

/// A token from a mail.
#[derive(ToSchema)]
pub struct TokenForm {
    token: String,
}

/// A new password.
#[derive(ToSchema)]
pub struct ResetForm {
    reset_password_token: String,
    password: String,
    confirm_password: String,
}

/// An ID token of Auth0.
#[derive(ToSchema)]
pub struct Auth0Form {
    id_token: String,
}

/// A code of the second factor.
#[derive(ToSchema)]
pub struct CodeForm {
    code: String,
}

/// An API key to issue.
#[derive(ToSchema)]
pub struct ApiKeyForm {
    /// `HS256`.
    algorithm: String,
    /// A code of the second factor.
    totp_code: String,
    /// What it is meant for: words between commas.
    scope: Option<String>,
}

/// A change of an API key.
#[derive(ToSchema)]
pub struct KeyChangeForm {
    /// A code of the second factor.
    totp_code: String,
    /// What it is meant for from now on: words between commas.
    scope: Option<String>,
    /// `active`, or any other word to switch it off.
    state: Option<String>,
}

/// An API key to issue to a service account.
#[derive(ToSchema)]
pub struct ServiceKeyForm {
    /// The handle of the service account.
    service_account_uid: String,
    /// `HS256`.
    algorithm: String,
    /// A code of the owner's second factor.
    totp_code: String,
    /// What it is meant for: words between commas.
    scope: Option<String>,
}

/// A change of an API key of a service account.
#[derive(ToSchema)]
pub struct ServiceKeyChangeForm {
    /// The handle of the service account.
    service_account_uid: String,
    /// A code of the owner's second factor.
    totp_code: String,
    /// What it is meant for from now on: words between commas.
    scope: Option<String>,
    /// `active`, or any other word to switch it off.
    state: Option<String>,
}

/// A link that somebody follows.
#[derive(ToSchema)]
pub struct AccessForm {
    whitelink_token: String,
}

/// What to keep with the account.
#[derive(ToSchema)]
pub struct DataForm {
    /// Any JSON, as text of up to 1024 characters.
    data: String,
}

/// A password to change.
#[derive(ToSchema)]
#[expect(clippy::struct_field_names, reason = "the contract names them")]
pub struct PasswordForm {
    old_password: String,
    new_password: String,
    /// The new one again.
    confirm_password: String,
}

/// A label to add.
#[derive(ToSchema)]
pub struct LabelForm {
    /// 3 to 255 of `a-z 0-9 _ -`.
    key: String,
    /// The same.
    value: String,
}

/// A label's new value.
#[derive(ToSchema)]
pub struct LabelValueForm {
    /// 3 to 255 of `a-z 0-9 _ -`.
    value: String,
}

/// A number.
#[derive(ToSchema)]
pub struct PhoneForm {
    /// International, with or without a plus.
    phone_number: String,
    /// `sms` or `call`; codes are sent by SMS either way.
    channel: Option<String>,
}

/// A code that came back.
#[derive(ToSchema)]
pub struct PhoneCodeForm {
    /// International, with or without a plus.
    phone_number: String,
    /// Five digits.
    verification_code: String,
}

/// What users say about themselves.
#[derive(ToSchema)]
pub struct ProfileForm {
    first_name: Option<String>,
    last_name: Option<String>,
    /// `YYYY-MM-DD`.
    dob: Option<String>,
    address: Option<String>,
    postcode: Option<String>,
    city: Option<String>,
    /// ISO 3166-1 alpha-2 or alpha-3.
    country: Option<String>,
    /// JSON as text.
    metadata: Option<String>,
    /// Whether the profile is finished.
    confirm: Option<bool>,
}

/// A text to keep.
#[derive(ToSchema)]
pub struct StorageForm {
    /// One of `dialects.barong.user_storage_titles`.
    title: String,
    /// JSON as text of up to 5120 characters.
    data: String,
}
