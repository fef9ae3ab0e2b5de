//! Errors of the state.

/// An object that doesn't exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StateError {
    /// No object of the expected type exists at a path.
    NotFound,
    /// A reference leads to no object: the name of the type, and the identifier or name in the reference.
    NoSuchObject { kind: &'static str, id: String },
}
