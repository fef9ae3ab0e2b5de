//! Units of sizes.

/// Bytes of a GiB.
pub(crate) const GIB: i64 = 1 << 30;
