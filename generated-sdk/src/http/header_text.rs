//! Texts of headers, which are cheap to clone: a request is cloned for every attempt, and most headers are the same for
//! all requests of a connection.

use std::ops::Deref;
use std::sync::Arc;

use crate::secret::SecretText;

/// The name or the value of a header.
#[derive(Clone)]
pub(crate) enum HeaderText {
    /// A constant.
    Static(&'static str),
    /// A text without secrets.
    Shared(Arc<str>),
    /// A secret value. Its memory is overwritten when the last clone is dropped.
    Secret(Arc<SecretText>),
}

impl HeaderText {
    pub(super) fn new(text: impl Into<String> + Into<Arc<str>>, is_secret: bool) -> Self {
        if is_secret { Self::secret(text) } else { Self::Shared(text.into()) }
    }

    pub(super) fn secret(text: impl Into<String>) -> Self {
        Self::Secret(Arc::new(SecretText::from(text)))
    }

    pub(super) fn is_secret(&self) -> bool {
        matches!(self, Self::Secret(_))
    }
}

impl Deref for HeaderText {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Static(text) => text,
            Self::Shared(text) => text,
            Self::Secret(text) => text,
        }
    }
}

impl PartialEq for HeaderText {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for HeaderText {}
