//! The two write-sets that a right answer can lead to: a session, or a challenge.

use std::time::Duration;

use portcullis_kernel::{
    AuditAction, AuditEvent, Client, Effects, OneTime, OneTimeId, OneTimeSecret, PasswordHash, PortResult,
    Purpose, Throttle, Token,
};

use crate::draft::Draft;
use crate::{
    Challenge, Demands, FactorDemand, FactorOrder, HaltSignIn, OpenSession, OpenWrite, Opened, Sending,
    SessionPlan, Sessions, Subject,
};

/// A sign-in that has proved everything it has to prove at this point.
pub(crate) struct Proven {
    pub(crate) subject: Subject,
    pub(crate) client: Client,
    /// What the audit trail calls the act.
    pub(crate) action: AuditAction,
    /// And what it says about it.
    pub(crate) detail: Option<&'static str>,
    /// The challenge that was answered.
    pub(crate) consumes: Option<OneTimeId>,
    pub(crate) throttle: Throttle,
}

/// How often a session is drawn until its handle is the account's only one: with ten thousand sessions the second
/// draw is needed once in half a million times.
pub(crate) const DRAWS: u32 = 5;

/// The hashes around an open.
#[derive(Default)]
pub(crate) struct Hashes {
    pub(crate) expected: Option<PasswordHash>,
    pub(crate) upgraded: Option<PasswordHash>,
}

/// What to ask for before the session opens.
pub(crate) struct Question {
    pub(crate) purpose: Purpose,
    pub(crate) target: Option<String>,
    pub(crate) lifetime: Duration,
}

/// What became of a write-set.
pub(crate) enum Written<T> {
    Done(T),
    Stale,
    Exhausted { retry_after: Duration },
}

impl<T> Written<T> {
    fn of(write: OpenWrite, value: T) -> Self {
        match write {
            OpenWrite::Done => Self::Done(value),
            OpenWrite::Stale | OpenWrite::HandleTaken => Self::Stale,
            OpenWrite::Exhausted { retry_after } => Self::Exhausted { retry_after },
        }
    }

    pub(crate) fn map<U>(self, wrap: impl FnOnce(T) -> U) -> Written<U> {
        match self {
            Self::Done(value) => Written::Done(wrap(value)),
            Self::Stale => Written::Stale,
            Self::Exhausted { retry_after } => Written::Exhausted { retry_after },
        }
    }
}

impl Sessions {
    pub(crate) async fn open(
        &self,
        proven: Proven,
        hashes: Hashes,
        plan: SessionPlan,
    ) -> PortResult<Written<Opened>> {
        let mut draws = 1;
        loop {
            let mut draft = Draft::new(self.ambient(), &proven.subject, &proven.client, plan);
            let FactorDemand { challenges, sending } = self.demand(&proven, &draft, plan).await?;
            draft.put(challenges);
            let write = self.opening(&proven, &hashes, &draft);
            match self.write(write, sending).await? {
                OpenWrite::HandleTaken if draws < DRAWS => draws += 1,
                written => {
                    let last_sign_in_at = Some(draft.session.created_at);
                    let subject = Subject { last_sign_in_at, ..proven.subject };
                    return Ok(Written::of(written, draft.into_opened(subject)));
                }
            }
        }
    }

    fn opening(&self, proven: &Proven, hashes: &Hashes, draft: &Draft) -> OpenSession {
        let event = self.event(proven).session(draft.session.id);
        let event = if draft.session.is_challenged() { event.detail(AuditEvent::CHALLENGED) } else { event };
        OpenSession {
            session: draft.session.clone(),
            refresh: draft.refresh_row(),
            demands: Demands { challenges: draft.challenges(), codes: Vec::new() },
            expected_hash: hashes.expected.clone(),
            upgraded_hash: hashes.upgraded.clone(),
            consumes: proven.consumes,
            device: proven.client.device(),
            throttle: proven.throttle.clone(),
            effects: Effects::audit(event),
        }
    }

    /// What the session must be asked by its plan.
    pub(crate) async fn demand(
        &self,
        proven: &Proven,
        draft: &Draft,
        plan: SessionPlan,
    ) -> PortResult<FactorDemand> {
        let Some(plan) = plan.challenges else { return Ok(FactorDemand::default()) };
        let subject = &proven.subject;
        let order = FactorOrder {
            session: draft.session.id,
            company: subject.company,
            company_slug: subject.company_slug.clone(),
            account: subject.id,
            plan,
            client: proven.client.clone(),
        };
        self.ports.factors.demand(order).await
    }

    /// Writes, and sends a code along if its budget has room; a session is opened without the code otherwise.
    async fn write(&self, write: OpenSession, sending: Option<Sending>) -> PortResult<OpenWrite> {
        if let Some(sending) = sending {
            let written = self.ports.sign_in.open(write.clone().sending(sending)).await?;
            if !matches!(written, OpenWrite::Exhausted { .. }) {
                return Ok(written);
            }
        }
        self.ports.sign_in.open(write).await
    }

    pub(crate) async fn halt(&self, proven: Proven, question: Question) -> PortResult<Written<Challenge>> {
        let (token, now) = (self.ambient().token(), self.ambient().now());
        let challenge = OneTime {
            target: question.target,
            ..OneTime::issue(
                self.ambient().fresh(),
                (proven.subject.company, proven.subject.id),
                question.purpose,
                OneTimeSecret::Token(token.digest()),
                (now, question.lifetime),
            )
        };
        let expires_at = challenge.expires_at;
        let event = self.event(&proven).detail(match question.purpose {
            Purpose::NewPasswordChallenge => AuditEvent::AWAITS_PASSWORD,
            _ => AuditEvent::AWAITS_FACTOR,
        });
        let write = HaltSignIn {
            challenge,
            consumes: proven.consumes,
            throttle: proven.throttle,
            effects: Effects::audit(event),
        };
        let written = self.ports.sign_in.halt(write).await?;
        Ok(Written::of(written, Challenge { token, expires_at }))
    }

    fn event(&self, proven: &Proven) -> AuditEvent {
        let event = AuditEvent::new(self.ambient(), proven.action, &proven.client)
            .company(proven.subject.company)
            .account(proven.subject.id);
        AuditEvent { detail: proven.detail, ..event }
    }
}

impl OpenSession {
    fn sending(mut self, Sending { code, charge, effects }: Sending) -> Self {
        self.demands.codes.push(code);
        self.throttle.within.extend(charge.iter().copied());
        self.throttle.charge.extend(charge);
        self.effects.messages.extend(effects.messages);
        self.effects.audit.extend(effects.audit);
        self
    }
}

/// A fingerprint of a password hash: a challenge that carries it dies with the password it was earned by.
pub(crate) fn fingerprint(hash: &PasswordHash) -> String {
    use std::fmt::Write;
    let digest = Token::from_text(hash.as_str()).digest();
    digest.as_bytes().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
