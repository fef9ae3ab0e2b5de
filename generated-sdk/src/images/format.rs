//! What an image file contains: its format, its virtual size and the file that it is based on.

use std::io::{self, Read, Seek, SeekFrom};

use crate::types::DiskFormat;

/// The first bytes of a QCOW2 image.
const MAGIC: [u8; 4] = *b"QFI\xfb";

/// The size of the header of version 2. Version 3 adds fields.
const HEADER_SIZE: usize = 72;

/// The longest name of a backing file in QCOW2.
const MAX_BACKING_NAME: u32 = 1023;

/// The beginning of images and archives that hosts can't use, and what they are. They would be taken for raw images.
const FOREIGN: [(&[u8], &str); 10] = [
    (b"KDMV", "a VMDK image"),
    (b"# Disk DescriptorFile", "a VMDK descriptor"),
    (b"vhdxfile", "a VHDX image"),
    (b"conectix", "a VHD image"),
    (b"<<< Oracle VM VirtualBox Disk Image", "a VDI image"),
    (b"QED\0", "a QED image"),
    (b"\x1f\x8b\x08", "compressed with gzip"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\0", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
];

/// Bits of the incompatible features of QCOW2 version 3.
mod feature {
    pub(super) const DIRTY: u64 = 1;
    pub(super) const CORRUPT: u64 = 1 << 1;
    pub(super) const EXTERNAL_DATA: u64 = 1 << 2;
}

/// The format of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageFormat {
    /// The bytes of the disk, one after the other.
    Raw,
    /// QCOW2, version 2 or 3.
    Qcow2,
}

impl ImageFormat {
    /// The format of a disk with such an image.
    pub(super) fn of_disk(self) -> DiskFormat {
        match self {
            Self::Raw => DiskFormat::Raw,
            Self::Qcow2 => DiskFormat::Cow,
        }
    }
}

/// What an image file contains.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageInfo {
    /// The format.
    pub format: ImageFormat,
    /// The size of the disk that the image describes, in bytes.
    pub virtual_size: u64,
    /// The size of the file, in bytes.
    pub file_size: u64,
    /// The file on which a QCOW2 image is based.
    pub backing_file: Option<String>,
}

impl ImageInfo {
    /// A raw image of a size.
    pub(super) fn raw(size: u64) -> Self {
        Self { format: ImageFormat::Raw, virtual_size: size, file_size: size, backing_file: None }
    }

    /// Reads the header of an image.
    ///
    /// # Errors
    ///
    /// Fails if the image can't be read ([`io::ErrorKind::InvalidData`] if its header is damaged, or if it is of a kind
    /// that hosts can't use: with an external data file, marked as corrupt or in use, compressed, or in another format).
    pub fn read(image: &mut (impl Read + Seek)) -> io::Result<Self> {
        let file_size = image.seek(SeekFrom::End(0))?;
        image.seek(SeekFrom::Start(0))?;
        let mut header = Vec::with_capacity(HEADER_SIZE);
        image.by_ref().take(HEADER_SIZE as u64).read_to_end(&mut header)?;
        if !header.starts_with(&MAGIC) {
            return match FOREIGN.iter().find(|(beginning, _)| header.starts_with(beginning)) {
                Some((_, kind)) => Err(foreign(kind)),
                None => Ok(Self::raw(file_size)),
            };
        }
        let mut fields = Fields(&header);
        fields.skip(MAGIC.len())?;
        let version = fields.u32()?;
        if !(2..=3).contains(&version) {
            return Err(invalid(format!("QCOW2 version {version} is not supported, only 2 and 3 are")));
        }
        let backing_offset = fields.u64()?;
        let backing_length = fields.u32()?;
        let _cluster_bits = fields.u32()?;
        let virtual_size = fields.u64()?;
        if fields.u32()? != 0 {
            return Err(invalid("the image is encrypted".to_owned()));
        }
        if version == 3 {
            image.seek(SeekFrom::Start(HEADER_SIZE as u64))?;
            let mut features = [0; 8];
            image.read_exact(&mut features).map_err(|_| truncated())?;
            check_features(u64::from_be_bytes(features))?;
        }
        let backing_file = match backing_offset {
            0 => None,
            _ if backing_length > MAX_BACKING_NAME => {
                return Err(invalid(format!("the name of the backing file has {backing_length} bytes")));
            }
            offset => {
                image.seek(SeekFrom::Start(offset))?;
                let mut name = Vec::new();
                image.by_ref().take(u64::from(backing_length)).read_to_end(&mut name)?;
                Some(String::from_utf8_lossy(&name).into_owned())
            }
        };
        image.seek(SeekFrom::Start(0))?;
        Ok(Self { format: ImageFormat::Qcow2, virtual_size, file_size, backing_file })
    }
}

fn check_features(features: u64) -> io::Result<()> {
    let problem = if features & feature::CORRUPT != 0 {
        "is marked as corrupt; `qemu-img check -r all` may repair it"
    } else if features & feature::EXTERNAL_DATA != 0 {
        "keeps its data in another file; `qemu-img convert` writes one that does not"
    } else if features & feature::DIRTY != 0 {
        "was not closed properly; `qemu-img check -r all` repairs it"
    } else {
        return Ok(());
    };
    Err(invalid(format!("the image {problem}")))
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

fn foreign(kind: &str) -> io::Error {
    let fix = match kind.strip_prefix("compressed with ") {
        Some(_) => "uncompress it",
        None => "`qemu-img convert -O qcow2` converts it",
    };
    invalid(format!(
        "the image is {kind}, but hosts use raw and QCOW2: {fix}, or set `ImageFormat::Raw` to keep its bytes"
    ))
}

fn truncated() -> io::Error {
    invalid("the file ends within the header of a QCOW2 image".to_owned())
}

/// The big-endian fields of a header.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn skip(&mut self, count: usize) -> io::Result<()> {
        self.0 = self.0.get(count..).ok_or_else(truncated)?;
        Ok(())
    }

    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk().ok_or_else(truncated)?;
        self.0 = rest;
        Ok(*field)
    }

    fn u32(&mut self) -> io::Result<u32> {
        self.take().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> io::Result<u64> {
        self.take().map(u64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A header with fields that tests change by offset.
    fn header(version: u32) -> Vec<u8> {
        let mut header = vec![0; 112];
        header[..4].copy_from_slice(&MAGIC);
        header[4..8].copy_from_slice(&version.to_be_bytes());
        header[20..24].copy_from_slice(&16_u32.to_be_bytes());
        header[24..32].copy_from_slice(&(5_u64 << 30).to_be_bytes());
        header
    }

    fn read(bytes: &[u8]) -> io::Result<ImageInfo> {
        ImageInfo::read(&mut Cursor::new(bytes))
    }

    #[test]
    fn raw_images_are_as_large_as_their_file() {
        for size in [0, 1, 3, 4, 512] {
            let info = read(&vec![b'Q'; size]).unwrap();
            assert_eq!((info.format, info.virtual_size), (ImageFormat::Raw, size as u64));
        }
    }

    #[test]
    fn images_of_other_programs_are_not_taken_for_raw_ones() {
        for (beginning, kind) in FOREIGN {
            let mut image = vec![0; 512];
            image[..beginning.len()].copy_from_slice(beginning);
            let error = read(&image).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            assert!(error.to_string().contains(kind), "{error}");
            image[0] ^= 1;
            assert_eq!(read(&image).unwrap().format, ImageFormat::Raw);
        }
    }

    #[test]
    fn both_versions_of_qcow2_are_read() {
        for version in [2, 3] {
            let info = read(&header(version)).unwrap();
            assert_eq!(info.format, ImageFormat::Qcow2);
            assert_eq!((info.virtual_size, info.file_size, info.backing_file), (5 << 30, 112, None));
        }
    }

    #[test]
    fn the_backing_file_is_named() {
        let mut image = header(3);
        image[8..16].copy_from_slice(&112_u64.to_be_bytes());
        image[16..20].copy_from_slice(&9_u32.to_be_bytes());
        image.extend_from_slice(b"base.img\xff and more");
        assert_eq!(read(&image).unwrap().backing_file.as_deref(), Some("base.img\u{fffd}"));
    }

    #[test]
    fn damaged_and_unusable_images_are_explained() {
        let problem = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut image = header(3);
            change(&mut image);
            let error = read(&image).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            error.to_string()
        };
        assert!(problem(&|image| image[7] = 4).contains("version 4"));
        assert!(problem(&|image| image.truncate(30)).contains("ends within the header"));
        assert!(problem(&|image| image.truncate(75)).contains("ends within the header"));
        assert!(problem(&|image| image[35] = 1).contains("encrypted"));
        assert!(problem(&|image| image[79] = 1).contains("not closed properly"));
        assert!(problem(&|image| image[79] = 2).contains("corrupt"));
        assert!(problem(&|image| image[79] = 4).contains("another file"));
        assert!(problem(&|image| image[8..20].fill(0xff)).contains("the backing file has 4294967295 bytes"));
    }
}
