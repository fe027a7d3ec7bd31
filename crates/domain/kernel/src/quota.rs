//! The quota of password attempts, shared by every path that checks a password.

use std::time::Duration;

use crate::{AccountId, Budget, BudgetKey, Client, CompanyId, Identifier, Throttle, TokenDigest};

/// A number of charges per period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Charges allowed.
    pub limit: u32,
    /// In how long a time.
    pub period: Duration,
}

impl Quota {
    /// The budget of `subject` under this quota.
    #[must_use]
    pub fn of(self, scope: &str, subject: &str) -> Budget {
        let scope = format!("{scope}/{}", self.period.as_secs());
        Budget { key: BudgetKey::new(&scope, subject), limit: self.limit, period: self.period }
    }
}

/// How many wrong passwords are tolerated. Counted per account, whatever identifier or door was used; a client that
/// signed in before has a lane of its own, so strangers cannot lock it out; every address has a lane too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInQuota {
    /// Wrong passwords per account, and per account and known device.
    pub account: Vec<Quota>,
    /// Wrong passwords per client address.
    pub address: Vec<Quota>,
}

impl Default for SignInQuota {
    /// 6 a minute and 20 an hour per account, 60 a minute and 600 an hour per address.
    fn default() -> Self {
        let per = |limit, seconds| Quota { limit, period: Duration::from_secs(seconds) };
        Self { account: vec![per(6, 60), per(20, 3_600)], address: vec![per(60, 60), per(600, 3_600)] }
    }
}

/// One password attempt, as far as counting it goes.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// In which company.
    pub company: CompanyId,
    /// The identifier as typed; counts for accounts that do not exist, so that they lock like any other.
    pub typed: &'a str,
    /// The account, if there is one.
    pub account: Option<AccountId>,
    /// Whether this client signed in to the account before.
    pub known_device: bool,
    /// From where.
    pub client: &'a Client,
}

impl SignInQuota {
    /// No quota at all.
    #[must_use]
    pub fn off() -> Self {
        Self { account: Vec::new(), address: Vec::new() }
    }

    /// The budgets a wrong password is charged to; the attempt is refused if one of them is exhausted.
    #[must_use]
    pub fn budgets(&self, attempt: Attempt<'_>) -> Vec<Budget> {
        let mut budgets = self.lane(attempt);
        if let Some(address) = attempt.client.address {
            let subject = address.to_string();
            budgets.extend(self.address.iter().map(|quota| quota.of("sign-in/address", &subject)));
        }
        budgets
    }

    /// What a wrong password does.
    #[must_use]
    pub fn wrong(&self, attempt: Attempt<'_>) -> Throttle {
        let budgets = self.budgets(attempt);
        Throttle { within: budgets.clone(), charge: budgets, clear: Vec::new() }
    }

    /// What a right password does: it passes only while there is room, and resets the account's lane.
    #[must_use]
    pub fn right(&self, attempt: Attempt<'_>) -> Throttle {
        let clear = self.lane(attempt).iter().map(|budget| budget.key).collect();
        Throttle { within: self.budgets(attempt), charge: Vec::new(), clear }
    }

    fn lane(&self, attempt: Attempt<'_>) -> Vec<Budget> {
        let (scope, subject) = match attempt.account {
            Some(account) if attempt.known_device => {
                let device = attempt.client.device();
                ("sign-in/device", format!("{account}/{}", crate::hex(device.as_bytes())))
            }
            Some(account) => ("sign-in/account", account.to_string()),
            None => ("sign-in/unknown", format!("{}/{}", attempt.company, Identifier::folded(attempt.typed))),
        };
        self.account.iter().map(|quota| quota.of(scope, &subject)).collect()
    }
}

impl Client {
    /// What makes a client recognisable later: a digest of its address and `User-Agent`.
    #[must_use]
    pub fn device(&self) -> TokenDigest {
        let address = self.address.map(|address| address.to_string()).unwrap_or_default();
        TokenDigest::of(&format!("{address}\n{}", self.user_agent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Door, FreshId, Timestamp};

    struct Zeros;
    impl crate::Entropy for Zeros {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }

    fn client(address: &str) -> Client {
        Client::remote(Door::new("bfore"), address.parse().unwrap(), "test")
    }

    #[test]
    fn strangers_and_known_devices_have_lanes_of_their_own() {
        let quota = SignInQuota::default();
        let here = client("192.0.2.1");
        let account = AccountId::fresh(Timestamp::from_seconds(1), &Zeros);
        let attempt = Attempt {
            company: CompanyId::fresh(Timestamp::from_seconds(1), &Zeros),
            typed: "Ada",
            account: Some(account),
            known_device: false,
            client: &here,
        };
        let stranger = quota.wrong(attempt);
        let known = quota.right(Attempt { known_device: true, ..attempt });
        assert_eq!(stranger.charge.len(), 4);
        assert!(known.clear.iter().all(|key| stranger.charge.iter().all(|budget| budget.key != *key)));
        assert_eq!(known.clear.len(), 2);
    }

    #[test]
    fn unknown_accounts_are_counted_by_the_folded_identifier() {
        let quota = SignInQuota::default();
        let here = client("192.0.2.1");
        let attempt = Attempt {
            company: CompanyId::fresh(Timestamp::from_seconds(1), &Zeros),
            typed: "Nobody",
            account: None,
            known_device: false,
            client: &here,
        };
        assert_eq!(quota.wrong(attempt), quota.wrong(Attempt { typed: " nobody ", ..attempt }));
    }
}
