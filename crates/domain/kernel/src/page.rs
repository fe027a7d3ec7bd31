//! Pages of lists.

/// Which slice of a list to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    offset: u64,
    size: u32,
}

impl PageRequest {
    /// The largest page any port serves.
    pub const MAX_SIZE: u32 = 250;

    /// Page `number`, counted from 1, of `size` items; `size` is clamped to 1..=[`Self::MAX_SIZE`].
    #[must_use]
    pub fn new(number: u32, size: u32) -> Self {
        let size = size.clamp(1, Self::MAX_SIZE);
        Self { offset: u64::from(number.saturating_sub(1)) * u64::from(size), size }
    }

    /// Items to skip.
    #[must_use]
    pub const fn offset(self) -> u64 {
        self.offset
    }

    /// Items to return at most.
    #[must_use]
    pub const fn size(self) -> u32 {
        self.size
    }
}

/// A slice of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// How many items the whole list has.
    pub total: u64,
}
