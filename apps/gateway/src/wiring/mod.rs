//! The only place that names concrete adapters: it opens them as the settings say and hands out façades.

mod database;
mod doctor;
mod files;
mod gate;
mod geography;
mod keys;
mod master_key;
mod rotation;
mod sealing;
mod transports;

use std::sync::Arc;

use anyhow::Context as _;
use portcullis_accounts::{AccountPorts, AccountRules, Accounts, PhonePolicy};
use portcullis_hash_argon2::{Argon2Hasher, Params};
use portcullis_host::{OsEntropy, SystemClock};
use portcullis_kernel::{
    Ambient, BarongRules, Entropy, LabelRules, PasswordHasher, Policies, Secret, Standing,
};
use portcullis_mfa::{FactorPorts, FactorRules, SecondFactors};
use portcullis_otp_totp::TotpEngine;
use portcullis_outbox::{DispatchRules, Outbox};
use portcullis_password_reset::{PasswordResets, ResetRules};
use portcullis_seal_aead::MasterKey;
use portcullis_service_accounts::ApiKeys;
use portcullis_sessions::{SessionPorts, SessionRules, Sessions};

use crate::app::{App, Parts};
use crate::bridges::{FactorBridge, KeyBridge};
use crate::ops::gauges::Gauges;
use crate::outside::{Auth0, Captchas};
use crate::settings::{PhoneVerification, Settings};
use database::Stores;
pub use doctor::{Finding, examine};
pub use keys::Keys;
use master_key::KeySource;
pub use rotation::rotate_master_key;
pub use sealing::LiveSealer;

/// A whole installation, open.
pub struct Opened {
    /// The façades.
    pub app: App,
    /// The keys that sign JWTs.
    pub keys: Keys,
    /// The key that seals secrets at rest.
    pub sealer: Arc<LiveSealer>,
    stores: Stores,
}

/// Opens the installation that the settings describe, and makes whatever of it is not there yet: the data folder, the
/// master key, the schema, the company `default`.
///
/// # Errors
/// Whatever keeps it from opening, with its causes.
pub async fn open(settings: Settings) -> anyhow::Result<Opened> {
    files::make_private_folder(&settings.data_dir)?;
    let ambient = ambient();
    let (sealer, found) = master_key::sealer(&settings, &ambient)?;
    let stores = database::open(&settings.database, sealer.clone())?;
    let applied = stores.schema.migrate().await.context("the schema cannot be brought up to date")?;
    if !applied.is_empty() {
        tracing::info!(count = applied.len(), "brought the schema up to date");
    }
    if found == KeySource::Fresh {
        master_key::keep_fresh(&sealer, &stores).await?;
    }
    let keys = Keys::new(&stores, &ambient);
    keys.reload().await.context("the signing keys cannot be read; is this the right master key?")?;
    let app = app(settings, ambient, &stores, &keys)?;
    app.accounts.ensure_default_company().await.map_err(crate::failure::Failure::from)?;
    app.stock_permissions().await?;
    Ok(Opened { app, keys, sealer, stores })
}

/// Brings the schema up to date and names what was applied.
///
/// # Errors
/// If the database cannot be opened or a migration fails.
pub async fn migrate(settings: &Settings) -> anyhow::Result<Vec<String>> {
    let pending = pending_migrations(settings).await?;
    open(settings.clone()).await?;
    Ok(pending)
}

/// Names the migrations that the next start would apply; changes nothing.
///
/// # Errors
/// If the database cannot be opened.
pub async fn pending_migrations(settings: &Settings) -> anyhow::Result<Vec<String>> {
    database::pending(&settings.database).await
}

/// Whether the text can be a master key; the error says what one looks like.
///
/// # Errors
/// The accepted form.
pub fn check_master_key(text: &Secret) -> Result<(), String> {
    MasterKey::parse(text.reveal()).map(drop).map_err(|form| form.to_string())
}

fn ambient() -> Ambient {
    Ambient::new(Arc::new(SystemClock), Arc::new(OsEntropy::new()))
}

fn app(settings: Settings, ambient: Ambient, stores: &Stores, keys: &Keys) -> anyhow::Result<App> {
    let hasher = Arc::new(hasher(&settings, Arc::new(OsEntropy::new()))?);
    let shared: Arc<dyn PasswordHasher> = hasher.clone();
    let (waiting, running) = (Arc::clone(&hasher), hasher);
    let gauges = Gauges {
        hash_queue: Arc::new(move || waiting.queue_depth()),
        hash_busy: Arc::new(move || running.busy()),
    };
    let factors = factors(&settings, &ambient, stores);
    let api_keys = ApiKeys::new(Arc::clone(&stores.api_keys), ambient.clone());
    let services = gate::services(stores, &factors, &ambient);
    let gate = gate::gate(&settings, stores, &services, keys, &ambient)?;
    let ports = SessionPorts {
        sign_in: Arc::clone(&stores.sign_in),
        sessions: Arc::clone(&stores.sessions),
        hasher: Arc::clone(&shared),
        factors: Arc::new(FactorBridge(factors.clone())),
        keys: Arc::new(KeyBridge(api_keys.clone())),
        signer: keys.signer(),
        verifier: keys.verifier(),
        ambient: ambient.clone(),
    };
    let rules = SessionRules { quota: settings.throttle.sign_in.clone() };
    let (mail, sms) = transports::transports(&settings)?;
    let outbox =
        Outbox::new(Arc::clone(&stores.outbox), mail, sms, ambient.clone(), DispatchRules::default());
    let parts = Parts {
        accounts: accounts(&settings, &ambient, stores, Arc::clone(&shared)),
        sessions: Sessions::new(ports, rules),
        factors,
        resets: resets(&settings, &ambient, stores, shared),
        keys: api_keys,
        captchas: Arc::new(Captchas::new(&settings.dialects.barong)?),
        identities: Arc::new(Auth0::new(&settings.dialects.barong, &ambient)?),
        services,
        gate,
        outbox,
        probe: Arc::clone(&stores.probe),
        key_set: keys.key_set(),
        gauges,
        settings,
        ambient,
    };
    Ok(App::new(parts))
}

fn hasher(settings: &Settings, entropy: Arc<dyn Entropy>) -> anyhow::Result<Argon2Hasher> {
    let chosen = &settings.passwords;
    let params = Params {
        memory_kib: chosen.memory_kib,
        iterations: chosen.iterations,
        parallelism: chosen.parallelism,
    };
    let limits = portcullis_hash_argon2::Settings {
        params,
        memory_budget_mib: chosen.memory_budget_mib,
        queue_deadline: chosen.queue,
        ..portcullis_hash_argon2::Settings::default()
    };
    Ok(Argon2Hasher::new(&limits, entropy)?)
}

fn policies(settings: &Settings) -> Policies {
    let barong = &settings.dialects.barong;
    let rules = BarongRules {
        min_score: f64::from(barong.password_min_entropy),
        dictionary: barong.password_use_dictionary,
    };
    Policies { barong: rules }
}

fn label_rules(settings: &Settings) -> LabelRules {
    let barong = &settings.dialects.barong;
    let standing = Standing {
        requirements: barong.activation_requirements.clone(),
        triggers: barong.state_triggers.clone(),
    };
    LabelRules { company: barong.company.clone(), standing: Arc::new(standing) }
}

fn accounts(
    settings: &Settings,
    ambient: &Ambient,
    stores: &Stores,
    hasher: Arc<dyn PasswordHasher>,
) -> Accounts {
    let ports = AccountPorts {
        companies: Arc::clone(&stores.companies),
        accounts: Arc::clone(&stores.accounts),
        contacts: Arc::clone(&stores.contacts),
        dossiers: Arc::clone(&stores.dossiers),
        legal_terms: Arc::clone(&stores.legal_terms),
        audit: Arc::clone(&stores.audit),
        hasher,
        ambient: ambient.clone(),
    };
    let rules = AccountRules {
        quota: settings.throttle.sign_in.clone(),
        policies: policies(settings),
        password_lifetime: settings.dialects.bfore.password_ttl,
        temporary_password_lifetime: settings.dialects.wikimedia.temporary_password_ttl,
        uid_prefix: settings.dialects.barong.uid_prefix.clone(),
        public_url: settings.server.public_url.clone(),
        contact_token_lifetime: settings.dialects.rehive.email_key_ttl,
        contact_code_lifetime: settings.dialects.rehive.mobile_otp_ttl,
        contact_guesses: settings.throttle.contact_guesses,
        labels: Some(label_rules(settings)),
        phones: match settings.dialects.barong.phone_verification {
            PhoneVerification::Mock => PhonePolicy::Mock,
            PhoneVerification::Sms => PhonePolicy::Sms { lifetime: settings.dialects.rehive.mobile_otp_ttl },
        },
        storage_titles: settings.dialects.barong.user_storage_titles.clone(),
    };
    Accounts::new(ports, rules)
}

fn factors(settings: &Settings, ambient: &Ambient, stores: &Stores) -> SecondFactors {
    let rules = FactorRules {
        guesses: settings.throttle.second_factor,
        sends: settings.throttle.second_factor_sends.clone(),
        enrolments: settings.throttle.second_factor_enrolments.clone(),
        sms_code_lifetime: settings.dialects.rehive.sms_code_ttl,
        labels: Some(label_rules(settings)),
        ..FactorRules::default()
    };
    let ports = FactorPorts {
        authenticators: Arc::clone(&stores.authenticators),
        challenges: Arc::clone(&stores.challenges),
        engine: Arc::new(TotpEngine),
        ambient: ambient.clone(),
    };
    SecondFactors::new(ports, rules)
}

fn resets(
    settings: &Settings,
    ambient: &Ambient,
    stores: &Stores,
    hasher: Arc<dyn PasswordHasher>,
) -> PasswordResets {
    let rules = ResetRules {
        policies: policies(settings),
        password_lifetime: settings.dialects.bfore.password_ttl,
        requests: settings.throttle.reset_requests.clone(),
        guesses: settings.throttle.reset_guesses.clone(),
        link_requests: settings.throttle.messages.clone(),
        public_url: settings.server.public_url.clone(),
    };
    PasswordResets::new(Arc::clone(&stores.resets), hasher, ambient.clone(), rules)
}
