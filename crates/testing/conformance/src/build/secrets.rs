//! One-time secrets and budgets.

use std::time::Duration;

use portcullis_accounts::{Account, IssueContactSecret};
use portcullis_kernel::{Budget, BudgetKey, Code, Effects, OneTime, OneTimeSecret, Purpose, Throttle, Token};
use portcullis_outbox::{Claimed, Settled, Settlement};

use super::{NOW, fresh_token, id, later, serial};

const LIFETIME: Duration = Duration::from_secs(600);

/// A secret presented by a token, issued at [`NOW`] for ten minutes, and the token.
#[must_use]
pub fn token(account: &Account, purpose: Purpose) -> (OneTime, Token) {
    let token = fresh_token();
    let secret = OneTimeSecret::Token(token.digest());
    (OneTime::issue(id(), (account.company, account.id), purpose, secret, (NOW, LIFETIME)), token)
}

/// A secret presented by the code `digits`, issued at [`NOW`] for ten minutes.
#[must_use]
pub fn code(account: &Account, purpose: Purpose, digits: &str) -> OneTime {
    let secret = OneTimeSecret::Code(Code::from_text(digits));
    OneTime::issue(id(), (account.company, account.id), purpose, secret, (NOW, LIFETIME))
}

/// The write-set that keeps `secret` for the contact `target`.
#[must_use]
pub fn contact_secret(secret: &OneTime, target: &str) -> IssueContactSecret {
    IssueContactSecret {
        secret: OneTime { target: Some(target.to_owned()), ..secret.clone() },
        throttle: Throttle::default(),
        effects: Effects::default(),
    }
}

/// A budget of its own that allows `limit` charges a minute.
#[must_use]
pub fn budget(limit: u32) -> Budget {
    let key = BudgetKey::new("conformance/60", &serial().to_string());
    Budget { key, limit, period: Duration::from_secs(60) }
}

/// What a wrong guess does to `budget`.
#[must_use]
pub fn charge(budget: Budget) -> Throttle {
    Throttle { within: vec![budget], charge: vec![budget], clear: Vec::new() }
}

/// What a right guess does to `budget`.
#[must_use]
pub fn require(budget: Budget) -> Throttle {
    Throttle { within: vec![budget], charge: Vec::new(), clear: vec![budget.key] }
}

/// The settlement of `claimed` at one minute after [`NOW`].
#[must_use]
pub fn settle_with(claimed: &Claimed, result: Settled) -> Settlement {
    Settlement { message: claimed.message.id, attempt: claimed.attempt, at: later(60), result }
}
