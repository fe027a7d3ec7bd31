//! The one second factor of doors that know no others: an app, prepared, switched on, switched off (barong contract
//! §8.8).

use std::time::Duration;

use portcullis_kernel::{AccountId, Client, CompanyId, CompanySlug, Email, PortError, Secret};

use crate::{
    CheckFactor, EnrolError, EnrolFactor, FactorKind, NewFactor, ProveError, RemoveFactor, RemoveFactorError,
    SecondFactors, VerifyFactor, VerifyFactorError,
};

/// An app to prepare.
#[derive(Clone)]
pub struct PrepareApp {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// What apps show as the issuer.
    pub issuer: String,
    /// For whom.
    pub account: AccountId,
    /// How apps label the account.
    pub account_label: String,
    /// From where.
    pub client: Client,
}

/// An app that counts for nothing yet.
#[derive(Clone)]
pub struct PreparedApp {
    /// The `otpauth:` link.
    pub link: Secret,
    /// The link as a picture, as [`OtpEngine::picture`](crate::OtpEngine::picture) draws it.
    pub picture: Secret,
}

/// A code that switches the second factor on or off.
#[derive(Clone)]
pub struct SwitchFactor {
    /// The account's company.
    pub company: CompanyId,
    /// That company's slug.
    pub company_slug: CompanySlug,
    /// Whose.
    pub account: AccountId,
    /// Where a notice goes, if anywhere.
    pub email: Option<Email>,
    /// The code as typed.
    pub code: String,
    /// From where.
    pub client: Client,
}

/// Why no app was prepared or switched on.
#[derive(Debug, thiserror::Error)]
pub enum SwitchOnError {
    /// The account has a second factor.
    #[error("the account has a second factor already")]
    AlreadyOn,
    /// The code is wrong, or no app was prepared.
    #[error("wrong code")]
    WrongCode,
    /// The code was used before.
    #[error("the code was used before")]
    AlreadyUsed,
    /// Too many wrong codes, or apps.
    #[error("too many attempts, try again in {} s", retry_after.as_secs())]
    Throttled {
        /// When the next attempt has a chance.
        retry_after: Duration,
    },
    /// A port failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl SecondFactors {
    /// Prepares an app, in place of one that was prepared before.
    pub async fn prepare_app(&self, command: PrepareApp) -> Result<PreparedApp, SwitchOnError> {
        if self.is_enrolled(command.account).await? {
            return Err(SwitchOnError::AlreadyOn);
        }
        let order = EnrolFactor {
            company: command.company,
            company_slug: command.company_slug,
            company_name: command.issuer,
            account: command.account,
            account_label: command.account_label,
            kind: NewFactor::Totp,
            name: None,
            client: command.client,
        };
        let link = match self.enrol(order).await {
            Ok(enrolment) => enrolment.link,
            Err(EnrolError::Throttled { retry_after }) => {
                return Err(SwitchOnError::Throttled { retry_after });
            }
            Err(EnrolError::Port(error)) => return Err(error.into()),
            Err(EnrolError::NoNumber | EnrolError::SmsBarred) => None,
        };
        let link = link.ok_or_else(|| PortError::broken("an app without a link"))?;
        let picture = self.ports.engine.picture(&link);
        let picture = picture.ok_or_else(|| PortError::broken("a link that is too long for a picture"))?;
        Ok(PreparedApp { link, picture })
    }

    /// Makes the app that was prepared last count, against one of its codes, which is spent.
    pub async fn switch_on(&self, command: SwitchFactor) -> Result<(), SwitchOnError> {
        let own = self.list(command.account).await?;
        if own.iter().any(|authenticator| authenticator.verified_at.is_some()) {
            return Err(SwitchOnError::AlreadyOn);
        }
        let apps = own.iter().rev().find(|authenticator| authenticator.factor.kind() == FactorKind::Totp);
        let app = apps.ok_or(SwitchOnError::WrongCode)?;
        let proof = VerifyFactor {
            company: command.company,
            company_slug: command.company_slug,
            account: command.account,
            email: command.email,
            authenticator: app.id,
            code: command.code,
            client: command.client,
        };
        Ok(self.verify_enrolment(proof).await?)
    }

    /// Removes every authenticator of the account, of whatever kind, against a code of one that counts. Each goes with a
    /// write of its own: should one fail, the rest stays, and another code goes on from there.
    pub async fn switch_off(&self, command: SwitchFactor) -> Result<(), ProveError> {
        let SwitchFactor { company, company_slug, account, email, code, client } = command;
        self.prove(CheckFactor { company, account, code, client: client.clone() }).await?;
        for authenticator in self.list(account).await? {
            let removal = RemoveFactor {
                company,
                company_slug: company_slug.clone(),
                account,
                email: email.clone(),
                authenticator: authenticator.id,
                client: client.clone(),
            };
            match self.remove(removal).await {
                Ok(()) | Err(RemoveFactorError::NotFound) => {}
                Err(RemoveFactorError::Port(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl From<VerifyFactorError> for SwitchOnError {
    fn from(error: VerifyFactorError) -> Self {
        match error {
            // An app that was replaced meanwhile has no codes.
            VerifyFactorError::NotFound | VerifyFactorError::WrongCode => Self::WrongCode,
            VerifyFactorError::AlreadyUsed => Self::AlreadyUsed,
            VerifyFactorError::Throttled { retry_after } => Self::Throttled { retry_after },
            VerifyFactorError::Port(error) => Self::Port(error),
        }
    }
}
