//! Where the data of an upload comes from.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::extent::{Content, Extent};
use super::format::ImageInfo;
use super::holes;

/// Data that can be read at any offset. The methods block.
pub(super) trait Source: Send + Sync {
    /// The size of the image file.
    fn size(&self) -> io::Result<u64>;

    /// Format and sizes of the image.
    fn info(&self) -> io::Result<ImageInfo>;

    /// The holes and the data of the image file.
    fn extents(&self) -> io::Result<Vec<Extent>>;

    /// Fills a buffer with the data at an offset.
    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// Identifies the content of the source: a source that was modified has another mark.
    fn mark(&self) -> io::Result<Option<Mark>> {
        Ok(None)
    }
}

/// Explains that data ended early.
pub(super) fn early_end(error: io::Error, explanation: impl FnOnce() -> String) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), explanation()),
        _ => error,
    }
}

/// Explains that an image became shorter after its size was determined.
fn shortened(error: io::Error) -> io::Error {
    early_end(error, || "the image became shorter while it was read".to_owned())
}

/// Size and modification time of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) size: u64,
    pub(super) modified: Option<SystemTime>,
}

/// A file, with its holes.
pub(super) struct FileSource {
    file: File,
}

impl FileSource {
    pub(super) fn new(file: File) -> Self {
        Self { file }
    }

    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "this is a folder, not an image"));
        }
        Ok(Self { file })
    }
}

impl Source for FileSource {
    fn size(&self) -> io::Result<u64> {
        // Block devices have no size in their metadata.
        (&self.file).seek(SeekFrom::End(0))
    }

    fn info(&self) -> io::Result<ImageInfo> {
        ImageInfo::read(&mut &self.file)
    }

    fn extents(&self) -> io::Result<Vec<Extent>> {
        holes::extents(&self.file, self.size()?)
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        holes::read_at(&self.file, offset, buffer).map_err(shortened)
    }

    fn mark(&self) -> io::Result<Option<Mark>> {
        let metadata = self.file.metadata()?;
        Ok(Some(Mark { size: self.size()?, modified: metadata.modified().ok() }))
    }
}

/// Any reader that can seek.
pub(super) struct ReaderSource<R>(Mutex<R>);

impl<R: Read + Seek + Send> ReaderSource<R> {
    pub(super) fn new(reader: R) -> Self {
        Self(Mutex::new(reader))
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut R) -> io::Result<T>) -> io::Result<T> {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<R: Read + Seek + Send> Source for ReaderSource<R> {
    fn size(&self) -> io::Result<u64> {
        self.with(|reader| reader.seek(SeekFrom::End(0)))
    }

    fn info(&self) -> io::Result<ImageInfo> {
        self.with(ImageInfo::read)
    }

    fn extents(&self) -> io::Result<Vec<Extent>> {
        Ok(vec![Extent { start: 0, length: self.size()?, content: Content::Data }])
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.with(|reader| {
            reader.seek(SeekFrom::Start(offset))?;
            reader.read_exact(buffer).map_err(shortened)
        })
    }
}
