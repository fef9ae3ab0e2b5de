//! Files with holes: where they have data, and access at offsets.

use std::fs::File;
use std::io;

use super::extent::{Content, Extent};

/// The data and the holes of a file of a size. Without support by the file system the file is one range of data.
#[cfg(unix)]
pub(super) fn extents(file: &File, size: u64) -> io::Result<Vec<Extent>> {
    use rustix::fs::{SeekFrom, seek};
    use rustix::io::Errno;

    let mut extents = Vec::new();
    let mut offset = 0;
    while offset < size {
        let data = match seek(file, SeekFrom::Data(offset)) {
            Ok(data) => data.min(size),
            // No data after the offset.
            Err(Errno::NXIO) => size,
            // A block device or a file system without holes.
            Err(Errno::INVAL | Errno::NOTSUP | Errno::NOTTY) => offset,
            Err(error) => return Err(error.into()),
        };
        if data > offset {
            extents.push(Extent { start: offset, length: data - offset, content: Content::Zero });
        }
        if data == size {
            break;
        }
        let hole = match seek(file, SeekFrom::Hole(data)) {
            // A file that grows has no end here; what was added is not part of the image.
            Ok(hole) if hole > data => hole.min(size),
            _ => size,
        };
        extents.push(Extent { start: data, length: hole - data, content: Content::Data });
        offset = hole;
    }
    Ok(extents)
}

/// The whole file as data.
#[cfg(not(unix))]
pub(super) fn extents(_: &File, size: u64) -> io::Result<Vec<Extent>> {
    Ok(vec![Extent { start: 0, length: size, content: Content::Data }])
}

/// Fills a buffer with the data at an offset of a file.
#[cfg(unix)]
pub(super) fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

/// Writes data at an offset of a file.
#[cfg(unix)]
pub(super) fn write_at(file: &File, offset: u64, data: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, data, offset)
}

/// Fills a buffer with the data at an offset of a file.
#[cfg(windows)]
pub(super) fn read_at(file: &File, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                buffer = buffer.get_mut(count..).unwrap_or_default();
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes data at an offset of a file.
#[cfg(windows)]
pub(super) fn write_at(file: &File, mut offset: u64, mut data: &[u8]) -> io::Result<()> {
    while !data.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, data, offset) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                data = data.get(count..).unwrap_or_default();
                offset += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Makes a range of a file read as zeros; frees its space if the file system can.
pub(super) fn zero_at(file: &File, offset: u64, length: u64) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{FallocateFlags, fallocate};
        if fallocate(file, FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE, offset, length).is_ok() {
            return Ok(());
        }
    }
    let zeros = [0; 64 << 10];
    let end = offset.saturating_add(length);
    let mut start = offset;
    while start < end {
        let part = (end - start).min(zeros.len() as u64);
        write_at(file, start, zeros.get(..part as usize).unwrap_or(&zeros))?;
        start += part;
    }
    Ok(())
}
