//! Randomness of the operating system.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use portcullis_kernel::Entropy;

/// The generator of aws-lc, seeded and reseeded by the operating system; safe across threads and forks.
#[derive(Clone, Debug, Default)]
pub struct OsEntropy(SystemRandom);

impl OsEntropy {
    /// Opens the generator.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Entropy for OsEntropy {
    /// Ends the process if the generator fails: a predictable token is worse than none.
    fn fill(&self, buffer: &mut [u8]) {
        if self.0.fill(buffer).is_err() {
            give_up();
        }
    }
}

#[expect(clippy::print_stderr, reason = "the process ends here; no log writer would get to flush")]
fn give_up() -> ! {
    eprintln!("portcullis: the system's random generator failed");
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_the_whole_buffer_differently_each_time() {
        let entropy = OsEntropy::new();
        let (mut first, mut second) = ([0; 64], [0; 64]);
        entropy.fill(&mut first);
        entropy.fill(&mut second);
        assert_ne!(first, second);
        assert!(first.chunks(16).all(|part| part.iter().any(|byte| *byte != 0)));
        entropy.fill(&mut []);
    }
}
