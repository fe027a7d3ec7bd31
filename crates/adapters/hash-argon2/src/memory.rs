//! The working memory of Argon2, and what a job says it will take.

use argon2::Block;

/// The memory a job takes while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Footprint {
    /// So many KiB of the [`Memory`] it is handed.
    Blocks(u32),
    /// So many KiB that it allocates for itself.
    Own(u32),
}

impl Footprint {
    pub(crate) fn kib(self) -> u32 {
        match self {
            Self::Blocks(kib) | Self::Own(kib) => kib,
        }
    }
}

/// A buffer of 1 KiB blocks that outlives a hash, so that the next one need not ask the system for fresh pages.
#[derive(Default)]
pub(crate) struct Memory(Vec<Block>);

impl Memory {
    /// Allocators keep what they are given back, up to 32 MiB in one piece, in case it is wanted again. A larger
    /// piece they return to the system at once, which is what keeps the resident size low at rest. The excess is
    /// reserved address space only: pages that are never touched take no memory.
    const RETURNED_AT_ONCE: usize = 33 * 1024;

    /// The first `count` blocks, with whatever the last hash left in them: Argon2 writes before it reads.
    pub(crate) fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.0.capacity() < count {
            self.0 = Vec::with_capacity(count.max(Self::RETURNED_AT_ONCE));
        }
        if self.0.len() < count {
            self.0.resize(count, Block::new());
        }
        self.0.get_mut(..count).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_out_as_many_blocks_as_asked_and_grows() {
        let mut memory = Memory::default();
        for count in [8, 64, 16, 40 * 1024] {
            assert_eq!(memory.blocks(count).len(), count);
        }
    }
}
