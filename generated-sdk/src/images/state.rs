//! The file with the state of an upload, from which a later process continues it.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::ranges::Ranges;
use super::source::Mark;

/// The version of the format.
const VERSION: u32 = 1;

/// The state of an upload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    /// The URL of the API.
    pub(super) engine: String,
    pub(super) transfer: String,
    pub(super) disk: String,
    /// Whether the disk was created for the upload.
    pub(super) created: bool,
    source_size: u64,
    source_modified: Option<Duration>,
    /// What is stored for good.
    pub(super) done: Ranges,
}

impl State {
    pub(super) fn new(engine: &str, transfer: String, disk: String, created: bool, source: Mark) -> Self {
        Self {
            version: VERSION,
            engine: engine.to_owned(),
            transfer,
            disk,
            created,
            source_size: source.size,
            source_modified: since_epoch(source.modified),
            done: Ranges::default(),
        }
    }

    /// Whether the state is about a source that has not changed since.
    pub(super) fn is_about(&self, source: Mark) -> bool {
        self.source_size == source.size && self.source_modified == since_epoch(source.modified)
    }

    /// Reads the file. `None` if it does not exist.
    pub(super) fn load(path: &Path) -> io::Result<Option<Self>> {
        let text = match std::fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            result => result?,
        };
        let state: Self = serde_json::from_slice(&text)
            .map_err(|error| io::Error::other(format!("this is not the state of an upload: {error}")))?;
        match state.version {
            VERSION => Ok(Some(state)),
            other => Err(io::Error::other(format!("written by another version of the program (format {other})"))),
        }
    }

    /// Replaces the file, so that it is complete at any time.
    pub(super) fn save(&self, path: &Path) -> io::Result<()> {
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        let text = serde_json::to_vec_pretty(self)?;
        let mut file = File::create(&new)?;
        file.write_all(&text)?;
        // Windows only writes through handles that may write.
        file.sync_all()?;
        drop(file);
        std::fs::rename(&new, path)
    }
}

fn since_epoch(time: Option<SystemTime>) -> Option<Duration> {
    time.and_then(|time| time.duration_since(UNIX_EPOCH).ok())
}
