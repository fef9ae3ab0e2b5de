//! Writes the folder of the site. Only files that contain the mark are overwritten or removed.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::mark::MARK;
use ovirt_sdk_generator::files::Files;
use ovirt_sdk_generator::output::{self, Differences, OutputError};

/// Number of bytes at the start of a file that are searched for the mark.
const MARK_RANGE: u64 = 200;

/// Maximum number of foreign files in an error.
const MAX_SHOWN: usize = 5;

/// An error that prevents writing the site.
#[derive(Debug)]
pub enum FolderError {
    /// The folder contains files that this command did not write.
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// Some of them.
        files: Vec<PathBuf>,
    },
    /// A file can't be read, written or removed.
    Output(OutputError),
}

impl std::fmt::Display for FolderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Foreign { folder, files } => {
                let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
                let folder = folder.display();
                writeln!(f, "`{folder}` contains files that this command did not write: {}", files.join(", "))?;
                f.write_str("nothing was changed\nhelp: choose an empty or new folder with `--output`")
            }
            Self::Output(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FolderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Foreign { .. } => None,
            Self::Output(error) => Some(error),
        }
    }
}

impl From<OutputError> for FolderError {
    fn from(error: OutputError) -> Self {
        Self::Output(error)
    }
}

/// Writes a site to a folder. Returns the differences that were written. Changes nothing if the folder contains foreign
/// files.
pub fn write(folder: &Path, files: &Files) -> Result<Differences, FolderError> {
    let mut foreign = Vec::new();
    find_foreign(folder, Path::new(""), files, &mut foreign)?;
    if !foreign.is_empty() {
        return Err(FolderError::Foreign { folder: folder.to_owned(), files: foreign });
    }
    let differences = output::compare_folders(folder, &[""], files)?;
    output::write(folder, files, &differences)?;
    Ok(differences)
}

/// Looks for foreign files. Stops after a few, because the folder may be a home directory.
fn find_foreign(root: &Path, inside: &Path, files: &Files, foreign: &mut Vec<PathBuf>) -> Result<(), OutputError> {
    let folder = root.join(inside);
    let failed = |cause| OutputError { action: "list", path: folder.clone(), cause };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(failed(cause)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        found.push((inside.join(entry.file_name()), entry.file_type().map_err(failed)?));
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (path, kind) in found {
        if foreign.len() >= MAX_SHOWN {
            return Ok(());
        }
        // Folders that are not part of the site are foreign.
        let is_own = match kind {
            kind if kind.is_dir() => {
                let is_known = files.keys().any(|file| Path::new(file).starts_with(&path));
                if is_known {
                    find_foreign(root, &path, files, foreign)?;
                }
                is_known
            }
            kind if kind.is_file() => has_mark(&root.join(&path))?,
            _ => false,
        };
        if !is_own {
            foreign.push(path);
        }
    }
    Ok(())
}

fn has_mark(path: &Path) -> Result<bool, OutputError> {
    let mut beginning = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(MARK_RANGE).read_to_end(&mut beginning));
    read.map_err(|cause| OutputError { action: "read", path: path.to_owned(), cause })?;
    Ok(String::from_utf8_lossy(&beginning).contains(MARK))
}
