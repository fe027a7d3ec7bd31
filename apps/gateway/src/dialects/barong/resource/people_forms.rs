//! Forms of the operations about users, for the OpenAPI document only: they are read by hand.
#![expect(dead_code, reason = "schemas")]

use utoipa::ToSchema;

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
