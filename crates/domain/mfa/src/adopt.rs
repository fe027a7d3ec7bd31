//! Take over a second factor from elsewhere.

use portcullis_kernel::{
    AccountId, AuditAction, Client, CompanyId, CompanySlug, Effects, PortResult, Secret, Throttle,
};

use crate::{Authenticator, Enrol, Factor, OtpAlgorithm, SecondFactors, Totp};

/// The time-based codes that the owner of an imported account has in an app already.
#[derive(Clone)]
pub struct AdoptTotp {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Whose.
    pub account: AccountId,
    /// What their app computes codes from; see [`SecondFactors::read_totp`].
    pub totp: Totp,
    /// From where.
    pub client: Client,
}

impl SecondFactors {
    /// Reads a shared secret in base32 (RFC 4648), whatever its case, spaces and padding. Codes are SHA-1, six digits,
    /// 30 seconds (RFC 6238), as every app makes them. `None` if codes cannot be computed from it.
    #[must_use]
    pub fn read_totp(&self, secret: &Secret) -> Option<Totp> {
        let digits = secret.reveal().chars().filter(|c| !c.is_whitespace() && *c != '=');
        let secret = Secret::new(digits.collect::<String>().to_uppercase());
        let totp = Totp { secret, algorithm: OtpAlgorithm::Sha1, last_step: None };
        self.ports.engine.reads(&totp).then_some(totp)
    }

    /// Adds an authenticator that counts at once: its owner verified it where it comes from.
    pub async fn adopt_totp(&self, command: AdoptTotp) -> PortResult<()> {
        let now = self.ports.ambient.now();
        let authenticator = Authenticator {
            id: self.ports.ambient.fresh(),
            company: command.company,
            account: command.account,
            name: "Default TOTP".to_owned(),
            factor: Factor::Totp(command.totp),
            verified_at: Some(now),
            created_at: now,
            updated_at: now,
        };
        let about = (command.company, command.account);
        let effects = Effects::audit(self.event(AuditAction::FactorVerified, about, &command.client))
            .and_relabel(self.rules.label(&command.company_slug, command.account, true, now));
        let write = Enrol { authenticator, code: None, throttle: Throttle::default(), effects };
        self.ports.authenticators.enrol(write).await?;
        Ok(())
    }
}
