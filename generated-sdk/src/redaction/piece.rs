//! The pieces that a document consists of.

/// A part of a document.
pub(super) enum Piece<'t> {
    Shown(&'t str),
    Secret(&'t str),
}
