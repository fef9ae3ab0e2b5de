//! Identifiers that are the same on every engine.

/// The identifier of the template that is empty, and of the tag above all others.
pub(crate) const NIL: &str = "00000000-0000-0000-0000-000000000000";
/// The identifier of the role that permits everything.
pub(crate) const SUPER_USER: &str = "00000000-0000-0000-0000-000000000001";
