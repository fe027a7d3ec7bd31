//! The threads that hash.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::thread;

use tokio::time::Instant;

use super::Shared;
use super::desk::Assignment;
use crate::memory::Memory;

/// Starts the thread `hash-<number>`.
pub(super) fn start(shared: Arc<Shared>, number: usize) -> io::Result<()> {
    thread::Builder::new().name(format!("hash-{number}")).spawn(move || serve(&shared)).map(drop)
}

fn serve(shared: &Shared) {
    while let Some(assignment) = next(shared) {
        perform(shared, assignment);
    }
}

/// Waits for a job; `None` when there is nothing left to stay for.
fn next(shared: &Shared) -> Option<Assignment> {
    let mut desk = shared.desk();
    loop {
        if !desk.is_closed()
            && let Some(assignment) = desk.assign()
        {
            if assignment.more {
                shared.bell.notify_one();
            }
            return Some(assignment);
        }
        let mut expired = desk.is_closed();
        if !expired {
            desk.rest();
            let woken = shared.bell.wait_timeout(desk, shared.idle_after);
            let (guard, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
            desk = guard;
            desk.rise();
            expired = timeout.timed_out() && desk.is_quiet();
        }
        if expired {
            let buffers = desk.retire();
            drop(desk);
            drop(buffers);
            return None;
        }
    }
}

fn perform(shared: &Shared, assignment: Assignment) {
    let Assignment { footprint, work, grant, .. } = assignment;
    drop(grant.evicted);
    let mut memory = grant.memory;
    let started = Instant::now();
    // A panic drops the job's reply, which its caller sees; the thread and the books go on.
    if catch_unwind(AssertUnwindSafe(|| work(&mut memory))).is_err() {
        memory = Memory::default();
    }
    let surplus = shared.desk().finish(footprint, memory, started.elapsed());
    drop(surplus);
}
