//! Every key with its default, in the shape of the settings file.
//!
//! Numbers are whole and in seconds unless the key says otherwise; a number of 0 that means "off" or "automatic" says
//! so. Optional texts have no default of their own: what they default to depends on other keys.

use serde::{Deserialize, Serialize};

macro_rules! section {
    ($name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr),* $(,)? }) => {
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$field_doc])* pub(super) $field: $type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }
    };
}

fn text(text: &str) -> String {
    text.to_owned()
}

section!(RawSettings {
    server: RawServer = RawServer::default(),
    data: RawData = RawData::default(),
    database: RawDatabase = RawDatabase::default(),
    secrets: RawSecrets = RawSecrets::default(),
    mail: RawMail = RawMail::default(),
    sms: RawSms = RawSms::default(),
    throttle: RawThrottle = RawThrottle::default(),
    passwords: RawPasswords = RawPasswords::default(),
    security: RawSecurity = RawSecurity::default(),
    tokens: RawTokens = RawTokens::default(),
    dialects: RawDialects = RawDialects::default(),
});

section!(RawServer {
    listen: String = text("127.0.0.1:8080"),
    public_url: Option<String> = None,
    trusted_proxies: Vec<String> = Vec::new(),
    client_ip_header: Option<String> = None,
    cors_origins: Vec<String> = Vec::new(),
    /// 0: one for each processor.
    workers: u64 = 0,
    keep_alive: u64 = 75,
    client_timeout: u64 = 10,
    drain_delay: u64 = 0,
});

section!(RawData { dir: String = text("./portcullis-data") });

section!(RawDatabase {
    url: Option<String> = None,
    connections: u64 = 8,
});

section!(RawSecrets {
    master_key: Option<String> = None,
    old_master_keys: Vec<String> = Vec::new(),
});

section!(RawMail {
    transport: String = text("file"),
    smtp_url: Option<String> = None,
    from: Option<String> = None,
});

section!(RawSms {
    transport: String = text("file"),
    webhook_url: Option<String> = None,
    webhook_secret: Option<String> = None,
});

section!(RawThrottle {
    enabled: bool = true,
    sign_in_per_minute: u64 = 6,
    sign_in_per_hour: u64 = 20,
    sign_in_address_per_minute: u64 = 60,
    sign_in_address_per_hour: u64 = 600,
    second_factor_guesses: u64 = 5,
    second_factor_period: u64 = 600,
    second_factor_sends_per_minute: u64 = 6,
    second_factor_sends_per_hour: u64 = 10,
    second_factor_enrolments_per_minute: u64 = 6,
    second_factor_enrolments_per_hour: u64 = 10,
    reset_requests_per_hour: u64 = 5,
    reset_guesses_per_hour: u64 = 5,
    contact_guesses: u64 = 5,
    contact_guess_period: u64 = 600,
    messages_per_minute: u64 = 4,
    messages_per_hour: u64 = 10,
    registrations_per_minute: u64 = 6,
    registrations_per_hour: u64 = 10,
    requests_per_ten_seconds: u64 = 300,
    anonymous_per_minute: u64 = 20,
    account_per_minute: u64 = 150,
    account_per_hour: u64 = 3_000,
});

section!(RawPasswords {
    memory_kib: u64 = 19_456,
    iterations: u64 = 2,
    parallelism: u64 = 1,
    memory_budget_mib: u64 = 256,
    queue_ms: u64 = 2_000,
});

section!(RawSecurity { disclose_accounts: bool = false });

section!(RawTokens { issuer: Option<String> = None, });

section!(RawDialects {
    rehive: RawRehive = RawRehive::default(),
    wikimedia: RawWikimedia = RawWikimedia::default(),
    bfore: RawBfore = RawBfore::default(),
    barong: RawBarong = RawBarong::default(),
});

section!(RawRehive {
    enabled: bool = true,
    challenge_ttl: u64 = 600,
    email_key_ttl: u64 = 259_200,
    mobile_otp_ttl: u64 = 600,
    reset_token_ttl: u64 = 86_400,
    deactivate_key_ttl: u64 = 86_400,
    delete_key_ttl: u64 = 86_400,
    sms_code_ttl: u64 = 300,
    refresh_ttl: u64 = 2_678_400,
    cookie_secure: String = text("auto"),
});

section!(RawWikimedia {
    enabled: bool = true,
    company: String = text("default"),
    access_ttl: u64 = 86_400,
    id_ttl: u64 = 86_400,
    refresh_ttl: u64 = 7_776_000,
    refresh_cap: u64 = 90,
    code_ttl: u64 = 3_600,
    challenge_ttl: u64 = 180,
    temporary_password_ttl: u64 = 604_800,
    keep_tokens_on_password_change: bool = false,
    client_id: String = text("portcullis"),
    algorithm: String = text("RS256"),
});

section!(RawBfore {
    enabled: bool = true,
    company: String = text("default"),
    token_ttl: u64 = 3_600,
    max_auth_headers: u64 = 100,
    /// 0: never.
    password_ttl: u64 = 0,
    algorithm: String = text("RS256"),
});

section!(RawBarong {
    enabled: bool = true,
    company: String = text("default"),
    prefix: String = text("/api/v2/auth"),
    session_name: String = text("_barong_session"),
    session_expire_time: u64 = 1_800,
    csrf_protection: bool = true,
    /// Milliseconds.
    apikey_nonce_lifetime: u64 = 5_000,
    apikey_replay_protection: bool = false,
    jwt_expire_time: u64 = 3_600,
    /// 0: a new JWT for every request.
    jwt_reuse_seconds: u64 = 30,
    uid_prefix: String = text("ID"),
    app_name: String = text("Barong"),
    domain: String = text("openware.com"),
    password_regexp: String = text(r"^(?=.*[[:lower:]])(?=.*[[:upper:]])(?=.*[[:digit:]])(?=.*[[:graph:]]).{8,80}$"),
    password_min_entropy: u64 = 14,
    password_use_dictionary: bool = true,
    captcha: String = text("none"),
    captcha_protected_endpoints: Vec<String> =
        ["user_create", "session_create", "password_reset", "email_confirmation"].map(text).to_vec(),
    recaptcha_site_key: Option<String> = None,
    recaptcha_secret_key: Option<String> = None,
    recaptcha_verify_url: Option<String> = None,
    geetest_id: Option<String> = None,
    geetest_key: Option<String> = None,
    geetest_api_url: Option<String> = None,
    geoip_database: Option<String> = None,
    api_data_masking_enabled: bool = true,
    first_registration_superadmin: bool = false,
    phone_verification: String = text("mock"),
    auth0_domain: Option<String> = None,
    auth0_client_id: Option<String> = None,
    activation_requirements: Vec<String> = vec![text("email:verified")],
    state_triggers: Vec<String> = ["banned:ban", "banned:fraud", "deleted:delete", "locked:suspicious", "locked:lock"]
        .map(text)
        .to_vec(),
    user_storage_titles: Vec<String> = Vec::new(),
    missing_params_status: u64 = 400,
    algorithm: String = text("RS256"),
});
