//! What follows from a password and a second factor; no port in sight.

use std::time::Duration;

use portcullis_kernel::{AccountState, Timestamp, Verdict};

use crate::{Candidate, FactorCheck, PasswordState};

/// What a compared password is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// Nothing, for the given reason: it is counted.
    Wrong(&'static str),
    /// It is right, but the account's state keeps it out.
    NotAdmitted(AccountState),
    /// It is right.
    Right {
        /// But must be replaced before it opens anything.
        replace: bool,
    },
}

/// Judges a comparison; one with nobody is a [`Verdict::Mismatch`].
pub(crate) fn judge(
    candidate: Option<&Candidate>,
    verdict: Verdict,
    admit_pending: bool,
    now: Timestamp,
) -> Judgement {
    let Some(candidate) = candidate else { return Judgement::Wrong("unknown account") };
    let Some(password) = &candidate.password else { return Judgement::Wrong("no password") };
    if verdict == Verdict::Mismatch {
        return Judgement::Wrong("wrong password");
    }
    if password.has_lapsed(now) {
        return Judgement::Wrong("temporary password past its time");
    }
    let state = candidate.subject.state;
    if state.admits(admit_pending) {
        Judgement::Right { replace: password.must_be_replaced(now) }
    } else {
        Judgement::NotAdmitted(state)
    }
}

impl PasswordState {
    /// Whether it was temporary and its time is over.
    pub(crate) fn has_lapsed(&self, now: Timestamp) -> bool {
        self.temporary_until.is_some_and(|end| end <= now)
    }

    /// Whether it opens nothing until it is replaced.
    pub(crate) fn must_be_replaced(&self, now: Timestamp) -> bool {
        self.temporary_until.is_some() || self.expires_at.is_some_and(|expiry| expiry <= now)
    }
}

/// How an account and an attempt stand about a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FactorStanding {
    /// The account has none.
    NotEnrolled,
    /// The session is challenged once it is open, if the account has one.
    AskedLater,
    /// The account has one, the attempt brought no code.
    Open,
    /// The attempt brought a code.
    Answered(FactorCheck),
}

/// Where a sign-in with a right password goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Open,
    AskNewPassword { factor_checked: bool },
    AskSecondFactor,
    Refuse(Refusal),
}

/// Why a right password opened nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotAdmitted(AccountState),
    PasswordExpired,
    SecondFactorRequired,
    WrongSecondFactor,
    SecondFactorUsed,
    SecondFactorExhausted { retry_after: Duration },
}

/// Decides after a right password of an admitted account. `challenges` says whether the door can ask back.
pub(crate) fn next_step(factor: FactorStanding, replace: bool, challenges: bool) -> Step {
    let factor_checked = match factor {
        FactorStanding::NotEnrolled | FactorStanding::AskedLater => false,
        FactorStanding::Answered(FactorCheck::Accepted) => true,
        FactorStanding::Open if challenges => return Step::AskSecondFactor,
        FactorStanding::Open => return Step::Refuse(Refusal::SecondFactorRequired),
        FactorStanding::Answered(FactorCheck::Wrong) => return Step::Refuse(Refusal::WrongSecondFactor),
        FactorStanding::Answered(FactorCheck::AlreadyUsed) => return Step::Refuse(Refusal::SecondFactorUsed),
        FactorStanding::Answered(FactorCheck::Exhausted { retry_after }) => {
            return Step::Refuse(Refusal::SecondFactorExhausted { retry_after });
        }
    };
    match (replace, challenges) {
        (false, _) => Step::Open,
        (true, true) => Step::AskNewPassword { factor_checked },
        (true, false) => Step::Refuse(Refusal::PasswordExpired),
    }
}

#[cfg(test)]
mod tests {
    use portcullis_kernel::PasswordHash;

    use super::*;
    use crate::examples::{at, subject};

    fn candidate(state: AccountState, password: Option<PasswordState>) -> Candidate {
        Candidate { subject: crate::Subject { state, ..subject() }, password, known_device: false }
    }

    fn password(temporary_until: Option<i64>, expires_at: Option<i64>) -> PasswordState {
        let hash = PasswordHash::from_text("hash");
        PasswordState { hash, temporary_until: temporary_until.map(at), expires_at: expires_at.map(at) }
    }

    /// Judged at second 100, at a door that keeps pending accounts out.
    fn judged(state: AccountState, password: PasswordState, verdict: Verdict) -> Judgement {
        judge(Some(&candidate(state, Some(password))), verdict, false, at(100))
    }

    #[test]
    fn wrong_is_wrong_whatever_else_holds() {
        let wrong = |judgement| matches!(judgement, Judgement::Wrong(_));
        assert!(wrong(judge(None, Verdict::Mismatch, true, at(100))));
        let without = candidate(AccountState::Active, None);
        assert!(wrong(judge(Some(&without), Verdict::Mismatch, true, at(100))));
        for state in AccountState::ALL {
            assert!(wrong(judged(state, password(None, None), Verdict::Mismatch)), "{state}");
            assert!(wrong(judged(state, password(Some(100), None), Verdict::Match)), "{state}");
        }
    }

    #[test]
    fn the_state_comes_before_the_age_of_a_right_password() {
        for state in AccountState::ALL {
            let expected = match state {
                AccountState::Active => Judgement::Right { replace: true },
                kept_out => Judgement::NotAdmitted(kept_out),
            };
            assert_eq!(judged(state, password(None, Some(100)), Verdict::Match), expected);
        }
        let pending = candidate(AccountState::Pending, Some(password(None, None)));
        let judgement = judge(Some(&pending), Verdict::MatchOutdated, true, at(100));
        assert_eq!(judgement, Judgement::Right { replace: false });
    }

    #[test]
    fn temporary_and_expired_passwords_must_be_replaced() {
        let table = [
            (None, None, false),
            (None, Some(101), false),
            (None, Some(100), true),
            (Some(101), None, true),
            (Some(101), Some(101), true),
        ];
        for (temporary, expires, replace) in table {
            let judgement = judged(AccountState::Active, password(temporary, expires), Verdict::Match);
            assert_eq!(judgement, Judgement::Right { replace }, "{temporary:?} {expires:?}");
        }
    }

    #[test]
    fn the_second_factor_comes_before_the_new_password() {
        use FactorStanding::{Answered, AskedLater, NotEnrolled, Open};
        let ask = |factor_checked| Step::AskNewPassword { factor_checked };
        let table = [
            // factor, replace, challenges, step
            (NotEnrolled, false, false, Step::Open),
            (NotEnrolled, false, true, Step::Open),
            (NotEnrolled, true, false, Step::Refuse(Refusal::PasswordExpired)),
            (NotEnrolled, true, true, ask(false)),
            (AskedLater, false, false, Step::Open),
            (AskedLater, true, false, Step::Refuse(Refusal::PasswordExpired)),
            (Open, false, false, Step::Refuse(Refusal::SecondFactorRequired)),
            (Open, true, false, Step::Refuse(Refusal::SecondFactorRequired)),
            (Open, false, true, Step::AskSecondFactor),
            (Open, true, true, Step::AskSecondFactor),
            (Answered(FactorCheck::Accepted), false, false, Step::Open),
            (Answered(FactorCheck::Accepted), true, false, Step::Refuse(Refusal::PasswordExpired)),
            (Answered(FactorCheck::Accepted), true, true, ask(true)),
            (Answered(FactorCheck::Wrong), true, true, Step::Refuse(Refusal::WrongSecondFactor)),
            (Answered(FactorCheck::AlreadyUsed), false, true, Step::Refuse(Refusal::SecondFactorUsed)),
        ];
        for (factor, replace, challenges, step) in table {
            assert_eq!(next_step(factor, replace, challenges), step, "{factor:?} {replace} {challenges}");
        }
    }
}
