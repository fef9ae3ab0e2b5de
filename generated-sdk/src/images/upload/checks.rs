//! What must be true before the data is sent: the image is usable, and the disk fits.

use std::time::Duration;

use super::super::copy::blocking;
use super::super::error::{Action, ImageProblem};
use super::super::extent::Content;
use super::super::format::{ImageFormat, ImageInfo};
use super::super::transfer::{NewDisk, Plan, Route};
use super::input::Input;
use crate::connection::Connection;
use crate::error::Error;
use crate::services::DiskService;
use crate::types::{Disk, DiskFormat, DiskStatus, ImageTransfer};

/// Sizes of disks are multiples of this.
const SECTOR: u64 = 512;

/// The clusters in which hosts write QCOW2.
const CLUSTER: u64 = 64 << 10;

/// How long the creation of a disk may take; preallocated ones are filled with zeros.
const CREATION: Duration = Duration::from_secs(3600);

/// The image with its format, if a host can use it.
pub(super) async fn inspect(
    input: Input,
    format: Option<ImageFormat>,
    action: &Action,
) -> Result<(Input, ImageInfo), Error> {
    let read = input.clone();
    let info = blocking(move || read.info_as(format)).await?.map_err(|error| action.file(&error))?;
    if format.is_some_and(|wanted| wanted != info.format) {
        return Err(action.error(ImageProblem::InvalidImage, "this is not a QCOW2 image"));
    }
    match &info.backing_file {
        Some(file) => Err(action.error(ImageProblem::BackingFile, format!("the image is based on `{file}`"))),
        None => Ok((input, info)),
    }
}

/// The disk that receives the image.
pub(super) struct Target {
    pub(super) service: DiskService,
    pub(super) disk: Disk,
    /// Whether it was created just now.
    pub(super) created: bool,
}

impl Target {
    /// How to transfer an image to the disk.
    pub(super) fn plan(&self, request: ImageTransfer, route: Route, action: &Action) -> Plan {
        let (disk, created) = (Some(self.service.clone()), self.created);
        Plan { request, route, disk, created, action: action.clone() }
    }
}

/// Creates the disk, or checks that the existing one fits.
pub(super) async fn target(
    connection: &Connection,
    wanted: Disk,
    info: &ImageInfo,
    input: &Input,
    action: &Action,
) -> Result<(Target, Option<NewDisk>), Error> {
    let disks = connection.system().disks();
    let Some(id) = wanted.id.clone() else {
        let disk = disks.add(completed(wanted, info, input, action).await?).send().await?;
        let service = disks.disk(disk.try_id()?);
        let new = NewDisk::new(service.clone());
        let disk = service.wait_until_ok().timeout(CREATION).await?;
        return Ok((Target { service, disk, created: true }, Some(new)));
    };
    let service = disks.disk(&id);
    let disk = service.get().send().await?;
    if let Some(status) = disk.status.as_ref().filter(|status| **status != DiskStatus::Ok) {
        return Err(action.error(ImageProblem::DiskState, format!("the status of the disk is `{status}`")));
    }
    let size = disk.provisioned_size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
    if size < info.virtual_size {
        let detail = format!("the image has {} bytes, but the disk only {size}", info.virtual_size);
        return Err(action.error(ImageProblem::TooLarge, detail));
    }
    if info.format == ImageFormat::Qcow2 && disk.format != Some(DiskFormat::Cow) {
        let detail = "the image is QCOW2, but the disk is raw";
        return Err(action.error(ImageProblem::Format, detail));
    }
    Ok((Target { service, disk, created: false }, None))
}

/// The disk that an earlier process began to fill.
pub(super) async fn earlier(
    connection: &Connection,
    id: &str,
    created: bool,
    action: &Action,
) -> Result<Target, Error> {
    let service = connection.system().disks().disk(id);
    match service.get().send().await {
        Ok(disk) => Ok(Target { service, disk, created }),
        // The engine removes the disk when it ends an upload.
        Err(error) if error.is_not_found() => Err(action.caused(ImageProblem::State, error)),
        Err(error) => Err(error),
    }
}

/// Adds what the image says to the description of a new disk.
async fn completed(mut disk: Disk, info: &ImageInfo, input: &Input, action: &Action) -> Result<Disk, Error> {
    let size = |bytes: u64| {
        i64::try_from(bytes).map_err(|_| action.error(ImageProblem::TooLarge, format!("{bytes} bytes are too many")))
    };
    let virtual_size = info.virtual_size.next_multiple_of(SECTOR).max(SECTOR);
    match disk.provisioned_size {
        None => disk.provisioned_size = Some(size(virtual_size)?),
        Some(given) if u64::try_from(given).unwrap_or(0) < info.virtual_size => {
            let detail = format!("the image has {} bytes, but the new disk only {given}", info.virtual_size);
            return Err(action.error(ImageProblem::TooLarge, detail));
        }
        Some(_) => {}
    }
    let format = disk.format.get_or_insert(info.format.of_disk());
    match (&*format, info.format) {
        (DiskFormat::Cow, ImageFormat::Qcow2) => {
            // On block storage, the size of the volume.
            disk.initial_size.get_or_insert(size(info.file_size)?);
        }
        (DiskFormat::Cow, ImageFormat::Raw) if disk.initial_size.is_none() => {
            disk.initial_size = Some(size(required_size(input, info, action).await?)?);
        }
        (DiskFormat::Raw, ImageFormat::Qcow2) => {
            return Err(action.error(ImageProblem::Format, "the image is QCOW2, but the new disk is to be raw"));
        }
        _ => {}
    }
    // Only a sparse disk can be QCOW2 on all storage; holes of raw images are worth keeping.
    disk.sparse.get_or_insert(true);
    Ok(disk)
}

/// The size of a QCOW2 image with the data of a raw one.
async fn required_size(input: &Input, info: &ImageInfo, action: &Action) -> Result<u64, Error> {
    let data = match input {
        Input::Random(source) => {
            let source = source.clone();
            let extents = blocking(move || source.extents()).await?.map_err(|error| action.file(&error))?;
            let data = extents.iter().filter(|extent| extent.content == Content::Data);
            data.map(|extent| extent.end().div_ceil(CLUSTER) - extent.start / CLUSTER).sum()
        }
        Input::Stream(stream) => stream.length.div_ceil(CLUSTER),
    };
    // For each cluster 8 bytes in a table and 2 in the reference counts; the header and the tables of tables.
    let tables = (info.virtual_size.div_ceil(CLUSTER) * 8).div_ceil(CLUSTER) + (data * 2).div_ceil(CLUSTER);
    Ok((data + tables + 4) * CLUSTER)
}
