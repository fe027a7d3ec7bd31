//! The raw rate of Argon2id.

use std::time::Duration;

use anyhow::{Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::on_all_cores;

/// What the server hashes with unless told otherwise.
const MEMORY_KIB: u32 = 19_456;
const ITERATIONS: u32 = 2;
const LANES: u32 = 1;

/// Hashes per second on all cores, into memory that is used again and again: nothing can be faster.
pub fn hashes_per_second(length: Duration) -> Result<f64> {
    on_all_cores(length, || {
        let params = Params::new(MEMORY_KIB, ITERATIONS, LANES, Some(32)).map_err(refused)?;
        let mut memory = vec![Block::new(); params.block_count()];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Ok(move || {
            let mut output = [0; 32];
            let password = b"correct horse battery staple";
            argon2
                .hash_password_into_with_memory(password, b"0123456789abcdef", &mut output, &mut memory)
                .map_err(refused)
        })
    })
}

fn refused(error: argon2::Error) -> anyhow::Error {
    anyhow!("argon2: {error}")
}
