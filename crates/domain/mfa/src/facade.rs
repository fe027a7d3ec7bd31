//! The way in.

use std::sync::Arc;
use std::time::Duration;

use portcullis_kernel::{
    AccountId, Ambient, AuditAction, AuditEvent, Budget, Client, CompanyId, Quota, Throttle,
};

use crate::{AuthenticatorStore, OtpEngine};

/// Rules that hold at every door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorRules {
    /// Wrong codes tolerated per account; `None` tolerates any number.
    pub guesses: Option<Quota>,
    /// Codes sent per account.
    pub sends: Vec<Quota>,
    /// How long a sent code is good for.
    pub sms_code_lifetime: Duration,
    /// How many recovery codes a list has.
    pub recovery_codes: u32,
}

impl Default for FactorRules {
    /// 5 wrong codes in 10 minutes; 6 sent codes a minute and 10 an hour, good for 5 minutes; 10 recovery codes
    /// (rehive contract §6.5, §7.13, §5.4).
    fn default() -> Self {
        let per = |limit, seconds| Quota { limit, period: Duration::from_secs(seconds) };
        Self {
            guesses: Some(per(5, 600)),
            sends: vec![per(6, 60), per(10, 3_600)],
            sms_code_lifetime: Duration::from_secs(300),
            recovery_codes: 10,
        }
    }
}

/// Enrols, verifies, checks and removes second factors. Cheap to clone.
#[derive(Clone)]
pub struct SecondFactors {
    pub(crate) store: Arc<dyn AuthenticatorStore>,
    pub(crate) engine: Arc<dyn OtpEngine>,
    pub(crate) ambient: Ambient,
    pub(crate) rules: Arc<FactorRules>,
}

impl SecondFactors {
    /// Second factors in this store, computed by this engine, under these rules.
    #[must_use]
    pub fn new(
        store: Arc<dyn AuthenticatorStore>,
        engine: Arc<dyn OtpEngine>,
        ambient: Ambient,
        rules: FactorRules,
    ) -> Self {
        Self { store, engine, ambient, rules: Arc::new(rules) }
    }

    pub(crate) fn event(
        &self,
        action: AuditAction,
        (company, account): (CompanyId, AccountId),
        client: &Client,
    ) -> AuditEvent {
        AuditEvent::new(&self.ambient, action, client).company(company).account(account)
    }
}

impl FactorRules {
    /// The budgets of an account's guesses, whatever door or authenticator they are made at.
    pub(crate) fn guesses_of(&self, account: AccountId) -> Vec<Budget> {
        self.guesses.iter().map(|quota| quota.of("factor/guess", &account.to_string())).collect()
    }

    /// What sending a code does.
    pub(crate) fn send(&self, account: AccountId) -> Throttle {
        let subject = account.to_string();
        let budgets: Vec<_> = self.sends.iter().map(|quota| quota.of("factor/send", &subject)).collect();
        Throttle { within: budgets.clone(), charge: budgets, clear: Vec::new() }
    }
}
