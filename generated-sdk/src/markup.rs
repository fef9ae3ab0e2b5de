//! Reading and writing XML element by element: text, attributes, scalars and positions of errors. Knows no objects.

pub(crate) mod attributes;
pub(crate) mod decoder;
pub(crate) mod encoder;
mod error;
mod finding;
pub(crate) mod scalar;
pub(crate) mod text;
pub(crate) mod text_enum;
mod words;

pub use error::DataError;
pub use finding::{Finding, FindingKind};

pub use text::LINK;
