//! Raw images: in files with holes, and as a stream.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::super::holes;
use super::Sink;

/// A file. Zeros become holes.
pub(in super::super) struct FileSink {
    file: File,
    /// Whether ranges that don't arrive keep their content.
    is_layer: bool,
    /// Whether there may be other data where zeros belong.
    has_content: bool,
}

impl FileSink {
    /// Starts with a file without data, or with a device.
    pub(in super::super) fn new(file: File, size: u64) -> io::Result<Self> {
        let is_file = file.metadata()?.is_file();
        if is_file {
            // A download that starts again has left data.
            file.set_len(0)?;
            file.set_len(size)?;
        }
        Ok(Self { file, is_layer: false, has_content: !is_file })
    }

    /// Replaces parts of an image.
    pub(in super::super) fn update(file: File, size: u64) -> io::Result<Self> {
        // The disk may have been extended.
        file.set_len(size)?;
        Ok(Self { file, is_layer: true, has_content: true })
    }
}

impl Sink for FileSink {
    fn is_layer(&self) -> bool {
        self.is_layer
    }

    fn data(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        holes::write_at(&self.file, offset, data)
    }

    fn zeros(&self, offset: u64, length: u64) -> io::Result<()> {
        match self.has_content {
            true => holes::zero_at(&self.file, offset, length),
            false => Ok(()),
        }
    }

    fn finish(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

/// A writer that gets all bytes in order.
pub(in super::super) struct WriterSink(Arc<Mutex<dyn Write + Send>>);

impl WriterSink {
    pub(in super::super) fn new(writer: Arc<Mutex<dyn Write + Send>>) -> Self {
        Self(writer)
    }

    fn write(&self, data: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(data)
    }
}

impl Sink for WriterSink {
    fn is_random(&self) -> bool {
        false
    }

    fn data(&self, _: u64, data: &[u8]) -> io::Result<()> {
        self.write(data)
    }

    fn zeros(&self, _: u64, mut length: u64) -> io::Result<()> {
        let zeros = [0; 64 << 10];
        while length > 0 {
            let part = length.min(zeros.len() as u64);
            self.write(zeros.get(..part as usize).unwrap_or(&zeros))?;
            length -= part;
        }
        Ok(())
    }

    fn finish(&self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}
