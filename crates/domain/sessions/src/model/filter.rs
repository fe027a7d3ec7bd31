//! Which sessions of an account are meant.

use portcullis_kernel::Timestamp;

use super::Session;

/// Conditions on sessions, all of which must hold; the default has none. Ended sessions are never meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFilter {
    /// Not past their time at this instant.
    pub live_at: Option<Timestamp>,
    /// Opened at this instant or later.
    pub created_from: Option<Timestamp>,
    /// Opened before this instant.
    pub created_before: Option<Timestamp>,
    /// Without an end of their own, or with one.
    pub permanent: Option<bool>,
    /// With one of these handles.
    pub handles: Option<Vec<String>>,
    /// Without this handle.
    pub except_handle: Option<String>,
}

impl SessionFilter {
    /// Those that are honoured at `now`.
    #[must_use]
    pub fn live(now: Timestamp) -> Self {
        Self { live_at: Some(now), ..Self::default() }
    }

    /// The one with that handle, if it is honoured at `now`.
    #[must_use]
    pub fn handle(handle: &str, now: Timestamp) -> Self {
        Self { handles: Some(vec![handle.to_owned()]), ..Self::live(now) }
    }

    /// Whether a session meets every condition.
    #[must_use]
    pub fn admits(&self, session: &Session) -> bool {
        session.ended_at.is_none()
            && self.live_at.is_none_or(|now| session.is_live(now))
            && self.created_from.is_none_or(|from| from <= session.created_at)
            && self.created_before.is_none_or(|end| session.created_at < end)
            && self.permanent.is_none_or(|permanent| session.expires_at.is_none() == permanent)
            && self.handles.as_ref().is_none_or(|handles| handles.contains(&session.handle))
            && self.except_handle.as_ref().is_none_or(|handle| *handle != session.handle)
    }
}
