//! The machine's clock and entropy: the one place where Portcullis touches either.
//!
//! Everything else takes them through the kernel's [`Clock`](portcullis_kernel::Clock) and
//! [`Entropy`](portcullis_kernel::Entropy) ports, which is what makes a use case repeatable in a test.

mod clock;
mod entropy;

pub use clock::SystemClock;
pub use entropy::OsEntropy;
