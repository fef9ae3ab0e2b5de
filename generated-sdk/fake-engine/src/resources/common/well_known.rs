//! Identifiers and texts that are the same on every engine.

/// The identifier of the blank template and of the root tag.
pub(crate) const NIL: &str = "00000000-0000-0000-0000-000000000000";
/// The identifier of the role `SuperUser`.
pub(crate) const SUPER_USER: &str = "00000000-0000-0000-0000-000000000001";
/// The version of the engine.
pub(crate) const ENGINE_VERSION: &str = "4.5.8-1.el9";
