//! Values that are kept as text: arguments of effects and notes about objects.

use ovirt_sdk::types::{DiskFormat, VmStatus};

/// A value with a text form for the state file.
pub(crate) trait Stored: Sized {
    fn to_text(&self) -> String;

    /// Reads the text form; `None` if the text is not one.
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! stored_by_display {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            fn to_text(&self) -> String {
                self.to_string()
            }

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

stored_by_display!(String, bool, i64, u64);

macro_rules! stored_enum {
    ($($type:ty),*) => {$(
        impl Stored for $type {
            fn to_text(&self) -> String {
                self.as_str().to_owned()
            }

            fn from_text(text: &str) -> Option<Self> {
                Some(Self::from(text))
            }
        }
    )*};
}

stored_enum!(DiskFormat, VmStatus);

/// `None` is the empty text.
impl Stored for Option<String> {
    fn to_text(&self) -> String {
        self.clone().unwrap_or_default()
    }

    fn from_text(text: &str) -> Option<Self> {
        Some((!text.is_empty()).then(|| text.to_owned()))
    }
}

/// One line for each item.
impl Stored for Vec<String> {
    fn to_text(&self) -> String {
        self.join("\n")
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(text.split('\n').filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_kept<T: Stored + PartialEq + std::fmt::Debug>(value: T) {
        assert_eq!(T::from_text(&value.to_text()), Some(value));
    }

    #[test]
    fn values_are_read_as_they_were_written() {
        is_kept("a b\n".to_owned());
        is_kept(true);
        is_kept(-7_i64);
        is_kept(u64::MAX);
        is_kept(VmStatus::PoweringUp);
        is_kept(None::<String>);
        is_kept(Some("a".to_owned()));
        is_kept(Vec::<String>::new());
        is_kept(vec!["disks/1".to_owned(), "disks/2".to_owned()]);
        assert_eq!(i64::from_text("x"), None);
    }
}
