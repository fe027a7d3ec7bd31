//! Time and randomness, the two things a use case may not take for itself.

use std::sync::Arc;

use crate::{Code, FreshId, Timestamp, Token};

/// Tells the time.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// The present instant. Must not go backwards by more than the system clock is set back.
    fn now(&self) -> Timestamp;
}

/// Yields unpredictable bytes.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait Entropy: Send + Sync {
    /// Fills `buffer` from a cryptographically secure generator. Must not fail: an adapter whose source is gone
    /// must abort rather than hand out predictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// What surrounds every use case: a clock and a source of entropy.
#[derive(Clone)]
pub struct Ambient {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl Ambient {
    /// Bundles the two ports.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new identifier.
    #[must_use]
    pub fn fresh<T: FreshId>(&self) -> T {
        T::fresh(self.now(), &*self.entropy)
    }

    /// A new 256-bit token.
    #[must_use]
    pub fn token(&self) -> Token {
        Token::generate(&*self.entropy)
    }

    /// A new code of `digits` decimal digits, each equally likely.
    #[must_use]
    pub fn code(&self, digits: usize) -> Code {
        Code::generate(digits, &*self.entropy)
    }

    /// The source of entropy, for values this type has no method for.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }
}
