//! Second factors.

use portcullis_accounts::Account;
use portcullis_kernel::{Code, Effects, Mobile, OneTime, Purpose, Secret, Throttle};
use portcullis_mfa::{
    AcceptProof, Authenticator, Enrol, Factor, IssueCode, OtpAlgorithm, Proof, RecoveryCode, Totp,
};

use super::{NOW, code, id, later, serial};

/// An unverified authenticator of `account`.
#[must_use]
pub fn authenticator(account: &Account, factor: Factor) -> Authenticator {
    Authenticator {
        id: id(),
        company: account.company,
        account: account.id,
        name: format!("Factor {}", serial()),
        factor,
        verified_at: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// An unverified authenticator app.
#[must_use]
pub fn totp(account: &Account) -> Authenticator {
    let secret = Secret::new("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    authenticator(account, Factor::Totp(Totp { secret, algorithm: OtpAlgorithm::Sha1, last_step: None }))
}

/// An unverified authenticator by SMS.
#[must_use]
pub fn sms(account: &Account) -> Authenticator {
    authenticator(account, Factor::Sms { mobile: Mobile::parse("+27821234567").unwrap() })
}

/// An unverified list of recovery codes.
#[must_use]
pub fn recovery_codes(account: &Account, codes: &[&str]) -> Authenticator {
    let code = |text: &&str| RecoveryCode { code: Code::from_text(*text), used_at: None };
    authenticator(account, Factor::Static { codes: codes.iter().map(code).collect() })
}

/// The write-set that adds `authenticator`.
#[must_use]
pub fn enrol(authenticator: &Authenticator) -> Enrol {
    Enrol {
        authenticator: authenticator.clone(),
        code: None,
        throttle: Throttle::default(),
        effects: Effects::default(),
    }
}

/// The write-set that keeps a code sent for `authenticator`.
#[must_use]
pub fn factor_code(account: &Account, authenticator: &Authenticator, digits: &str) -> IssueCode {
    let target = Some(authenticator.id.to_string());
    IssueCode {
        code: OneTime { target, ..code(account, Purpose::FactorCode, digits) },
        throttle: Throttle::default(),
        effects: Effects::default(),
    }
}

/// The write-set that spends `proof` at one second after [`NOW`] without verifying the authenticator.
#[must_use]
pub fn accept(authenticator: &Authenticator, proof: Proof) -> AcceptProof {
    AcceptProof {
        account: authenticator.account,
        authenticator: authenticator.id,
        proof,
        verifies: false,
        answers: None,
        at: later(1),
        throttle: Throttle::default(),
        effects: Effects::default(),
    }
}
