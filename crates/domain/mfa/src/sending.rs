//! Codes by SMS.

use portcullis_kernel::{
    AuditAction, Client, CompanySlug, Effects, Mobile, OneTime, OneTimeSecret, PortResult, Purpose, Spending,
};

use crate::{Authenticator, IssueCode, SecondFactors, letters};

/// Digits of a sent code (rehive contract §8).
const DIGITS: usize = 6;

impl SecondFactors {
    /// Issues a new code for an authenticator and queues it to `mobile`.
    pub(crate) async fn send(
        &self,
        authenticator: &Authenticator,
        mobile: &Mobile,
        company: CompanySlug,
        client: &Client,
    ) -> PortResult<Spending> {
        let (code, about) = (self.ambient.code(DIGITS), (authenticator.company, authenticator.account));
        let message = letters::code(&self.ambient, company, (mobile, authenticator.account), code.reveal());
        let issued = OneTime {
            target: Some(authenticator.id.to_string()),
            ..OneTime::issue(
                self.ambient.fresh(),
                about,
                Purpose::FactorCode,
                OneTimeSecret::Code(code),
                (self.ambient.now(), self.rules.sms_code_lifetime),
            )
        };
        let event = self.event(AuditAction::FactorChecked, about, client).detail("code sent");
        let write = IssueCode {
            code: issued,
            throttle: self.rules.send(authenticator.account),
            effects: Effects::audit(event).and_send(message),
        };
        self.store.issue_code(write).await
    }
}
