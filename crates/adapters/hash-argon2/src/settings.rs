//! How strong a hash is, and how much of the machine hashing may take.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

/// The strength of a new hash: the three parameters of Argon2id (RFC 9106 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Memory in KiB: at least 8 per lane, at most [`Params::MAX_MEMORY_KIB`].
    pub memory_kib: u32,
    /// Passes over the memory: 1 to [`Params::MAX_ITERATIONS`].
    pub iterations: u32,
    /// Lanes: 1 to [`Params::MAX_PARALLELISM`]. A hash is computed on one thread whatever their number.
    pub parallelism: u32,
}

impl Params {
    /// The most memory a hash may ask for, whether made here or elsewhere, in KiB.
    pub const MAX_MEMORY_KIB: u32 = 256 * 1024;
    /// The most passes a hash may ask for.
    pub const MAX_ITERATIONS: u32 = 16;
    /// The most lanes a hash may ask for.
    pub const MAX_PARALLELISM: u32 = 8;

    pub(crate) fn within_bounds(self) -> bool {
        (1..=Self::MAX_PARALLELISM).contains(&self.parallelism)
            && (1..=Self::MAX_ITERATIONS).contains(&self.iterations)
            && (8 * self.parallelism..=Self::MAX_MEMORY_KIB).contains(&self.memory_kib)
    }
}

impl Default for Params {
    /// 19 MiB, two passes, one lane: the OWASP recommendation.
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

/// Everything [`Argon2Hasher`](crate::Argon2Hasher) can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The strength of new hashes; a weaker stored one is reported as outdated.
    pub params: Params,
    /// The ceiling of memory spent on hashing at any moment, in MiB. A stored hash that needs more than all of it
    /// cannot be verified and matches no password, so lower it with care.
    pub memory_budget_mib: u32,
    /// The longest a job may wait for its turn; the hashing itself is not counted.
    pub queue_deadline: Duration,
    /// How many jobs may run at once; the number of processors unless given.
    pub threads: Option<NonZeroUsize>,
    /// After how much idleness a thread ends and gives its memory back.
    pub idle_after: Duration,
}

impl Default for Settings {
    /// 256 MiB, two seconds of queue, one thread per processor, threads kept for two idle seconds.
    fn default() -> Self {
        Self {
            params: Params::default(),
            memory_budget_mib: 256,
            queue_deadline: Duration::from_secs(2),
            threads: None,
            idle_after: Duration::from_secs(2),
        }
    }
}

/// The settings contradict each other or Argon2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSettings {
    /// A parameter is out of range.
    #[error(
        "Argon2 takes 8 KiB per lane to {memory} KiB, 1 to {passes} iterations and 1 to {lanes} lanes, not {0:?}",
        memory = Params::MAX_MEMORY_KIB,
        passes = Params::MAX_ITERATIONS,
        lanes = Params::MAX_PARALLELISM
    )]
    Params(Params),
    /// Not a single hash fits the budget.
    #[error("one hash takes {needed_kib} KiB, more than the budget of {budget_kib} KiB")]
    Budget {
        /// What one hash takes.
        needed_kib: u32,
        /// What the settings grant to all of them.
        budget_kib: u32,
    },
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), InvalidSettings> {
        let (needed_kib, budget_kib) = (self.params.memory_kib, self.budget_kib());
        if !self.params.within_bounds() {
            Err(InvalidSettings::Params(self.params))
        } else if needed_kib > budget_kib {
            Err(InvalidSettings::Budget { needed_kib, budget_kib })
        } else {
            Ok(())
        }
    }

    pub(crate) fn budget_kib(&self) -> u32 {
        self.memory_budget_mib.saturating_mul(1024)
    }

    pub(crate) fn thread_count(&self) -> usize {
        self.threads.or_else(|| available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_hold() {
        assert_eq!(Settings::default().check(), Ok(()));
    }

    #[test]
    fn refuses_parameters_that_argon2_or_the_bounds_refuse() {
        let sound = Params { memory_kib: 64, iterations: 1, parallelism: 8 };
        for params in [
            Params { memory_kib: 63, ..sound },
            Params { memory_kib: Params::MAX_MEMORY_KIB + 1, ..sound },
            Params { iterations: 0, ..sound },
            Params { iterations: 17, ..sound },
            Params { parallelism: 0, ..sound },
            Params { parallelism: 9, ..sound },
        ] {
            let settings = Settings { params, ..Settings::default() };
            assert_eq!(settings.check(), Err(InvalidSettings::Params(params)));
        }
        assert_eq!(Settings { params: sound, ..Settings::default() }.check(), Ok(()));
    }

    #[test]
    fn refuses_a_budget_that_no_hash_fits() {
        let settings = Settings { memory_budget_mib: 18, ..Settings::default() };
        let refusal = InvalidSettings::Budget { needed_kib: 19_456, budget_kib: 18_432 };
        assert_eq!(settings.check(), Err(refusal));
    }
}
