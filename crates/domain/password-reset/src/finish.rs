//! The last step of every reset: hash with nothing held, then one write-set.

use portcullis_kernel::{AuditEvent, Effects, OneTimeId, Password, PortResult, SessionSweep, Throttle};

use crate::{CompleteReset, Completion, PasswordResets, ResetSubject, letters};

/// A reset whose secret proved right and whose password passed the policy.
pub(crate) struct Proved {
    pub(crate) secret: OneTimeId,
    pub(crate) subject: ResetSubject,
    pub(crate) password: Password,
    pub(crate) sweep: SessionSweep,
    pub(crate) throttle: Throttle,
    pub(crate) event: AuditEvent,
}

impl PasswordResets {
    pub(crate) async fn finish(&self, proved: Proved) -> PortResult<Completion> {
        let subject = proved.subject;
        let hash = self.hasher.hash(subject.company, proved.password).await?;
        let mut effects = Effects::audit(proved.event.company(subject.company).account(subject.account));
        if let Some(email) = &subject.email {
            effects = effects.and_send(letters::password_changed(&self.ambient, &subject, email));
        }
        let at = self.ambient.now();
        let write = CompleteReset {
            secret: proved.secret,
            account: subject.account,
            hash,
            expires_at: self.expiry(at),
            sweep: proved.sweep,
            throttle: proved.throttle,
            at,
            effects,
        };
        self.store.complete(write).await
    }
}
