//! Compares generated files with the disk: writes what differs, removes what is stale, and touches nothing else.
//!
//! Symbolic links are never followed. A link inside a folder that belongs to us is stale and is removed, not its target.
//! A link in the path to such a folder is an error.

mod difference;
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::diagnostics::shown_path;
use crate::files::{FOLDERS, Files};
pub use difference::{Difference, Differences, OutputError};
pub use write::{Lock, lock, write};

/// Compares the generated files with those of a workspace. Returns the differences by path.
pub fn compare(root: &Path, files: &Files) -> Result<Differences, OutputError> {
    compare_folders(root, &FOLDERS, files)
}

/// Like [`compare`], for the given folders, which contain nothing but the given files. Paths are relative to the root.
pub fn compare_folders(root: &Path, owned: &[&str], files: &Files) -> Result<Differences, OutputError> {
    let mut present = BTreeMap::new();
    for folder in owned {
        check_path(root, Path::new(folder))?;
        list(&root.join(folder), root, &mut present)?;
    }
    let mut differences = Differences::new();
    for (path, text) in files {
        let difference = match present.remove(path) {
            Some(kind) => compare_file(&root.join(path), kind, text)?,
            None if owned.iter().any(|folder| Path::new(path).starts_with(folder)) => Some(Difference::Missing),
            None => {
                let left = write::fresh_path(Path::new(path));
                if fs::symlink_metadata(root.join(&left)).is_ok() {
                    differences.insert(shown_path(&left, root), Difference::Stale);
                }
                compare_outside(root, Path::new(path), text)?
            }
        };
        differences.extend(difference.map(|difference| (path.clone(), difference)));
    }
    let stale = present.into_iter().filter(|(_, kind)| *kind != Kind::Folder);
    differences.extend(stale.map(|(path, _)| (path, Difference::Stale)));
    Ok(differences)
}

/// Computes the differences between two sets of files, the first of which is on disk.
pub fn compare_files(present: &Files, files: &Files) -> Differences {
    let mut differences = Differences::new();
    for (path, text) in files {
        match present.get(path) {
            None => drop(differences.insert(path.clone(), Difference::Missing)),
            Some(old) if old != text => drop(differences.insert(path.clone(), Difference::Changed)),
            Some(_) => {}
        }
    }
    let stale = present.keys().filter(|path| !files.contains_key(*path));
    differences.extend(stale.map(|path| (path.clone(), Difference::Stale)));
    differences
}

/// Counts the new, changed and removed files.
pub fn count(differences: &Differences) -> [usize; 3] {
    [Difference::Missing, Difference::Changed, Difference::Stale]
        .map(|wanted| differences.values().filter(|difference| **difference == wanted).count())
}

/// The kind of a directory entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    /// A symbolic link or a special file.
    Other,
}

impl From<fs::FileType> for Kind {
    fn from(kind: fs::FileType) -> Self {
        match kind {
            kind if kind.is_file() => Self::File,
            kind if kind.is_dir() => Self::Folder,
            _ => Self::Other,
        }
    }
}

fn compare_file(path: &Path, kind: Kind, text: &str) -> Result<Option<Difference>, OutputError> {
    if kind != Kind::File {
        return Ok(Some(Difference::Changed));
    }
    let bytes = fs::read(path).map_err(OutputError::when("read", path))?;
    Ok((bytes != text.as_bytes()).then_some(Difference::Changed))
}

/// Compares a file outside of the folders that contain only generated files.
fn compare_outside(root: &Path, path: &Path, text: &str) -> Result<Option<Difference>, OutputError> {
    if let Some(folder) = path.parent() {
        check_path(root, folder)?;
    }
    let path = root.join(path);
    match fs::symlink_metadata(&path) {
        Ok(metadata) => compare_file(&path, metadata.file_type().into(), text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(Difference::Missing)),
        Err(cause) => Err(OutputError { action: "read", path, cause }),
    }
}

/// Fails if a folder below the root, or one on the way to it, is anything but a folder.
fn check_path(root: &Path, folder: &Path) -> Result<(), OutputError> {
    let mut path = root.to_owned();
    for part in folder.components() {
        path.push(part);
        let cause = match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => continue,
            Ok(metadata) if metadata.is_symlink() => io::Error::other("it is a symbolic link"),
            Ok(_) => io::Error::other("it is not a folder"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(cause) => cause,
        };
        return Err(OutputError { action: "use", path, cause });
    }
    Ok(())
}

/// Lists what a folder contains, without following links. A missing folder contains nothing.
fn list(folder: &Path, root: &Path, found: &mut BTreeMap<String, Kind>) -> Result<(), OutputError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(OutputError { action: "list", path: folder.to_owned(), cause }),
    };
    for entry in entries {
        let entry = entry.map_err(OutputError::when("list", folder))?;
        let path = entry.path();
        let kind = Kind::from(entry.file_type().map_err(OutputError::when("list", &path))?);
        if kind == Kind::Folder {
            list(&path, root, found)?;
        }
        found.insert(shown_path(&path, root), kind);
    }
    Ok(())
}
