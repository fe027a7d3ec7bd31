//! The way in.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{
    AccountId, Ambient, AuditAction, AuditEvent, Budget, Client, CompanyId, CompanySlug, LabelRules, Quota,
    Relabel, Timestamp,
};

use crate::{AuthenticatorStore, ChallengeStore, OtpEngine};

/// Rules that hold at every door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorRules {
    /// Wrong codes tolerated per account; `None` tolerates any number.
    pub guesses: Option<Quota>,
    /// Codes sent per account.
    pub sends: Vec<Quota>,
    /// Authenticators added per account.
    pub enrolments: Vec<Quota>,
    /// How long a sent code is good for.
    pub sms_code_lifetime: Duration,
    /// How many recovery codes a list has.
    pub recovery_codes: u32,
    /// The company whose accounts are labelled `otp:enabled` while they have a second factor.
    pub labels: Option<LabelRules>,
}

impl Default for FactorRules {
    /// 5 wrong codes in 10 minutes; 6 sent codes and as many new authenticators a minute and 10 an hour; sent codes
    /// good for 5 minutes; 10 recovery codes (rehive contract §6.5, §10, §5.4).
    fn default() -> Self {
        let per = |limit, seconds| Quota { limit, period: Duration::from_secs(seconds) };
        Self {
            guesses: Some(per(5, 600)),
            sends: vec![per(6, 60), per(10, 3_600)],
            enrolments: vec![per(6, 60), per(10, 3_600)],
            sms_code_lifetime: Duration::from_secs(300),
            recovery_codes: 10,
            labels: None,
        }
    }
}

/// What second factors need from outside.
#[derive(Clone)]
pub struct FactorPorts {
    /// Authenticators and their codes.
    pub authenticators: Arc<dyn AuthenticatorStore>,
    /// What sessions are asked.
    pub challenges: Arc<dyn ChallengeStore>,
    /// Computes time-based codes.
    pub engine: Arc<dyn OtpEngine>,
    /// Time and randomness.
    pub ambient: Ambient,
}

/// Enrols, verifies, checks and removes second factors, and asks sessions for them. Cheap to clone.
#[derive(Clone)]
pub struct SecondFactors {
    pub(crate) ports: Arc<FactorPorts>,
    pub(crate) rules: Arc<FactorRules>,
}

impl SecondFactors {
    /// Second factors over these ports, under these rules.
    #[must_use]
    pub fn new(ports: FactorPorts, rules: FactorRules) -> Self {
        Self { ports: Arc::new(ports), rules: Arc::new(rules) }
    }

    pub(crate) fn event(
        &self,
        action: AuditAction,
        (company, account): (CompanyId, AccountId),
        client: &Client,
    ) -> AuditEvent {
        AuditEvent::new(&self.ports.ambient, action, client).company(company).account(account)
    }
}

impl FactorRules {
    /// The private label that says that an account has a second factor, or with `enabled` false no longer says so.
    pub(crate) fn label(
        &self,
        company: &CompanySlug,
        account: AccountId,
        enabled: bool,
        at: Timestamp,
    ) -> Option<Relabel> {
        let label = ("otp", enabled.then_some("enabled"));
        LabelRules::relabel(self.labels.as_ref(), company, account, label, at)
    }

    /// The budgets of an account's guesses, whatever door or authenticator they are made at.
    pub(crate) fn guesses_of(&self, account: AccountId) -> Vec<Budget> {
        self.guesses.iter().map(|quota| quota.of("factor/guess", &account.to_string())).collect()
    }

    /// The budgets that sending an account a code is charged to.
    pub(crate) fn sends_of(&self, account: AccountId) -> Vec<Budget> {
        self.sends.iter().map(|quota| quota.of("factor/send", &account.to_string())).collect()
    }

    /// The budgets that a new authenticator of an account is charged to.
    pub(crate) fn enrolments_of(&self, account: AccountId) -> Vec<Budget> {
        self.enrolments.iter().map(|quota| quota.of("factor/enrol", &account.to_string())).collect()
    }
}
