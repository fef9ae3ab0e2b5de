//! Comparing checksums after a transfer.

use std::io;
use std::sync::Arc;

use super::checksum::{BLOCK_SIZE, Checksum};
use super::copy::{DATA_SIZE, blocking};
use super::error::{Action, ImageProblem};
use super::extent::{Content, Extent, pieces};
use super::format::ImageFormat;
use super::link::Link;
use super::source::Source;
use super::zeros::is_zero;
use crate::error::Error;

/// Compares an image that a daemon stores with the local one. `total` is the size of the former; what is beyond the
/// local one must be zeros.
pub(super) async fn compare(
    link: &Link,
    source: Arc<dyn Source>,
    format: ImageFormat,
    total: u64,
    action: &Action,
) -> Result<(), Error> {
    // The checksum covers all that is stored, and what is stored after a QCOW2 image has no meaning.
    if !link.capabilities.checksum || format != ImageFormat::Raw {
        return compare_data(link, source, action).await;
    }
    let local = blocking(move || checksum(&*source, total));
    let (local, remote) = (local.await?.map_err(|error| action.file(&error))?, link.checksum().await?);
    match local == remote {
        true => Ok(()),
        false => {
            let detail = format!("the checksum of the local image is {local}, on the host it is {remote}");
            Err(action.error(ImageProblem::Verification, detail))
        }
    }
}

/// Reads all data of an image again and compares it with the local one.
async fn compare_data(link: &Link, source: Arc<dyn Source>, action: &Action) -> Result<(), Error> {
    let described = Arc::clone(&source);
    let extents = blocking(move || described.extents()).await?.map_err(|error| action.file(&error))?;
    let (mut local, mut remote) = (Vec::new(), Vec::new());
    for piece in pieces(extents, DATA_SIZE, DATA_SIZE) {
        let length = piece.length as usize;
        remote.resize(length, 0);
        local.resize(length, 0);
        remote = link.read(piece.start, remote).await?;
        let source = Arc::clone(&source);
        let read = move || source.read(piece.start, &mut local).map(|()| local);
        local = blocking(read).await?.map_err(|error| action.file(&error))?;
        if local != remote {
            let detail =
                format!("the data on the host differs between the offsets {} and {}", piece.start, piece.end());
            return Err(action.error(ImageProblem::Verification, detail));
        }
    }
    Ok(())
}

/// The checksum of a source that is extended to a size with zeros.
fn checksum(source: &dyn Source, total: u64) -> io::Result<String> {
    let extents = source.extents()?;
    let end = extents.last().map_or(0, Extent::end);
    let rest = Extent { start: end, length: total.saturating_sub(end), content: Content::Zero };
    let block = BLOCK_SIZE as u64;
    let mut checksum = Checksum::new();
    let mut buffer = vec![0; BLOCK_SIZE];
    let mut parts = pieces(extents.into_iter().chain([rest]), block, block).peekable();
    // A block may consist of several parts.
    while let Some(first) = parts.next() {
        let number = first.start / block;
        let mut group = vec![first];
        while let Some(part) = parts.next_if(|part| part.start / block == number) {
            group.push(part);
        }
        let length = group.iter().map(|part| part.length).sum::<u64>() as usize;
        if group.iter().all(|part| part.content != Content::Data) {
            checksum.zeros(length);
            continue;
        }
        let mut rest = buffer.get_mut(..length).unwrap_or_default();
        for part in group {
            let (target, after) = rest.split_at_mut(part.length as usize);
            match part.content {
                Content::Data => source.read(part.start, target)?,
                _ => target.fill(0),
            }
            rest = after;
        }
        match buffer.get(..length) {
            Some(data) if is_zero(data) => checksum.zeros(length),
            Some(data) => checksum.data(data),
            None => {}
        }
    }
    Ok(checksum.finish())
}
