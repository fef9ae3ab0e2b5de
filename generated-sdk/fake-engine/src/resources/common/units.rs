//! Units of sizes.

/// Bytes of a GiB.
pub(crate) const GIB: i64 = 1 << 30;

/// Bytes of a MiB.
pub(crate) const MIB: i64 = 1 << 20;
