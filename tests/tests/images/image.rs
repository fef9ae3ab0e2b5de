//! Image files for tests.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::process::Command;

/// The start and the length of data in an image.
pub(crate) type Range = (u64, u64);

/// Writes a file of a size with data in some ranges and holes elsewhere.
pub(crate) fn sparse(path: &Path, size: u64, data: &[Range]) {
    let mut file = File::create(path).unwrap();
    for (start, length) in data {
        file.seek(SeekFrom::Start(*start)).unwrap();
        file.write_all(&noise(*start, usize::try_from(*length).unwrap())).unwrap();
    }
    file.set_len(size).unwrap();
}

/// Bytes that look random, and of which none is zero.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    bytes.iter_mut().for_each(|byte| *byte |= 1);
    bytes
}

/// Converts a raw file to QCOW2.
pub(crate) fn qcow2(raw: &Path, target: &Path, options: &[&str]) {
    let mut command = Command::new("qemu-img");
    command.args(["convert", "-f", "raw", "-O", "qcow2"]).args(options).args([raw, target]);
    assert!(command.status().unwrap().success());
}

/// The number of bytes that a file occupies.
pub(crate) fn allocated(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().blocks() * 512
}

/// Whether the beginnings of two files are equal, and the rest of the longer one is zeros.
pub(crate) fn equal_but_for_zeros(shorter: &Path, longer: &Path) -> bool {
    let length = std::fs::metadata(shorter).unwrap().len();
    let file = File::open(longer).unwrap();
    let mut rest = vec![1; usize::try_from(file.metadata().unwrap().len().checked_sub(length).unwrap()).unwrap()];
    file.read_exact_at(&mut rest, length).unwrap();
    let compared = Command::new("cmp").arg(format!("--bytes={length}")).args([shorter, longer]).status().unwrap();
    compared.success() && rest.iter().all(|byte| *byte == 0)
}
