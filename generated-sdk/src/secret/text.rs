//! Texts that are overwritten when they are dropped.

use std::fmt;
use std::ops::Deref;

use zeroize::Zeroizing;

use super::MASK;

/// A secret text. Its memory is overwritten when it is dropped, and `Debug` masks it.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct SecretText(Zeroizing<String>);

impl<T: Into<String>> From<T> for SecretText {
    fn from(text: T) -> Self {
        Self(Zeroizing::new(text.into()))
    }
}

impl Deref for SecretText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}
