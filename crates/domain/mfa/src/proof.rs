//! What a typed code proves; no port in sight.

use portcullis_kernel::{AuthenticatorId, OneTime, OneTimeId, OneTimeSecret, Timestamp};

use crate::{Authenticator, Factor, Proof, RecoveryCode, Totp};

/// How many wrong guesses a sent code survives, whatever the account's budget says.
const MAX_GUESSES: u32 = 5;

/// What a code turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// A proof that was not spent when it was looked up.
    Proof(AuthenticatorId, Proof),
    /// A proof that is spent.
    Spent,
    /// Nothing.
    Wrong,
}

impl Finding {
    /// The better of two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Proof(..), _) | (Self::Spent, Self::Spent | Self::Wrong) => self,
            (Self::Spent | Self::Wrong, _) => other,
        }
    }
}

/// An authenticator that may explain a code, with the newest code sent for it.
pub(crate) struct Suspect {
    pub(crate) authenticator: Authenticator,
    pub(crate) sent: Option<OneTime>,
}

/// Finds what `code` proves. Looks at every suspect and at every recovery code, so that the time it takes does not
/// tell where a match was. `step_of` names the time step of a matching time-based code.
pub(crate) fn find(
    suspects: &[Suspect],
    code: &str,
    now: Timestamp,
    step_of: impl Fn(&Totp) -> Option<u64>,
) -> Finding {
    suspects.iter().fold(Finding::Wrong, |best, suspect| {
        let id = suspect.authenticator.id;
        let found = match &suspect.authenticator.factor {
            Factor::Totp(totp) => by_time(id, totp, step_of(totp)),
            Factor::Static { codes } => by_list(id, codes, code),
            Factor::Sms { .. } => by_message(id, suspect.sent.as_ref(), code, now),
        };
        best.or(found)
    })
}

/// The sent codes that a guess is compared with.
pub(crate) fn guessed_at(suspects: &[Suspect]) -> Vec<OneTimeId> {
    suspects.iter().filter_map(|suspect| suspect.sent.as_ref()).map(|sent| sent.id).collect()
}

fn by_time(id: AuthenticatorId, totp: &Totp, step: Option<u64>) -> Finding {
    match step {
        Some(step) if totp.last_step.is_none_or(|last| step > last) => {
            Finding::Proof(id, Proof::TimeStep(step))
        }
        Some(_) => Finding::Spent,
        None => Finding::Wrong,
    }
}

fn by_list(id: AuthenticatorId, codes: &[RecoveryCode], typed: &str) -> Finding {
    let typed = typed.trim().to_ascii_lowercase();
    (0..).zip(codes).fold(Finding::Wrong, |best, (position, entry)| {
        let found = match (entry.code.matches(&typed), entry.used_at) {
            (true, None) => Finding::Proof(id, Proof::RecoveryCode(position)),
            (true, Some(_)) => Finding::Spent,
            (false, _) => Finding::Wrong,
        };
        best.or(found)
    })
}

fn by_message(id: AuthenticatorId, sent: Option<&OneTime>, typed: &str, now: Timestamp) -> Finding {
    let Some(sent) = sent else { return Finding::Wrong };
    let right = match &sent.secret {
        OneTimeSecret::Code(code) => code.matches(typed),
        OneTimeSecret::Token(_) => false,
    };
    match (right, sent.is_usable(now, MAX_GUESSES), sent.consumed_at) {
        (true, true, _) => Finding::Proof(id, Proof::SentCode(sent.id)),
        (true, false, Some(_)) => Finding::Spent,
        (true, false, None) | (false, ..) => Finding::Wrong,
    }
}
