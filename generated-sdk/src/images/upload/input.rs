//! The image of an upload: with access at any offset, or as a stream.

use std::io::{self, Cursor, Read, Seek};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::format::{ImageFormat, ImageInfo};
use super::super::source::{FileSource, Mark, ReaderSource, Source, early_end};

/// The header of an image and the name of its backing file are in the first cluster.
const HEAD: u64 = 64 << 10;

#[derive(Clone)]
pub(super) enum Input {
    Random(Arc<dyn Source>),
    Stream(Arc<Stream>),
}

impl Input {
    pub(super) fn file(path: &Path) -> io::Result<Self> {
        FileSource::open(path).map(|file| Self::Random(Arc::new(file)))
    }

    pub(super) fn reader(reader: impl Read + Seek + Send + 'static) -> Self {
        Self::Random(Arc::new(ReaderSource::new(reader)))
    }

    pub(super) fn stream(mut reader: impl Read + Send + 'static, length: u64) -> io::Result<Self> {
        let mut head = Vec::new();
        reader.by_ref().take(HEAD.min(length)).read_to_end(&mut head)?;
        let rest = Cursor::new(head.clone()).chain(reader);
        Ok(Self::Stream(Arc::new(Stream { head, length, rest: Mutex::new(Box::new(rest)) })))
    }

    /// The format and the sizes. With a format, the header isn't trusted to state it.
    pub(super) fn info_as(&self, format: Option<ImageFormat>) -> io::Result<ImageInfo> {
        match (format, self) {
            (Some(ImageFormat::Raw), Self::Random(source)) => source.size().map(ImageInfo::raw),
            (Some(ImageFormat::Raw), Self::Stream(stream)) => Ok(ImageInfo::raw(stream.length)),
            _ => self.info(),
        }
    }

    fn info(&self) -> io::Result<ImageInfo> {
        match self {
            Self::Random(source) => source.info(),
            Self::Stream(stream) => {
                let mut info = ImageInfo::read(&mut Cursor::new(&stream.head))?;
                info.file_size = stream.length;
                if info.format == ImageFormat::Raw {
                    info.virtual_size = stream.length;
                }
                Ok(info)
            }
        }
    }

    /// Identifies the content, if it can be looked at again.
    pub(super) fn mark(&self) -> io::Result<Option<Mark>> {
        match self {
            Self::Random(source) => source.mark(),
            Self::Stream(_) => Ok(None),
        }
    }
}

/// A reader of a known length.
pub(super) struct Stream {
    head: Vec<u8>,
    pub(super) length: u64,
    rest: Mutex<Box<dyn Read + Send>>,
}

impl Stream {
    /// Reads the next bytes; fails if there are fewer.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<()> {
        let read = self.rest.lock().unwrap_or_else(PoisonError::into_inner).read_exact(buffer);
        read.map_err(|error| {
            early_end(error, || format!("the stream is shorter than the stated {} bytes", self.length))
        })
    }

    /// Fails if there is more than the stated length.
    pub(super) fn expect_end(&self) -> io::Result<()> {
        match self.rest.lock().unwrap_or_else(PoisonError::into_inner).read(&mut [0])? {
            0 => Ok(()),
            _ => Err(io::Error::other(format!("the stream is longer than the stated {} bytes", self.length))),
        }
    }
}
