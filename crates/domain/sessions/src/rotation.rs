//! Whether a refresh token is good for a refresh; no port in sight.

use portcullis_kernel::Timestamp;

use crate::{LookupRule, Refresh, RefreshPolicy, Refreshable, SessionKind, Subject};

/// What is asked of a refresh token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand<'a> {
    pub(crate) kinds: &'static [SessionKind],
    pub(crate) typed: Option<&'a str>,
    pub(crate) policy: RefreshPolicy,
    /// Whether the refresh revives a session past its time.
    pub(crate) extends: bool,
    pub(crate) admit_pending: bool,
}

impl<'a> Demand<'a> {
    pub(crate) fn of(command: &'a Refresh) -> Self {
        Self {
            kinds: command.kinds,
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
/// is over no longer exists, nor does one of another kind of session.
pub(crate) fn rule(found: &Refreshable, demand: Demand<'_>, now: Timestamp) -> Ruling {
    let Refreshable { token, session, subject, successor_used } = found;
    if session.is_over(now) || !demand.kinds.contains(&session.kind) {
        return Ruling::Refuse;
    }
    if let RefreshPolicy::Fixed { cap: Some(cap) } = demand.policy
        && token.refreshes >= cap
    {
        return Ruling::CapReached;
    }
    let good = demand.typed.is_none_or(|typed| names(typed, subject))
        && subject.state.admits(demand.admit_pending)
        && now < token.expires_at
        && (demand.extends || session.is_live(now));
    if !good {
        return Ruling::Refuse;
    }
    match (demand.policy, token.used_at) {
        (RefreshPolicy::Fixed { .. }, _)
        | (RefreshPolicy::Rotating { .. } | RefreshPolicy::SingleUse { .. }, None) => Ruling::Grant,
        (RefreshPolicy::SingleUse { .. }, Some(_)) => Ruling::Refuse,
        (RefreshPolicy::Rotating { grace, .. }, Some(used_at)) => {
            let honest = now.since(used_at) <= grace || !successor_used;
            if honest { Ruling::Grant } else { Ruling::Reuse }
        }
    }
}

/// Whether a refresh may name the account so: by its username to the letter; an account without one goes by its id or
/// verified e-mail address.
fn names(typed: &str, subject: &Subject) -> bool {
    match &subject.username {
        Some(name) => name.as_str() == typed,
        None => {
            subject.id.to_string() == typed || LookupRule::ExactUsernameOrVerifiedEmail.admits(typed, subject)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use portcullis_kernel::AccountState;

    use super::*;
    use crate::examples::{at, refreshable};

    const ROTATING: RefreshPolicy =
        RefreshPolicy::Rotating { grace: Duration::from_secs(10), lifetime: Duration::from_secs(1_000) };

    fn demand(policy: RefreshPolicy) -> Demand<'static> {
        Demand { kinds: &[SessionKind::Jwt], typed: None, policy, extends: false, admit_pending: false }
    }

    #[test]
    fn a_rotating_token_may_be_repeated_only_honestly() {
        let table = [
            // first used at, successor used, asked at, ruling
            (None, false, 100, Ruling::Grant),
            (Some(100), true, 105, Ruling::Grant),
            (Some(100), true, 110, Ruling::Grant),
            (Some(100), true, 111, Ruling::Reuse),
            (Some(100), false, 111, Ruling::Grant),
            (Some(100), false, 900, Ruling::Grant),
            (Some(100), false, 1_000, Ruling::Refuse),
            (Some(100), true, 1_000, Ruling::Refuse),
        ];
        for (used_at, successor_used, now, ruling) in table {
            let mut found = Refreshable { successor_used, ..refreshable() };
            found.token.used_at = used_at.map(at);
            assert_eq!(rule(&found, demand(ROTATING), at(now)), ruling, "{used_at:?} {successor_used} {now}");
        }
    }

    #[test]
    fn a_single_use_token_that_was_used_is_worth_nothing_at_once() {
        let policy = RefreshPolicy::SingleUse { lifetime: Duration::from_secs(1_000) };
        let mut found = refreshable();
        assert_eq!(rule(&found, demand(policy), at(100)), Ruling::Grant);
        found.token.used_at = Some(at(100));
        assert_eq!(rule(&found, demand(policy), at(100)), Ruling::Refuse);
    }

    #[test]
    fn a_fixed_token_knows_its_cap_and_nothing_of_reuse() {
        for (cap, refreshes, ruling) in
            [(None, 1_000, Ruling::Grant), (Some(2), 1, Ruling::Grant), (Some(2), 2, Ruling::CapReached)]
        {
            let mut found = Refreshable { successor_used: true, ..refreshable() };
            found.token.refreshes = refreshes;
            assert_eq!(rule(&found, demand(RefreshPolicy::Fixed { cap }), at(500)), ruling, "{cap:?}");
        }
    }

    #[test]
    fn the_cap_comes_before_everything_but_an_ended_session() {
        let policy = RefreshPolicy::Fixed { cap: Some(0) };
        let demand = Demand { typed: Some("stranger"), ..demand(policy) };
        let mut found = refreshable();
        assert_eq!(rule(&found, demand, at(5_000)), Ruling::CapReached);
        found.session.ended_at = Some(at(50));
        assert_eq!(rule(&found, demand, at(100)), Ruling::Refuse);
        let elsewhere = Demand { kinds: &[SessionKind::Opaque, SessionKind::Cookie], ..demand };
        assert_eq!(rule(&refreshable(), elsewhere, at(100)), Ruling::Refuse, "a token of another door");
    }

    #[test]
    fn what_does_not_fit_is_refused_and_never_taken_for_reuse() {
        let mut found = Refreshable { successor_used: true, ..refreshable() };
        found.token.used_at = Some(at(1));
        let stranger = Demand { typed: Some("stranger"), ..demand(ROTATING) };
        assert_eq!(rule(&found, stranger, at(100)), Ruling::Refuse);
        let pending = Refreshable {
            subject: Subject { state: AccountState::Pending, ..found.subject.clone() },
            ..found
        };
        assert_eq!(rule(&pending, demand(ROTATING), at(100)), Ruling::Refuse);
    }

    #[test]
    fn nothing_revives_a_session_whose_challenge_was_not_answered_in_time() {
        let mut found = refreshable();
        found.session.challenged_until = Some(at(100));
        let extending = Demand { extends: true, ..demand(ROTATING) };
        assert_eq!(rule(&found, extending, at(99)), Ruling::Grant);
        assert_eq!(rule(&found, extending, at(100)), Ruling::Refuse);
    }

    #[test]
    fn an_account_without_a_username_goes_by_its_id_or_verified_address() {
        let email = portcullis_kernel::Email::parse("ada@example.com").unwrap();
        let mut found = refreshable();
        let id = found.subject.id.to_string();
        let ruling = |found: &Refreshable, typed: &str| {
            let policy = RefreshPolicy::Fixed { cap: None };
            rule(found, Demand { typed: Some(typed), ..demand(policy) }, at(100))
        };
        found.subject.email = Some(email);
        found.subject.email_verified = true;
        let names = [id.as_str(), "ada@example.com", "Ada"];
        assert_eq!(names.map(|name| ruling(&found, name)), [Ruling::Refuse, Ruling::Refuse, Ruling::Grant]);
        found.subject.username = None;
        assert_eq!(names.map(|name| ruling(&found, name)), [Ruling::Grant, Ruling::Grant, Ruling::Refuse]);
        found.subject.email_verified = false;
        assert_eq!(names.map(|name| ruling(&found, name)), [Ruling::Grant, Ruling::Refuse, Ruling::Refuse]);
    }

    #[test]
    fn only_an_extension_revives_a_session_past_its_time() {
        let mut found = refreshable();
        found.session.expires_at = Some(at(50));
        assert_eq!(rule(&found, demand(ROTATING), at(100)), Ruling::Refuse);
        let extending = Demand { extends: true, ..demand(ROTATING) };
        assert_eq!(rule(&found, extending, at(100)), Ruling::Grant);
    }
}
