//! Names in the model: lower-case words joined by underscores.

use std::fmt;

/// A name in the model, such as `cpu_topology`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Parses a name. It consists of words of lower-case letters and digits, and starts with a letter.
    pub fn new(text: &str) -> Option<Self> {
        let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        (text.starts_with(|first: char| first.is_ascii_lowercase()) && text.split('_').all(word))
            .then(|| Self(text.to_owned()))
    }

    /// Returns the name as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the words of the name.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split('_')
    }

    /// Returns the words joined without separator, as in rels and path segments.
    pub fn joined(&self) -> String {
        self.0.replace('_', "")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn names_are_words_joined_by_underscores() {
        for good in ["vm", "cpu_topology", "ipv6", "i440fx_sea_bios", "scsi_generic_i_o", "x86_64"] {
            assert!(Name::new(good).is_some(), "{good}");
        }
        for bad in ["", "_vm", "vm_", "a__b", "Vm", "vm-status", "4_1", "vm status", "é"] {
            assert!(Name::new(bad).is_none(), "{bad}");
        }
    }
}
