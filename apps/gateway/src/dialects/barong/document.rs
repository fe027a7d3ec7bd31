//! The OpenAPI document of this door. Its forms are read by hand, so here they are only described.
#![expect(dead_code, reason = "schemas")]

use utoipa::{OpenApi, ToSchema};

use super::auth::Schemes;
use super::resource::{
    activity, api_keys, data_storage, labels, otp, phones, profiles, service_accounts, swagger_doc, users,
};
use super::{captcha, federation, general, password_reset, registration, sessions, whitelinks};

/// A login.
#[derive(ToSchema)]
pub(super) struct SessionForm {
    email: String,
    password: String,
    /// The code of the second factor, if the account has one.
    otp_code: Option<String>,
    /// What the configured captcha wants.
    captcha_response: Option<String>,
}

/// A sign-up.
#[derive(ToSchema)]
pub(super) struct UserForm {
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
pub(super) struct EmailForm {
    email: String,
    /// What the configured captcha wants.
    captcha_response: Option<String>,
}

/// A token from a mail.
#[derive(ToSchema)]
pub(super) struct TokenForm {
    token: String,
}

/// A new password.
#[derive(ToSchema)]
pub(super) struct ResetForm {
    reset_password_token: String,
    password: String,
    confirm_password: String,
}

/// An ID token of Auth0.
#[derive(ToSchema)]
pub(super) struct Auth0Form {
    id_token: String,
}

/// A code of the second factor.
#[derive(ToSchema)]
pub(super) struct CodeForm {
    code: String,
}

/// An API key to issue.
#[derive(ToSchema)]
pub(super) struct ApiKeyForm {
    /// `HS256`.
    algorithm: String,
    /// A code of the second factor.
    totp_code: String,
    /// What it is meant for: words between commas.
    scope: Option<String>,
}

/// A change of an API key.
#[derive(ToSchema)]
pub(super) struct KeyChangeForm {
    /// A code of the second factor.
    totp_code: String,
    /// What it is meant for from now on: words between commas.
    scope: Option<String>,
    /// `active`, or any other word to switch it off.
    state: Option<String>,
}

/// An API key to issue to a service account.
#[derive(ToSchema)]
pub(super) struct ServiceKeyForm {
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
pub(super) struct ServiceKeyChangeForm {
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
pub(super) struct AccessForm {
    whitelink_token: String,
}

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Portcullis: barong",
        description = "The Barong v2 auth API: cookie sessions, labels, second factors, signed API keys."
    ),
    paths(
        general::ping,
        general::time,
        general::version,
        general::configs,
        general::auth0_configs,
        general::validate_password,
        registration::register,
        registration::generate_email_code,
        registration::confirm_email,
        password_reset::generate_code,
        password_reset::confirm_code,
        captcha::register_geetest,
        federation::login,
        whitelinks::visit,
        sessions::login,
        sessions::logout,
        users::me,
        users::replace_data,
        users::delete,
        users::change_password,
        activity::list,
        labels::list,
        labels::show,
        labels::add,
        labels::change,
        labels::remove,
        phones::list,
        phones::add,
        phones::send_code,
        phones::verify,
        profiles::list,
        profiles::open,
        profiles::revise,
        data_storage::keep,
        otp::generate_qrcode,
        otp::enable,
        otp::disable,
        otp::verify,
        api_keys::list,
        api_keys::create,
        api_keys::amend,
        api_keys::delete,
        service_accounts::list,
        service_accounts::list_keys,
        service_accounts::create_key,
        service_accounts::amend_key,
        service_accounts::delete_key,
        swagger_doc::whole,
        swagger_doc::group,
    ),
    modifiers(&Schemes)
)]
pub struct Document;
