//! Writes the differences, so that a run that fails or is killed leaves every file either old or new.
//!
//! All new texts are written beside their files first. A full disk therefore changes nothing, and the next run removes
//! what a killed run left behind.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fs4::FileExt;

use super::difference::{Difference, Differences, OutputError};
use crate::files::Files;

/// The file that is locked while files are written, relative to the root of the workspace.
const LOCK: &str = "target/regenerate.lock";

/// A lock on a workspace, released when dropped. Concurrent runs wait for each other.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

/// Waits until no other process writes files of the workspace.
pub fn lock(root: &Path) -> Result<Lock, OutputError> {
    let path = root.join(LOCK);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(OutputError::when("create", folder))?;
    }
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(OutputError::when("open", &path))?;
    FileExt::lock(&file).map_err(OutputError::when("lock", &path))?;
    Ok(Lock(file))
}

/// Writes or removes the files that differ. If writing fails, no file has changed.
pub fn write(root: &Path, files: &Files, differences: &Differences) -> Result<(), OutputError> {
    let mut staged = Staged::default();
    for (path, difference) in differences {
        if *difference != Difference::Stale
            && let Some(text) = files.get(path)
        {
            make_folder(root, Path::new(path), differences)?;
            staged.add(&root.join(path), text)?;
        }
    }
    let stale = differences.iter().filter(|(_, difference)| **difference == Difference::Stale);
    for path in stale.map(|(path, _)| root.join(path)).filter(|path| !staged.contains(path)) {
        // The folder of a new file may have replaced it already.
        if !is_folder(&path) {
            remove(&path)?;
            remove_empty_folders(root, &path);
        }
    }
    staged.publish()
}

/// Creates the folder of a file. Stale files and links that are in the way are removed.
fn make_folder(root: &Path, path: &Path, differences: &Differences) -> Result<(), OutputError> {
    let mut folder = root.to_owned();
    fs::create_dir_all(&folder).map_err(OutputError::when("create", &folder))?;
    let mut shown = String::new();
    for part in path.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        if !shown.is_empty() {
            shown.push('/');
        }
        shown.push_str(&part.as_os_str().to_string_lossy());
        let present = fs::symlink_metadata(&folder);
        if present.is_ok_and(|metadata| !metadata.is_dir()) {
            match differences.get(&shown) {
                Some(Difference::Stale) => remove(&folder)?,
                _ => {
                    let cause = io::Error::other("it is not a folder");
                    return Err(OutputError { action: "use", path: folder, cause });
                }
            }
        }
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(OutputError { action: "create", path: folder, cause: error });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a path is a folder. A link to one is not.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Removes a file or link. It may be gone already.
fn remove(path: &Path) -> Result<(), OutputError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(OutputError { action: "remove", path: path.to_owned(), cause: error })
        }
        _ => Ok(()),
    }
}

/// Removes the folders that a removed file leaves empty. Folders that are not empty stay.
fn remove_empty_folders(root: &Path, path: &Path) {
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != root) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

/// New texts beside the files that they replace. Dropping it removes what was not published.
#[derive(Default)]
struct Staged {
    /// The path of the new text, by the path of the file.
    files: BTreeMap<PathBuf, PathBuf>,
}

impl Staged {
    fn add(&mut self, path: &Path, text: &str) -> Result<(), OutputError> {
        let fresh = fresh_path(path);
        // A killed run may have left it behind. It may also be a link, which must not be followed.
        remove(&fresh)?;
        let file = OpenOptions::new().write(true).create_new(true).open(&fresh);
        let mut file = file.map_err(OutputError::when("create", &fresh))?;
        self.files.insert(path.to_owned(), fresh);
        file.write_all(text.as_bytes()).map_err(OutputError::when("write", path))
    }

    fn contains(&self, path: &Path) -> bool {
        self.files.values().any(|fresh| fresh == path)
    }

    /// Replaces the files with their new texts.
    fn publish(mut self) -> Result<(), OutputError> {
        while let Some((path, fresh)) = self.files.pop_first() {
            // An empty folder may be in the way. One that is not empty is an error.
            if is_folder(&path) {
                fs::remove_dir(&path).map_err(OutputError::when("replace", &path))?;
            }
            if let Err(cause) = fs::rename(&fresh, &path) {
                self.files.insert(path.clone(), fresh);
                return Err(OutputError { action: "replace", path, cause });
            }
        }
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for fresh in self.files.values() {
            // The error that is returned matters more than a file that the next run removes.
            let _ = fs::remove_file(fresh);
        }
    }
}

/// The path of a new text. It is in the same folder as the file, so that the file can be replaced in one step.
pub(super) fn fresh_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}
