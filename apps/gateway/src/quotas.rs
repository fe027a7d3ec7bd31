//! How many requests one client may send: counted in the memory of this node, because a count in the database would cost
//! more than most requests do (docs/adr/0007-request-quotas-in-memory.md). Attempts that guess at secrets are another
//! matter: their budgets are in the database.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use portcullis_kernel::{AccountId, Quota};
use tokio::time::Instant;

/// Locks that requests share, so that they seldom meet at one.
const SHARDS: usize = 16;
/// How many counters of a shard are kept before the first look for ones that ended.
const FEW: usize = 1_024;

/// Whose requests are counted together, and in which respect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sender {
    respect: Respect,
    who: u128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Respect {
    Everything,
    Anonymous,
    Account,
}

impl Sender {
    /// Everything from an address; of IPv6 its /64, which is what one subscriber has.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self { respect: Respect::Everything, who: network(address) }
    }

    /// What an address sends to paths that need no session.
    #[must_use]
    pub fn anonymous(address: IpAddr) -> Self {
        Self { respect: Respect::Anonymous, who: network(address) }
    }

    /// What an account sends.
    #[must_use]
    pub fn account(account: AccountId) -> Self {
        Self { respect: Respect::Account, who: account.as_uuid().as_u128() }
    }
}

fn network(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits() & !u128::from(u64::MAX),
    }
}

/// Counters of requests. A counter starts with its first request and ends one period later.
pub struct RequestQuotas {
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Default)]
struct Shard {
    counters: HashMap<(Sender, Duration), Counter>,
    purge_at: usize,
}

#[derive(Clone, Copy)]
struct Counter {
    ends: Instant,
    count: u32,
}

impl Default for RequestQuotas {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl RequestQuotas {
    /// Counts a request against every quota, unless one of them is exhausted: then nothing is counted.
    ///
    /// # Errors
    /// How long until the request has a chance.
    pub fn charge(&self, sender: Sender, quotas: &[Quota]) -> Result<(), Duration> {
        if quotas.is_empty() { Ok(()) } else { self.charge_at(Instant::now(), sender, quotas) }
    }

    fn charge_at(&self, now: Instant, sender: Sender, quotas: &[Quota]) -> Result<(), Duration> {
        let mut shard = self.shard(sender).lock().unwrap_or_else(PoisonError::into_inner);
        let wait = quotas.iter().filter_map(|quota| shard.wait(sender, *quota, now)).max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        for quota in quotas {
            shard.count(sender, quota.period, now);
        }
        Ok(())
    }

    fn shard(&self, sender: Sender) -> &Mutex<Shard> {
        let folded = sender.who ^ (sender.who >> 64) ^ (sender.who >> 32);
        let number = usize::try_from(folded % 16).unwrap_or(0);
        self.shards.get(number).unwrap_or(&self.shards[0])
    }
}

impl Shard {
    fn wait(&self, sender: Sender, quota: Quota, now: Instant) -> Option<Duration> {
        let counter = self.counters.get(&(sender, quota.period))?;
        let left = counter.ends.checked_duration_since(now).filter(|left| !left.is_zero())?;
        (counter.count >= quota.limit).then_some(left)
    }

    fn count(&mut self, sender: Sender, period: Duration, now: Instant) {
        if self.counters.len() >= self.purge_at.max(FEW) {
            self.counters.retain(|_, counter| counter.ends > now);
            self.purge_at = self.counters.len() * 2;
        }
        let fresh = Counter { ends: now + period, count: 0 };
        let counter = self.counters.entry((sender, period)).or_insert(fresh);
        if counter.ends <= now {
            *counter = fresh;
        }
        counter.count = counter.count.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Quota = Quota { limit: 2, period: Duration::from_secs(60) };
    const HOUR: Quota = Quota { limit: 3, period: Duration::from_secs(3_600) };

    fn sender(address: &str) -> Sender {
        Sender::address(address.parse().unwrap())
    }

    #[test]
    fn the_tightest_quota_decides_and_a_refused_request_is_not_counted() {
        let (quotas, ada, start) = (RequestQuotas::default(), sender("192.0.2.1"), Instant::now());
        let charge = |seconds| quotas.charge_at(start + Duration::from_secs(seconds), ada, &[MINUTE, HOUR]);
        assert_eq!(charge(0), Ok(()));
        assert_eq!(charge(0), Ok(()));
        assert_eq!(charge(45), Err(Duration::from_secs(15)));
        assert_eq!(charge(60), Ok(()));
        assert_eq!(charge(60), Err(Duration::from_secs(3_540)));
    }

    #[test]
    fn senders_and_respects_do_not_touch_each_other() {
        let quotas = RequestQuotas::default();
        let one = [Quota { limit: 1, ..MINUTE }];
        for sender in [
            sender("192.0.2.1"),
            sender("192.0.2.2"),
            sender("2001:db8::1"),
            sender("2001:db8:0:1::1"),
            Sender::anonymous("192.0.2.1".parse().unwrap()),
        ] {
            assert_eq!(quotas.charge(sender, &one), Ok(()));
        }
        assert!(quotas.charge(sender("2001:db8::ffff"), &one).is_err(), "one subscriber");
    }

    #[test]
    fn counters_that_ended_are_forgotten() {
        let (quotas, mut now) = (RequestQuotas::default(), Instant::now());
        for round in 0..3_u32 {
            for number in 0..20_000_u32 {
                let address = std::net::Ipv4Addr::from(round * 20_000 + number);
                quotas.charge_at(now, Sender::address(address.into()), &[MINUTE]).unwrap();
            }
            now += MINUTE.period;
        }
        let kept: usize = quotas.shards.iter().map(|shard| shard.lock().unwrap().counters.len()).sum();
        assert!(kept <= 40_000, "{kept} counters");
    }
}
