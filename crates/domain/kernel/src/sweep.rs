//! Which sessions of an account an act ends.

use crate::SessionId;

/// The sessions a sweep reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepScope {
    /// Every session.
    All,
    /// Every session that expires by itself; permanent ones survive (rehive contract §3.5).
    Temporary,
    /// None.
    None,
}

/// Sessions to end, together with their refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionSweep {
    /// Which ones.
    pub scope: SweepScope,
    /// One that survives all the same.
    pub keep: Option<SessionId>,
}

impl SessionSweep {
    /// Ends nothing.
    pub const NONE: Self = Self { scope: SweepScope::None, keep: None };
    /// Ends everything.
    pub const ALL: Self = Self { scope: SweepScope::All, keep: None };

    /// Ends everything but `session`.
    #[must_use]
    pub const fn all_but(session: SessionId) -> Self {
        Self { scope: SweepScope::All, keep: Some(session) }
    }
}
