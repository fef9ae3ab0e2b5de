//! Differences between generated files and the disk, and errors of files.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// How a file on disk differs from the generated one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The file is missing.
    Missing,
    /// The file has another text.
    Changed,
    /// The file exists but is not generated.
    Stale,
}

/// The differences between generated files and the disk, by path.
pub type Differences = BTreeMap<String, Difference>;

/// A file that can't be read, written or removed.
#[derive(Debug)]
pub struct OutputError {
    /// The operation that failed, such as "read".
    pub action: &'static str,
    /// The file.
    pub path: PathBuf,
    /// The cause.
    pub cause: io::Error,
}

impl OutputError {
    /// Turns the error of an operation into an [`OutputError`].
    pub(super) fn when(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self { action, path, cause }
    }
}

impl std::fmt::Display for OutputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "can't {} `{}`: {}", self.action, self.path.display(), self.cause)
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}
