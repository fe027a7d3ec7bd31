//! The loop under every change of an account: read, change, write; again if somebody else was faster.

use portcullis_kernel::{AuditAction, AuditEvent, Client, Effects, PortError, PortResult, SessionSweep};

use crate::{Account, Accounts, AmendAccount, Amendment, Taken};

/// How often a change is tried on a fresh reading before the account counts as too busy.
pub(crate) const EDIT_ATTEMPTS: usize = 5;

/// What a changed account leaves in the audit trail.
#[derive(Clone, Copy)]
pub(crate) struct Trace<'a> {
    pub(crate) action: AuditAction,
    pub(crate) client: &'a Client,
}

impl Accounts {
    /// Writes `change` on top of whatever the account is by now, and answers it as it is then. A change that
    /// changes nothing is not written. An account that may no longer sign in loses its sessions.
    pub(crate) async fn edit(
        &self,
        account: Account,
        trace: Trace<'_>,
        change: impl Fn(&mut Account) + Send + Sync,
    ) -> PortResult<Result<Account, Taken>> {
        let change = |account: &mut Account| {
            change(account);
            Ok::<_, PortError>(())
        };
        self.revise(account, trace, change).await
    }

    /// Like [`Self::edit`], for a change that the account may be in no state for: then nothing is written.
    pub(crate) async fn revise<E: From<PortError>>(
        &self,
        mut account: Account,
        trace: Trace<'_>,
        change: impl Fn(&mut Account) -> Result<(), E> + Send + Sync,
    ) -> Result<Result<Account, Taken>, E> {
        for _ in 0..EDIT_ATTEMPTS {
            let mut changed = account.clone();
            change(&mut changed)?;
            if changed == account {
                return Ok(Ok(account));
            }
            changed.updated_at = self.ports.ambient.now();
            match self.ports.accounts.amend(self.amendment(&account, &changed, trace)).await? {
                Amendment::Done => {
                    changed.version += 1;
                    return Ok(Ok(changed));
                }
                Amendment::Taken(taken) => return Ok(Err(taken)),
                Amendment::Stale => account = self.reread(&account).await?,
            }
        }
        Err(too_busy().into())
    }

    pub(crate) async fn reread(&self, account: &Account) -> PortResult<Account> {
        let found = self.by_id(account.company, account.id).await?;
        found.ok_or_else(|| PortError::broken("an account vanished while it was changed"))
    }

    fn amendment(&self, before: &Account, after: &Account, trace: Trace<'_>) -> AmendAccount {
        let shut_out = before.state.admits(true) && !after.state.admits(true);
        let event = AuditEvent::new(&self.ports.ambient, trace.action, trace.client)
            .company(after.company)
            .account(after.id)
            .detail(what_changed(before, after));
        AmendAccount {
            account: after.clone(),
            sweep: if shut_out { SessionSweep::ALL } else { SessionSweep::NONE },
            effects: Effects::audit(event),
        }
    }
}

pub(crate) fn too_busy() -> PortError {
    PortError::unavailable("the account kept changing while it was written")
}

fn what_changed(before: &Account, after: &Account) -> &'static str {
    match (before.state != after.state, before.role != after.role, before.labels != after.labels) {
        (true, false, false) => "state",
        (false, true, false) => "role",
        (false, false, true) => "labels",
        _ => "several",
    }
}
