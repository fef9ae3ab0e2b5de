//! Compares generated files with the disk: writes what differs, removes what is stale, and touches nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::shown_path;
use crate::files::{FOLDERS, Files};

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

/// Compares the generated files with those of a workspace. Returns the differences by path.
pub fn compare(root: &Path, files: &Files) -> Result<BTreeMap<String, Difference>, OutputError> {
    compare_folders(root, &FOLDERS, files)
}

/// Like [`compare`], for the given folders, which contain nothing but the given files. Paths are relative to the root.
pub fn compare_folders(
    root: &Path,
    owned: &[&str],
    files: &Files,
) -> Result<BTreeMap<String, Difference>, OutputError> {
    let mut differences = BTreeMap::new();
    for (path, text) in files {
        let on_disk = root.join(path);
        match fs::read(&on_disk) {
            Ok(bytes) if bytes == text.as_bytes() => {}
            Ok(_) => {
                differences.insert(path.clone(), Difference::Changed);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                differences.insert(path.clone(), Difference::Missing);
            }
            Err(cause) => return Err(OutputError { action: "read", path: on_disk, cause }),
        }
    }
    let mut present = Vec::new();
    for folder in owned {
        list(&root.join(folder), &mut present)?;
    }
    for path in present {
        let shown = shown_path(&path, root);
        if !files.contains_key(&shown) {
            differences.insert(shown, Difference::Stale);
        }
    }
    Ok(differences)
}

/// Writes or removes the files that differ.
pub fn write(root: &Path, files: &Files, differences: &BTreeMap<String, Difference>) -> Result<(), OutputError> {
    for (path, difference) in differences {
        let on_disk = root.join(path);
        let failed = |action| {
            let path = on_disk.clone();
            move |cause| OutputError { action, path, cause }
        };
        if *difference == Difference::Stale {
            fs::remove_file(&on_disk).map_err(failed("remove"))?;
            continue;
        }
        if let Some(folder) = on_disk.parent() {
            fs::create_dir_all(folder).map_err(failed("create the folder of"))?;
        }
        if let Some(text) = files.get(path) {
            replace(&on_disk, text).map_err(failed("write"))?;
        }
    }
    Ok(())
}

/// Writes a file atomically.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let fresh = path.with_file_name(name);
    fs::write(&fresh, text)?;
    fs::rename(&fresh, path)
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), OutputError> {
    let failed = |cause| OutputError { action: "list", path: folder.to_owned(), cause };
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() { list(&path, found)? } else { found.push(path) }
    }
    Ok(())
}
