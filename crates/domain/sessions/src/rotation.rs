//! Whether a refresh token is good for a refresh; no port in sight.

use portcullis_kernel::Timestamp;

use crate::{Refresh, RefreshPolicy, Refreshable};

/// What is asked of a refresh token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand<'a> {
    pub(crate) typed: Option<&'a str>,
    pub(crate) policy: RefreshPolicy,
    /// Whether the refresh revives a session past its time.
    pub(crate) extends: bool,
    pub(crate) admit_pending: bool,
}

impl<'a> Demand<'a> {
    pub(crate) fn of(command: &'a Refresh) -> Self {
        Self {
            typed: command.typed.as_deref(),
            policy: command.policy,
            extends: command.extend.is_some(),
            admit_pending: command.admit_pending,
        }
    }
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    Grant,
    Refuse,
    CapReached,
    Reuse,
}

/// Judges a token. The cap comes before everything but existence (wikimedia contract §3.2); a token whose session
/// ended no longer exists.
pub(crate) fn rule(found: &Refreshable, demand: Demand<'_>, now: Timestamp) -> Ruling {
    let Refreshable { token, session, subject, successor_used } = found;
    if session.ended_at.is_some() {
        return Ruling::Refuse;
    }
    if let RefreshPolicy::Fixed { cap: Some(cap) } = demand.policy
        && token.refreshes >= cap
    {
        return Ruling::CapReached;
    }
    let named = |typed| subject.username.as_ref().is_some_and(|name| name.as_str() == typed);
    let good = demand.typed.is_none_or(named)
        && subject.state.admits(demand.admit_pending)
        && now < token.expires_at
        && (demand.extends || session.is_live(now));
    if !good {
        return Ruling::Refuse;
    }
    match (demand.policy, token.used_at) {
        (RefreshPolicy::Fixed { .. }, _) | (RefreshPolicy::Rotating { .. }, None) => Ruling::Grant,
        (RefreshPolicy::Rotating { grace, .. }, Some(used_at)) => {
            let honest = now.since(used_at) <= grace || !successor_used;
            if honest { Ruling::Grant } else { Ruling::Reuse }
        }
    }
}
