//! How much longer sessions live, between two writes to the store.
//!
//! Every request moves the end of its session. Writing that each time would cost more than the request, so new ends are
//! kept in memory and written together, about once a second; a crash shortens sessions by no more than that.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use portcullis_kernel::{Timestamp, TokenDigest};

/// Ends that the store may not know yet, by the digest of the credential.
#[derive(Default)]
pub(super) struct Extensions {
    ends: Mutex<HashMap<[u8; 32], Timestamp>>,
}

impl Extensions {
    /// The end that was noted for a session. To be asked before the row is read: what is not noted any more is in the
    /// row by then.
    pub(super) fn end(&self, session: TokenDigest) -> Option<Timestamp> {
        self.lock().get(session.as_bytes()).copied()
    }

    /// Notes an end; it never moves backwards.
    pub(super) fn note(&self, session: TokenDigest, end: Timestamp) {
        let mut ends = self.lock();
        let noted = ends.entry(*session.as_bytes()).or_insert(end);
        *noted = end.max(*noted);
    }

    /// Everything noted, which stays noted until it is [`Self::forget`]ten.
    pub(super) fn noted(&self) -> Vec<(TokenDigest, Timestamp)> {
        self.lock().iter().map(|(digest, end)| (TokenDigest::from_bytes(*digest), *end)).collect()
    }

    /// Forgets what was written, unless it was noted anew meanwhile.
    pub(super) fn forget(&self, written: &[(TokenDigest, Timestamp)]) {
        let mut ends = self.lock();
        for (digest, end) in written {
            if ends.get(digest.as_bytes()) == Some(end) {
                ends.remove(digest.as_bytes());
            }
        }
    }

    /// A holder of the lock can only have panicked before or after a whole entry, so the map is good all the same.
    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Timestamp>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_while_it_is_written_stays() {
        let (extensions, session) = (Extensions::default(), TokenDigest::of("cookie"));
        let at = Timestamp::from_seconds;
        extensions.note(session, at(5));
        extensions.note(session, at(3));
        let written = extensions.noted();
        assert_eq!(written, [(session, at(5))]);
        extensions.note(session, at(9));
        extensions.forget(&written);
        assert_eq!(extensions.end(session), Some(at(9)));
        extensions.forget(&extensions.noted());
        assert_eq!(extensions.end(session), None);
    }
}
