//! Generated files and the disk: writes what differs, removes what is stale, touches nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::shown_path;
use crate::files::{FOLDERS, Files};

/// How a file on disk differs from what would be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is not there.
    Missing,
    /// Its text is another one.
    Changed,
    /// It is there and would not be generated.
    Stale,
}

/// A file that can't be read, written or removed.
#[derive(Debug)]
pub struct OutputError {
    /// What was tried.
    pub action: &'static str,
    /// The file.
    pub path: PathBuf,
    /// Why it failed.
    pub cause: io::Error,
}

impl std::fmt::Display for OutputError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "can't {} {}: {}", self.action, self.path.display(), self.cause)
    }
}

impl std::error::Error for OutputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// What differs between a workspace and the generated files, by path.
pub fn compare(root: &Path, files: &Files) -> Result<BTreeMap<String, Difference>, OutputError> {
    compare_folders(root, &FOLDERS, files)
}

/// The same for other files and the folders that contain nothing else; both are relative to the root.
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

/// Makes a workspace equal to the generated files.
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

/// Writes a file whole or not at all.
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
