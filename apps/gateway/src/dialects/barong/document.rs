//! The OpenAPI document of this door.

use utoipa::OpenApi;

use super::auth::Schemes;
use super::resource::{
    activity, api_keys, data_storage, labels, otp, phones, profiles, service_accounts, swagger_doc, users,
};
use super::{captcha, federation, general, password_reset, registration, sessions, whitelinks};

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
