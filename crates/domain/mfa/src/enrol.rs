//! Enrol a second factor.

use std::time::Duration;

use portcullis_kernel::{
    AccountId, AuditAction, Client, CompanyId, CompanySlug, Effects, Mobile, PortError, Secret, Spending,
    Throttle,
};

use crate::recovery::recovery_codes;
use crate::{Authenticator, Enrol, Factor, FactorKind, OtpAlgorithm, SecondFactors, Totp};

/// The kind of second factor to enrol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewFactor {
    /// Time-based codes from an app.
    Totp,
    /// Codes by SMS.
    Sms {
        /// The number; the account's own, if absent.
        mobile: Option<Mobile>,
        /// The account's own number.
        own: Option<Mobile>,
        /// Whether the account administers its company: such accounts may not rely on SMS (rehive contract §7.10).
        administers: bool,
    },
    /// A list of recovery codes.
    Static,
}

/// A second factor to enrol.
#[derive(Clone)]
pub struct EnrolFactor {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// What that company calls itself: apps show it as the issuer.
    pub company_name: String,
    /// For whom.
    pub account: AccountId,
    /// How apps label the account: an e-mail address, a number, a name.
    pub account_label: String,
    /// What to enrol.
    pub kind: NewFactor,
    /// What its owner calls it; a stock name if absent.
    pub name: Option<String>,
    /// From where.
    pub client: Client,
}

/// An authenticator that was enrolled just now, with its secrets in the clear.
#[derive(Clone)]
pub struct Enrolment {
    /// The authenticator, not yet verified.
    pub authenticator: Authenticator,
    /// The `otpauth:` link, if it computes time-based codes.
    pub link: Option<Secret>,
}

/// Why nothing was enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// Codes by SMS need a number, and the account has none.
    #[error("there is no number to send codes to")]
    NoNumber,
    /// An account that administers its company may not rely on SMS.
    #[error("an account that administers its company may not rely on SMS")]
    SmsBarred,
    /// Too many authenticators were added, or codes sent.
    #[error("too many enrolments, try again in {} s", retry_after.as_secs())]
    Throttled {
        /// When the next one may be added.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl SecondFactors {
    /// Adds an authenticator that counts for nothing until it is verified, in place of unverified ones of its kind.
    /// For a number, a code is sent at once.
    pub async fn enrol(&self, command: EnrolFactor) -> Result<Enrolment, EnrolError> {
        let authenticator = self.draft(&command)?;
        let about = (command.company, command.account);
        let event = self.event(AuditAction::FactorEnrolled, about, &command.client);
        let (mut effects, mut charge) = (Effects::audit(event), self.rules.enrolments_of(command.account));
        let mut code = None;
        if let Factor::Sms { mobile } = &authenticator.factor {
            let slug = command.company_slug.clone();
            let sending = self.code_for(&authenticator, mobile, slug, &command.client);
            code = Some(sending.code);
            charge.extend(sending.charge);
            effects.messages.extend(sending.effects.messages);
            effects.audit.extend(sending.effects.audit);
        }
        let throttle = Throttle { within: charge.clone(), charge, clear: Vec::new() };
        let write = Enrol { authenticator: authenticator.clone(), code, throttle, effects };
        match self.ports.authenticators.enrol(write).await? {
            Spending::Within => {}
            Spending::Exhausted { retry_after } => return Err(EnrolError::Throttled { retry_after }),
        }
        let engine = &self.ports.engine;
        let link = match &authenticator.factor {
            Factor::Totp(totp) => Some(engine.link(totp, &command.company_name, &command.account_label)),
            Factor::Sms { .. } | Factor::Static { .. } => None,
        };
        Ok(Enrolment { authenticator, link })
    }

    fn draft(&self, command: &EnrolFactor) -> Result<Authenticator, EnrolError> {
        let (ambient, now) = (&self.ports.ambient, self.ports.ambient.now());
        let factor = match command.kind.clone() {
            NewFactor::Totp => Factor::Totp(Totp {
                secret: self.ports.engine.generate(ambient.entropy()),
                algorithm: OtpAlgorithm::default(),
                last_step: None,
            }),
            NewFactor::Sms { administers: true, .. } => return Err(EnrolError::SmsBarred),
            NewFactor::Sms { mobile, own, .. } => {
                Factor::Sms { mobile: mobile.or(own).ok_or(EnrolError::NoNumber)? }
            }
            NewFactor::Static => {
                Factor::Static { codes: recovery_codes(self.rules.recovery_codes, ambient.entropy()) }
            }
        };
        Ok(Authenticator {
            id: ambient.fresh(),
            company: command.company,
            account: command.account,
            name: command.name.clone().unwrap_or_else(|| stock_name(factor.kind()).to_owned()),
            factor,
            verified_at: None,
            created_at: now,
            updated_at: now,
        })
    }
}

/// As the rehive contract (§5.4) names them.
fn stock_name(kind: FactorKind) -> &'static str {
    match kind {
        FactorKind::Totp => "Default TOTP",
        FactorKind::Sms => "Default SMS",
        FactorKind::Static => "Default Static",
    }
}
