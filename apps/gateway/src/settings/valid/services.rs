//! What the server leans on: database, keys, transports, hashing, quotas.

use std::path::Path;
use std::time::Duration;

use portcullis_kernel::{Quota, Secret, SignInQuota};

use super::check::{Check, optional};
use crate::settings::Problem;
use crate::settings::raw::{RawDatabase, RawMail, RawPasswords, RawSecrets, RawSms, RawThrottle};

/// Where rows live.
#[derive(Clone)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`; holds a password.
    pub url: Secret,
    /// Connections at most.
    pub connections: u32,
}

/// Keys that do not come from the data folder.
#[derive(Clone)]
pub struct Secrets {
    /// The master key, if it is not in the data folder.
    pub master_key: Option<Secret>,
    /// Older master keys, which still open what they sealed.
    pub old_master_keys: Vec<Secret>,
}

/// How mail leaves.
#[derive(Clone)]
pub enum Mail {
    /// Into files.
    File {
        /// The sender.
        from: String,
    },
    /// To an SMTP server.
    Smtp {
        /// `smtp://` or `smtps://`, with credentials.
        url: Secret,
        /// The sender.
        from: String,
    },
}

/// How SMS leaves.
#[derive(Clone)]
pub enum Sms {
    /// Into files.
    File,
    /// By HTTP POST.
    Webhook {
        /// Where to.
        url: String,
        /// What signs the request.
        secret: Option<Secret>,
    },
}

/// Every quota; `None` or empty means none.
#[derive(Clone, Debug)]
pub struct Throttle {
    /// Wrong passwords.
    pub sign_in: SignInQuota,
    /// Wrong second factors per account.
    pub second_factor: Option<Quota>,
    /// Second-factor codes sent per account.
    pub second_factor_sends: Vec<Quota>,
    /// Second factors added per account.
    pub second_factor_enrolments: Vec<Quota>,
    /// Password resets requested per account.
    pub reset_requests: Vec<Quota>,
    /// Wrong reset codes per account.
    pub reset_guesses: Vec<Quota>,
    /// Wrong verification codes per account.
    pub contact_guesses: Option<Quota>,
    /// Messages asked for with the same data.
    pub messages: Vec<Quota>,
    /// Registrations per client address.
    pub registrations: Vec<Quota>,
    /// Requests per client address.
    pub requests: Vec<Quota>,
    /// Requests without a session per client address.
    pub anonymous: Vec<Quota>,
    /// Requests per account.
    pub account: Vec<Quota>,
}

/// The cost of hashing (Argon2id).
#[derive(Clone, Copy, Debug)]
pub struct Passwords {
    /// Memory per hash, in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// Memory for all hashes at any moment, in MiB.
    pub memory_budget_mib: u32,
    /// The longest wait for a turn.
    pub queue: Duration,
}

pub(super) fn database(raw: &RawDatabase, data_dir: &Path, check: Check<'_>) -> Result<Database, Problem> {
    let url = match optional(raw.url.as_ref()) {
        Some(url) => url,
        None => format!("sqlite:{}", data_dir.join("portcullis.db").display()),
    };
    let is_known = url.strip_prefix("sqlite:").is_some_and(|path| !path.is_empty())
        || url.starts_with("postgres://")
        || url.starts_with("postgresql://");
    if !is_known {
        return Err(
            check.refuse("database.url", "expected sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE")
        );
    }
    let connections = check.number("database.connections", raw.connections, 1..=1_000)?;
    Ok(Database { url: Secret::new(url), connections })
}

pub(super) fn secrets(raw: &RawSecrets, check: Check<'_>) -> Result<Secrets, Problem> {
    const OLD: &str = "secrets.old_master_keys";
    let master_key = optional(raw.master_key.as_ref()).map(Secret::new);
    let old_master_keys: Vec<_> = raw.old_master_keys.iter().map(Secret::new).collect();
    for (key, secret) in master_key
        .iter()
        .map(|secret| ("secrets.master_key", secret))
        .chain(old_master_keys.iter().map(|secret| (OLD, secret)))
    {
        crate::wiring::check_master_key(secret)
            .map_err(|form| check.refuse(key, format!("expected another form: {form}")))?;
    }
    Ok(Secrets { master_key, old_master_keys })
}

pub(super) fn mail(raw: &RawMail, check: Check<'_>) -> Result<Mail, Problem> {
    #[derive(Clone, Copy)]
    enum Transport {
        File,
        Smtp,
    }
    let transport = check.one_of(
        "mail.transport",
        &raw.transport,
        &[("file", Transport::File), ("smtp", Transport::Smtp)],
    )?;
    match transport {
        Transport::File => {
            let from =
                optional(raw.from.as_ref()).unwrap_or_else(|| "Portcullis <noreply@localhost>".to_owned());
            Ok(Mail::File { from: check_sender(from, check)? })
        }
        Transport::Smtp => {
            let why = "mail.transport is smtp";
            let url = check.needed("mail.smtp_url", raw.smtp_url.as_ref(), why)?;
            check.url("mail.smtp_url", &url, &["smtp", "smtps"])?;
            let from = check.needed("mail.from", raw.from.as_ref(), why)?;
            Ok(Mail::Smtp { url: Secret::new(url), from: check_sender(from, check)? })
        }
    }
}

fn check_sender(from: String, check: Check<'_>) -> Result<String, Problem> {
    let address = match from.trim().strip_suffix('>') {
        Some(named) => named.rsplit_once('<').map_or("", |(_, address)| address),
        None => from.trim(),
    };
    match portcullis_kernel::Email::parse(address) {
        Ok(_) if !from.contains(['\r', '\n']) => Ok(from),
        Ok(_) | Err(_) => {
            Err(check.refuse("mail.from", "expected an address such as Portcullis <noreply@example.com>"))
        }
    }
}

pub(super) fn sms(raw: &RawSms, check: Check<'_>) -> Result<Sms, Problem> {
    let by_webhook = check.one_of("sms.transport", &raw.transport, &[("file", false), ("webhook", true)])?;
    if !by_webhook {
        return Ok(Sms::File);
    }
    let url = check.needed("sms.webhook_url", raw.webhook_url.as_ref(), "sms.transport is webhook")?;
    check.url("sms.webhook_url", &url, &["http", "https"])?;
    Ok(Sms::Webhook { url, secret: optional(raw.webhook_secret.as_ref()).map(Secret::new) })
}

pub(super) fn throttle(raw: &RawThrottle, check: Check<'_>) -> Result<Throttle, Problem> {
    let quotas = |limits: &[(&str, u64, u64)]| -> Result<Vec<Quota>, Problem> {
        let quotas = limits.iter().map(|(name, limit, seconds)| {
            let limit = check.number(&format!("throttle.{name}"), *limit, 0..=1_000_000)?;
            Ok(Quota { limit, period: Duration::from_secs(*seconds) })
        });
        let quotas: Vec<Quota> = quotas.collect::<Result<_, Problem>>()?;
        Ok(quotas.into_iter().filter(|quota| raw.enabled && quota.limit > 0).collect())
    };
    let (minute, hour) = (60, 3_600);
    let period = check.number("throttle.second_factor_period", raw.second_factor_period, 1..=86_400)?;
    let contact_period =
        check.number("throttle.contact_guess_period", raw.contact_guess_period, 1..=86_400)?;
    Ok(Throttle {
        sign_in: SignInQuota {
            account: quotas(&[
                ("sign_in_per_minute", raw.sign_in_per_minute, minute),
                ("sign_in_per_hour", raw.sign_in_per_hour, hour),
            ])?,
            address: quotas(&[
                ("sign_in_address_per_minute", raw.sign_in_address_per_minute, minute),
                ("sign_in_address_per_hour", raw.sign_in_address_per_hour, hour),
            ])?,
        },
        second_factor: quotas(&[("second_factor_guesses", raw.second_factor_guesses, period)])?.pop(),
        second_factor_sends: quotas(&[
            ("second_factor_sends_per_minute", raw.second_factor_sends_per_minute, minute),
            ("second_factor_sends_per_hour", raw.second_factor_sends_per_hour, hour),
        ])?,
        second_factor_enrolments: quotas(&[
            ("second_factor_enrolments_per_minute", raw.second_factor_enrolments_per_minute, minute),
            ("second_factor_enrolments_per_hour", raw.second_factor_enrolments_per_hour, hour),
        ])?,
        reset_requests: quotas(&[("reset_requests_per_hour", raw.reset_requests_per_hour, hour)])?,
        reset_guesses: quotas(&[("reset_guesses_per_hour", raw.reset_guesses_per_hour, hour)])?,
        contact_guesses: quotas(&[("contact_guesses", raw.contact_guesses, contact_period)])?.pop(),
        messages: quotas(&[
            ("messages_per_minute", raw.messages_per_minute, minute),
            ("messages_per_hour", raw.messages_per_hour, hour),
        ])?,
        registrations: quotas(&[
            ("registrations_per_minute", raw.registrations_per_minute, minute),
            ("registrations_per_hour", raw.registrations_per_hour, hour),
        ])?,
        requests: quotas(&[("requests_per_ten_seconds", raw.requests_per_ten_seconds, 10)])?,
        anonymous: quotas(&[("anonymous_per_minute", raw.anonymous_per_minute, minute)])?,
        account: quotas(&[
            ("account_per_minute", raw.account_per_minute, minute),
            ("account_per_hour", raw.account_per_hour, hour),
        ])?,
    })
}

pub(super) fn passwords(raw: &RawPasswords, check: Check<'_>) -> Result<Passwords, Problem> {
    let parallelism = check.number("passwords.parallelism", raw.parallelism, 1..=8)?;
    let least = 8 * u64::from(parallelism);
    let memory_kib: u32 = check.number("passwords.memory_kib", raw.memory_kib, least..=262_144)?;
    let memory_budget_mib: u32 =
        check.number("passwords.memory_budget_mib", raw.memory_budget_mib, 1..=1_048_576)?;
    if u64::from(memory_kib) > u64::from(memory_budget_mib) * 1_024 {
        let expected = "expected room for at least one hash: passwords.memory_kib / 1024 or more";
        return Err(check.refuse("passwords.memory_budget_mib", expected));
    }
    Ok(Passwords {
        memory_kib,
        iterations: check.number("passwords.iterations", raw.iterations, 1..=16)?,
        parallelism,
        memory_budget_mib,
        queue: Duration::from_millis(check.number("passwords.queue_ms", raw.queue_ms, 0..=60_000)?),
    })
}
