//! The port, implemented.

use std::sync::Arc;

use async_trait::async_trait;
use portcullis_kernel::{
    CompanyId, Entropy, Password, PasswordHash, PasswordHasher, PortError, PortResult, Verdict,
};

use crate::formats::{self, StoredHash, Today};
use crate::scheduler::Scheduler;
use crate::settings::{InvalidSettings, Settings};

/// Makes Argon2id hashes (RFC 9106, version 19, PHC string format) and verifies those of many other systems:
///
/// | hash | written as | up to |
/// | --- | --- | --- |
/// | Argon2id, i, d | PHC string, or Django's `argon2$…` | 256 MiB, 16 iterations, 8 lanes |
/// | bcrypt | `$2a$`, `$2b$`, `$2y$`, or Django's `bcrypt$…`, `bcrypt_sha256$…` | cost 14 |
/// | PBKDF2 | Django's `pbkdf2_sha256$…`, `pbkdf2_sha1$…`; PHC and passlib `$pbkdf2-sha256$…`, `-sha512`, `$pbkdf2$…` | 2 000 000 iterations |
/// | scrypt | PHC and passlib `$scrypt$…`, Django's `scrypt$…` | n·r 2²¹ (256 MiB), n·r·p 2²² |
///
/// What cannot be read, costs more, or needs more memory than the whole budget, is a [`Verdict::Mismatch`] after the
/// work of comparing with a hash of today.
///
/// The methods must be awaited on a tokio runtime with time. Dropping the hasher never blocks: running jobs finish,
/// then their threads end.
pub struct Argon2Hasher {
    today: Today,
    budget_kib: u32,
    entropy: Arc<dyn Entropy>,
    scheduler: Scheduler,
}

/// Argon2 refused parameters that the settings had found sound.
#[derive(Debug, thiserror::Error)]
#[error("Argon2 refused the configured parameters")]
struct Refused;

impl Argon2Hasher {
    /// Checks the settings; starts no thread yet.
    pub fn new(settings: &Settings, entropy: Arc<dyn Entropy>) -> Result<Self, InvalidSettings> {
        settings.check()?;
        let (today, scheduler) = (Today::new(settings.params), Scheduler::new(settings));
        Ok(Self { today, budget_kib: settings.budget_kib(), entropy, scheduler })
    }

    /// How many jobs wait for their turn now.
    #[must_use]
    pub fn queue_depth(&self) -> usize {
        self.scheduler.waiting()
    }

    /// How many jobs are running now.
    #[must_use]
    pub fn busy(&self) -> usize {
        self.scheduler.running()
    }

    fn read(&self, hash: &PasswordHash) -> Option<Box<dyn StoredHash>> {
        formats::read(hash.as_str()).filter(|stored| stored.footprint().kib() <= self.budget_kib)
    }

    async fn compare(
        &self,
        company: CompanyId,
        password: Password,
        stored: Box<dyn StoredHash>,
    ) -> PortResult<Verdict> {
        let found = if stored.is_up_to(&self.today) { Verdict::Match } else { Verdict::MatchOutdated };
        let footprint = stored.footprint();
        let work = move |memory: &mut _| stored.matches(password.reveal(), memory);
        let matched = self.scheduler.run(company, footprint, work).await?;
        Ok(if matched { found } else { Verdict::Mismatch })
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, company: CompanyId, password: Password) -> PortResult<PasswordHash> {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        let today = self.today;
        let work = move |memory: &mut _| today.hash(password.reveal(), salt, memory);
        let text = self.scheduler.run(company, today.footprint(), work).await?;
        text.map(PasswordHash::from_text).ok_or_else(|| PortError::broken(Refused))
    }

    async fn verify(
        &self,
        company: CompanyId,
        password: Password,
        hash: PasswordHash,
    ) -> PortResult<Verdict> {
        match self.read(&hash) {
            Some(stored) => self.compare(company, password, stored).await,
            None => self.verify_nobody(company, password).await.map(|()| Verdict::Mismatch),
        }
    }

    fn reads(&self, hash: &PasswordHash) -> bool {
        self.read(hash).is_some()
    }

    async fn verify_nobody(&self, company: CompanyId, password: Password) -> PortResult<()> {
        let today = self.today;
        let work = move |memory: &mut _| today.spend(password.reveal(), memory);
        self.scheduler.run(company, today.footprint(), work).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use uuid::Uuid;

    use super::*;
    use crate::settings::Params;

    const SMALL: Params = Params { memory_kib: 64, iterations: 2, parallelism: 1 };

    struct Counting(AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn hasher(params: Params, memory_budget_mib: u32) -> Argon2Hasher {
        let settings = Settings { params, memory_budget_mib, ..Settings::default() };
        Argon2Hasher::new(&settings, Arc::new(Counting(AtomicU8::new(1)))).unwrap()
    }

    fn company() -> CompanyId {
        CompanyId::from_uuid(Uuid::from_u128(1))
    }

    async fn verdict(hasher: &Argon2Hasher, password: &str, hash: &str) -> Verdict {
        let (password, hash) = (Password::parse(password).unwrap(), PasswordHash::from_text(hash));
        hasher.verify(company(), password, hash).await.unwrap()
    }

    async fn hash(hasher: &Argon2Hasher, password: &str) -> String {
        let hash = hasher.hash(company(), Password::parse(password).unwrap()).await.unwrap();
        hash.as_str().to_owned()
    }

    #[tokio::test]
    async fn a_new_hash_matches_its_password_only() {
        let hasher = hasher(SMALL, 1);
        let stored = hash(&hasher, "pässword").await;
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=2,p=1$AQEBAQEBAQEBAQEBAQEBAQ$"));
        assert_eq!(verdict(&hasher, "pässword", &stored).await, Verdict::Match);
        assert_eq!(verdict(&hasher, "password", &stored).await, Verdict::Mismatch);
        assert_eq!(verdict(&hasher, "", &stored).await, Verdict::Mismatch);
        assert_ne!(hash(&hasher, "pässword").await, stored, "every hash has a salt of its own");
    }

    #[tokio::test]
    async fn hashes_with_many_lanes_and_of_the_empty_password_verify() {
        let hasher = hasher(Params { memory_kib: 77, iterations: 1, parallelism: 8 }, 1);
        let stored = hash(&hasher, "").await;
        assert_eq!(verdict(&hasher, "", &stored).await, Verdict::Match);
    }

    #[tokio::test]
    async fn a_weaker_hash_is_outdated_a_stronger_one_is_not() {
        let (weak, strong) = (hasher(SMALL, 1), hasher(Params { iterations: 3, ..SMALL }, 1));
        let stored = hash(&weak, "password").await;
        assert_eq!(verdict(&strong, "password", &stored).await, Verdict::MatchOutdated);
        assert_eq!(verdict(&strong, "passw0rd", &stored).await, Verdict::Mismatch);
        let stored = hash(&strong, "password").await;
        assert_eq!(verdict(&weak, "password", &stored).await, Verdict::Match);
    }

    #[tokio::test]
    async fn a_foreign_hash_is_outdated() {
        let (hasher, password) = (hasher(SMALL, 1), "correct horse ß 電池");
        for stored in [
            "$2b$04$WoSA1TfwOF4DHKd.nHofJ.vfESTmfqR.cuVrD5vOoKR7ze/XHK9Qe",
            "pbkdf2_sha256$1000$saltSALT$9/EhCaM4hcGb4mpQCeYO4GVH8/0R3kvc5FZHX2xLFgo=",
            "$scrypt$ln=6,r=8,p=2$IcQYQ2gtxfj//997by2ltA$AyCkGZUNWv2t+OkcsYdK+TPII5JdZowOa9agVxIfJ7w",
            "$argon2i$v=19$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$W0sC+I25aDW9OtZW2f+23aXAAPx0Vy1j",
        ] {
            assert!(hasher.reads(&PasswordHash::from_text(stored)), "{stored}");
            assert_eq!(verdict(&hasher, password, stored).await, Verdict::MatchOutdated, "{stored}");
            assert_eq!(verdict(&hasher, "correct horse", stored).await, Verdict::Mismatch, "{stored}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_read_or_afforded_matches_nothing() {
        let hasher = hasher(SMALL, 1);
        for stored in
            ["", "password", "$argon2id$v=19$m=64,t=99,p=1$MDEyMzQ1Njc4OWFiY2RlZg$Bl+s7+tVKKLAu26Z8rOVOA"]
        {
            assert_eq!(verdict(&hasher, "password", stored).await, Verdict::Mismatch);
            assert_eq!(verdict(&hasher, "", stored).await, Verdict::Mismatch);
            assert!(!hasher.reads(&PasswordHash::from_text(stored)), "{stored}");
        }
        hasher.verify_nobody(company(), Password::parse("password").unwrap()).await.unwrap();
    }

    #[tokio::test]
    async fn a_hash_larger_than_the_whole_budget_matches_nothing() {
        let (large, small) = (hasher(Params { memory_kib: 1025, ..SMALL }, 2), hasher(SMALL, 1));
        let stored = hash(&large, "password").await;
        assert_eq!(verdict(&large, "password", &stored).await, Verdict::Match);
        assert_eq!(verdict(&small, "password", &stored).await, Verdict::Mismatch);
    }
}
