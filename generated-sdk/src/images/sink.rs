//! Where the data of a download goes.

mod qcow2;
mod raw;

use std::io;

pub(super) use qcow2::{Backing, Qcow2Sink};
pub(super) use raw::{FileSink, WriterSink};

/// Receives the data of an image. The methods block.
pub(super) trait Sink: Send + Sync {
    /// Whether ranges may arrive in any order.
    fn is_random(&self) -> bool {
        true
    }

    /// Ranges must start and end at multiples of this, except at the end of the image.
    fn alignment(&self) -> u64 {
        1
    }

    /// Whether ranges that don't arrive come from another image.
    fn is_layer(&self) -> bool {
        false
    }

    /// Stores data at an offset.
    fn data(&self, offset: u64, data: &[u8]) -> io::Result<()>;

    /// Stores zeros.
    fn zeros(&self, offset: u64, length: u64) -> io::Result<()>;

    /// Completes the image after all ranges.
    fn finish(&self) -> io::Result<()>;
}
