//! Memory for the transfers.
//!
//! Virtual machines often return free memory to the computer that they run on. When they need it again, the first use
//! of each page costs far more than the copy into it. On such machines, that was most of the time of a transfer, and its
//! amount depended on what ran before. So the benchmark holds memory, and frees it right before each transfer.

/// Memory that is in use until it is dropped.
pub(crate) struct Ballast(#[allow(dead_code, reason = "only its memory matters")] Vec<u8>);

impl Ballast {
    /// Takes memory of a size and uses all of it.
    pub(crate) fn new(size: u64) -> Self {
        Self(std::hint::black_box(vec![1; usize::try_from(size).unwrap()]))
    }
}
