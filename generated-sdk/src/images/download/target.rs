//! The file of a download. It gets its name when it is complete.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::super::error::{Action, ImageProblem};
use super::super::format::{ImageFormat, ImageInfo};
use super::super::sink::Backing;
use super::super::source::FileSource;
use crate::error::Error;

/// Where a download goes, as the user said.
pub(super) enum Target {
    File(PathBuf),
    /// An existing raw image, of which a part is replaced.
    Update(PathBuf),
    Writer(Arc<Mutex<dyn Write + Send>>),
}

/// Where a download goes, ready to be written.
pub(super) enum Prepared {
    File(Incomplete),
    Update(File),
    Writer(Arc<Mutex<dyn Write + Send>>),
}

impl Target {
    /// Creates the file.
    pub(super) fn prepare(self, overwrite: bool, action: &Action) -> Result<Prepared, Error> {
        match self {
            Self::File(path) => Incomplete::create(&path, overwrite, action).map(Prepared::File),
            Self::Update(path) => OpenOptions::new()
                .read(true)
                .write(true)
                .open(path)
                .map(Prepared::Update)
                .map_err(|error| action.file(&error)),
            Self::Writer(writer) => Ok(Prepared::Writer(writer)),
        }
    }
}

/// A file that is removed when it is dropped before it is complete.
pub(super) struct Incomplete {
    file: File,
    path: PathBuf,
    /// The name until the file is complete. `None` for devices, which are written in place.
    temporary: Option<PathBuf>,
}

impl Incomplete {
    fn create(path: &Path, overwrite: bool, action: &Action) -> Result<Self, Error> {
        let existing = std::fs::metadata(path).ok();
        if existing.is_some() && !overwrite {
            return Err(action.error(ImageProblem::Exists, format!("`{}` exists already", path.display())));
        }
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true);
        let (file, temporary) = match existing {
            Some(metadata) if !metadata.is_file() => (options.open(path), None),
            _ => {
                let mut name = path.as_os_str().to_owned();
                name.push(".part");
                let temporary = PathBuf::from(name);
                (options.create(true).truncate(true).open(&temporary), Some(temporary))
            }
        };
        let file = file.map_err(|error| action.file(&error))?;
        Ok(Self { file, path: path.to_owned(), temporary })
    }

    /// The file, to write it.
    pub(super) fn data(&self) -> std::io::Result<File> {
        self.file.try_clone()
    }

    /// The file, to read it.
    pub(super) fn source(&self) -> std::io::Result<FileSource> {
        self.file.try_clone().map(FileSource::new)
    }

    /// The image that this one is based on, of which the format is read.
    pub(super) fn backing(&self, name: String) -> std::io::Result<Backing> {
        let folder = self.path.parent().unwrap_or_else(|| Path::new(""));
        let path = folder.join(&name);
        let described = |error: std::io::Error| {
            std::io::Error::new(error.kind(), format!("the image below, `{}`: {error}", path.display()))
        };
        let info = File::open(&path).and_then(|mut file| ImageInfo::read(&mut file)).map_err(described)?;
        let format = match info.format {
            ImageFormat::Raw => "raw",
            ImageFormat::Qcow2 => "qcow2",
        };
        Ok(Backing { file: name, format })
    }

    /// Gives the file its name.
    pub(super) fn complete(mut self) -> std::io::Result<()> {
        match self.temporary.take() {
            Some(temporary) => std::fs::rename(temporary, &self.path),
            None => Ok(()),
        }
    }
}

impl Drop for Incomplete {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let _ = std::fs::remove_file(temporary);
        }
    }
}
