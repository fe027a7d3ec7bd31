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

#[cfg(test)]
mod tests {
    use portcullis_kernel::{
        AccountId, Code, CompanyId, Entropy, FreshId, Mobile, Purpose, Secret, TokenDigest,
    };

    use super::*;
    use crate::OtpAlgorithm;

    struct Fill(u8);
    impl Entropy for Fill {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn id<T: FreshId>(number: u8) -> T {
        T::fresh(at(0), &Fill(number))
    }

    fn suspect(number: u8, factor: Factor) -> Suspect {
        let authenticator = Authenticator {
            id: id(number),
            company: id::<CompanyId>(0),
            account: id::<AccountId>(0),
            name: String::new(),
            factor,
            verified_at: None,
            created_at: at(0),
            updated_at: at(0),
        };
        Suspect { authenticator, sent: None }
    }

    fn app(number: u8, last_step: Option<u64>) -> Suspect {
        let (secret, algorithm) = (Secret::new(""), OtpAlgorithm::Sha1);
        suspect(number, Factor::Totp(Totp { secret, algorithm, last_step }))
    }

    fn codes(number: u8, codes: &[(&str, Option<i64>)]) -> Suspect {
        let code = |(code, used_at): &(&str, Option<i64>)| RecoveryCode {
            code: Code::from_text(*code),
            used_at: used_at.map(at),
        };
        suspect(number, Factor::Static { codes: codes.iter().map(code).collect() })
    }

    /// A number that was sent `123456` at second 0, good for 300 seconds.
    fn phone(number: u8, change: impl FnOnce(&mut OneTime)) -> Suspect {
        let secret = OneTimeSecret::Code(Code::from_text("123456"));
        let whose = (id::<CompanyId>(0), id::<AccountId>(0));
        let life = (at(0), std::time::Duration::from_secs(300));
        let mut sent = OneTime::issue(id(number), whose, Purpose::FactorCode, secret, life);
        change(&mut sent);
        let mobile = Mobile::parse("+27821234567").unwrap();
        Suspect { sent: Some(sent), ..suspect(number, Factor::Sms { mobile }) }
    }

    fn found(suspects: &[Suspect], code: &str, step: Option<u64>) -> Finding {
        find(suspects, code, at(100), |_| step)
    }

    #[test]
    fn a_time_step_must_be_later_than_the_last() {
        let proof = |step| Finding::Proof(id(1), Proof::TimeStep(step));
        let table = [
            (None, Some(7), proof(7)),
            (Some(6), Some(7), proof(7)),
            (Some(7), Some(7), Finding::Spent),
            (Some(8), Some(7), Finding::Spent),
            (None, None, Finding::Wrong),
        ];
        for (last, step, finding) in table {
            assert_eq!(found(&[app(1, last)], "", step), finding, "{last:?} {step:?}");
        }
    }

    #[test]
    fn a_recovery_code_is_named_by_its_position() {
        let list = [codes(1, &[("aaaaaaaa", None), ("bbbbbbbb", Some(5)), ("cccccccc", None)])];
        let proof = |position| Finding::Proof(id(1), Proof::RecoveryCode(position));
        assert_eq!(found(&list, "aaaaaaaa", None), proof(0));
        assert_eq!(found(&list, " CCCCCCCC ", None), proof(2));
        assert_eq!(found(&list, "bbbbbbbb", None), Finding::Spent);
        assert_eq!(found(&list, "aaaaaaa", None), Finding::Wrong);
        let twice = [codes(1, &[("aaaaaaaa", Some(5)), ("aaaaaaaa", None)])];
        assert_eq!(found(&twice, "aaaaaaaa", None), proof(1), "an unused twin counts");
    }

    #[test]
    fn a_sent_code_is_good_until_it_is_used_expired_or_guessed_at_too_often() {
        let proof = Finding::Proof(id(1), Proof::SentCode(id(1)));
        let is = |change: fn(&mut OneTime), code, finding| {
            assert_eq!(found(&[phone(1, change)], code, None), finding);
        };
        is(|_| {}, "123456", proof);
        is(|_| {}, "654321", Finding::Wrong);
        is(|sent| sent.consumed_at = Some(at(50)), "123456", Finding::Spent);
        is(|sent| sent.consumed_at = Some(at(50)), "654321", Finding::Wrong);
        is(|sent| sent.expires_at = at(100), "123456", Finding::Wrong);
        is(|sent| sent.wrong_guesses = 4, "123456", proof);
        is(|sent| sent.wrong_guesses = 5, "123456", Finding::Wrong);
        is(|sent| sent.secret = OneTimeSecret::Token(TokenDigest::of("123456")), "123456", Finding::Wrong);
    }

    #[test]
    fn a_proof_outweighs_a_spent_one_wherever_it_stands() {
        let proof = Finding::Proof(id(2), Proof::TimeStep(7));
        assert_eq!(found(&[app(1, Some(7)), app(2, None)], "", Some(7)), proof);
        assert_eq!(found(&[app(2, None), app(1, Some(7))], "", Some(7)), proof);
        assert_eq!(found(&[app(1, Some(7)), phone(3, |_| {})], "", Some(7)), Finding::Spent);
    }

    #[test]
    fn every_sent_code_is_counted_as_guessed_at() {
        assert_eq!(guessed_at(&[app(1, None), phone(2, |_| {}), phone(3, |_| {})]), [id(2), id(3)]);
    }
}
