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
        FactorStanding::NotEnrolled => false,
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
