//! Codes by SMS.

use portcullis_kernel::{
    AuditAction, Budget, Client, CompanySlug, Effects, Mobile, OneTime, OneTimeSecret, Purpose, Throttle,
};

use crate::{Authenticator, IssueCode, SecondFactors, letters};

/// Digits of a sent code (rehive contract §8).
const DIGITS: usize = 6;

/// A code on its way, as part of some write-set.
#[derive(Clone)]
pub struct CodeToSend {
    /// The code.
    pub code: OneTime,
    /// The budgets it is charged to; while one is exhausted it must not be sent.
    pub charge: Vec<Budget>,
    /// Its message and its audit entry.
    pub effects: Effects,
}

impl CodeToSend {
    /// A write-set of its own.
    pub(crate) fn into_write(self) -> IssueCode {
        let throttle = Throttle { within: self.charge.clone(), charge: self.charge, clear: Vec::new() };
        IssueCode { code: self.code, throttle, effects: self.effects }
    }
}

impl SecondFactors {
    /// A new code for an authenticator, and the message that carries it to `mobile`.
    pub(crate) fn code_for(
        &self,
        authenticator: &Authenticator,
        mobile: &Mobile,
        company: CompanySlug,
        client: &Client,
    ) -> CodeToSend {
        let ambient = &self.ports.ambient;
        let (code, about) = (ambient.code(DIGITS), (authenticator.company, authenticator.account));
        let message = letters::code(ambient, company, (mobile, authenticator.account), code.reveal());
        let issued = OneTime {
            target: Some(authenticator.id.to_string()),
            ..OneTime::issue(
                ambient.fresh(),
                about,
                Purpose::FactorCode,
                OneTimeSecret::Code(code),
                (ambient.now(), self.rules.sms_code_lifetime),
            )
        };
        let event = self.event(AuditAction::FactorChecked, about, client).detail("code sent");
        CodeToSend {
            code: issued,
            charge: self.rules.sends_of(authenticator.account),
            effects: Effects::audit(event).and_send(message),
        }
    }
}
