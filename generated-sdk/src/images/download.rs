//! Downloads.

mod receive;
mod target;

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::error::{Action, ImageProblem};
use super::format::ImageFormat;
use super::progress::Progress;
use super::settings::{Settings, setters};
use super::transfer::{Plan, Route, Transfer};
use crate::connection::Connection;
use crate::error::Error;
use crate::types::{
    Backup, Disk, DiskFormat, DiskSnapshot, Host, ImageTransfer, ImageTransferDirection, ImageTransferTimeoutPolicy,
};
use receive::Job;
use target::{Prepared, Target};

/// A download of the image of a disk. [`to`](Self::to) says where to, and [`send`](Self::send) starts it.
///
/// Created by [`Connection::download`] and [`Connection::download_snapshot`]. If the download fails or its future is
/// dropped, the transfer is cancelled, and an incomplete file is removed.
#[must_use = "a download does nothing until it is sent"]
pub struct Download {
    connection: Connection,
    image: Image,
    target: Option<Target>,
    format: ImageFormat,
    /// Only what was written since a snapshot or checkpoint.
    layer: bool,
    backing: Option<String>,
    backup: Option<String>,
    overwrite: bool,
    settings: Settings,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("image", &self.image).field("format", &self.format).finish_non_exhaustive()
    }
}

#[derive(Debug)]
enum Image {
    Disk(Disk),
    Snapshot(DiskSnapshot),
}

setters!(Download);

impl Connection {
    /// Downloads the image of a disk. No running virtual machine may use the disk, unless it is part of a
    /// [backup](Download::backup).
    ///
    /// ```no_run
    /// use ovirt_sdk::images::ImageFormat;
    /// use ovirt_sdk::types::Disk;
    ///
    /// # async fn example(connection: ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
    /// connection.download(Disk::with_id("123")).format(ImageFormat::Qcow2).to("disk.qcow2").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn download(&self, disk: Disk) -> Download {
        Download::new(self, Image::Disk(disk))
    }

    /// Downloads the content that a disk had when a snapshot was taken.
    pub fn download_snapshot(&self, snapshot: DiskSnapshot) -> Download {
        Download::new(self, Image::Snapshot(snapshot))
    }
}

impl Download {
    fn new(connection: &Connection, image: Image) -> Self {
        Self {
            connection: connection.clone(),
            image,
            target: None,
            format: ImageFormat::Raw,
            layer: false,
            backing: None,
            backup: None,
            overwrite: false,
            settings: Settings::default(),
        }
    }

    /// Writes to a file. Raw images get holes where the disk has zeros.
    pub fn to(mut self, path: impl AsRef<Path>) -> Self {
        self.target = Some(Target::File(path.as_ref().to_owned()));
        self
    }

    /// Writes a raw image to a writer, from the first byte to the last.
    pub fn to_writer(mut self, writer: impl Write + Send + 'static) -> Self {
        self.target = Some(Target::Writer(Arc::new(Mutex::new(writer))));
        self
    }

    /// Sets the format of the file; raw by default. It is independent of the format of the disk.
    pub fn format(mut self, format: ImageFormat) -> Self {
        self.format = format;
        self
    }

    /// Replaces a file that exists. By default, that is an error.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Downloads the disk as it was when a backup began. The virtual machine may run.
    pub fn backup(mut self, backup: &Backup) -> Self {
        self.backup.clone_from(&backup.id);
        self
    }

    /// Downloads only what changed: of an incremental [backup](Self::backup), what was written since its checkpoint; of
    /// a snapshot, what was written after the previous one. The file is QCOW2 and is based on `backing_file`, an image
    /// with the state before. A relative path starts at the folder of the file.
    pub fn changes(mut self, backing_file: impl Into<String>) -> Self {
        self.layer = true;
        self.format = ImageFormat::Qcow2;
        self.backing = Some(backing_file.into());
        self
    }

    /// Updates a raw image file with what changed: of an incremental [backup](Self::backup), what was written since its
    /// checkpoint. The file must contain the state at that checkpoint. If the download fails, repeat it: until then the
    /// file contains a part of the changes.
    pub fn update(mut self, path: impl AsRef<Path>) -> Self {
        self.layer = true;
        self.format = ImageFormat::Raw;
        self.target = Some(Target::Update(path.as_ref().to_owned()));
        self
    }

    /// Downloads the image.
    ///
    /// # Errors
    ///
    /// When the disk, the file or a host can't be used, see [`ImageProblem`](super::ImageProblem), or when a request to
    /// the engine fails.
    pub async fn send(self) -> Result<(), Error> {
        let action = self.action();
        self.check(&action)?;
        let plan = self.plan(&action)?;
        let target = self.target.ok_or_else(|| Error::request("a download needs a target: `to` or `to_writer`"))?;
        let target = target.prepare(self.overwrite, &action)?;
        let backing = match (self.backing, &target) {
            (Some(name), Prepared::File(file)) => Some(file.backing(name).map_err(|error| action.file(&error))?),
            _ => None,
        };
        let transfer = Transfer::add(&self.connection, plan).await?;
        let incremental = self.layer && self.backup.is_some();
        let job = Job { target, format: self.format, backing, incremental, settings: self.settings, action };
        job.run(transfer).await
    }

    /// Returns the checksum of the disk, which the host computes, without downloading the data. It does not depend on the
    /// format of the disk: the hexadecimal BLAKE2b-256 of the BLAKE2b-256 of each 4 MiB, as `ovirt-img` computes it.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); also if the host is too old to compute checksums.
    pub async fn checksum(self) -> Result<String, Error> {
        let action = self.action();
        let transfer = Transfer::add(&self.connection, self.plan(&action)?).await?;
        match receive::checksum(&transfer, self.settings.patience, &action).await {
            Ok(checksum) => transfer.finish().await.map(|()| checksum),
            Err(error) => {
                transfer.cancel().await;
                Err(error)
            }
        }
    }

    /// Blocking counterpart of [`checksum`](Self::checksum).
    ///
    /// # Errors
    ///
    /// As [`checksum`](Self::checksum); also within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn checksum_blocking(self) -> Result<String, Error> {
        crate::blocking::block_on(self.checksum())?
    }

    /// Fails if the options contradict each other.
    fn check(&self, action: &Action) -> Result<(), Error> {
        let is_file = matches!(self.target, None | Some(Target::File(_)));
        if self.settings.verify && (self.format != ImageFormat::Raw || !is_file) {
            return Err(action.error(ImageProblem::Verification, "only raw files can be compared with the disk"));
        }
        if self.layer && self.backup.is_none() && matches!(self.image, Image::Disk(_)) {
            return Err(action.error(ImageProblem::NoChanges, "a disk alone does not tell what changed"));
        }
        if matches!(self.target, Some(Target::Writer(_))) && (self.layer || self.format != ImageFormat::Raw) {
            return Err(action.error(ImageProblem::Format, "a writer can only receive a whole raw image"));
        }
        Ok(())
    }

    /// How to transfer the image.
    fn plan(&self, action: &Action) -> Result<Plan, Error> {
        let (request, route, action) = (self.request()?, self.settings.route, action.clone());
        Ok(Plan { request, route, disk: None, created: false, action })
    }

    fn request(&self) -> Result<ImageTransfer, Error> {
        let mut request = ImageTransfer::new()
            .direction(ImageTransferDirection::Download)
            // Whatever the format of the disk, the host serves its content.
            .format(DiskFormat::Raw)
            .timeout_policy(ImageTransferTimeoutPolicy::Cancel);
        match &self.image {
            Image::Disk(disk) => request.disk = Some(Box::new(Disk::with_id(disk.try_id()?))),
            Image::Snapshot(snapshot) => {
                request.snapshot = Some(Box::new(DiskSnapshot::with_id(snapshot.try_id()?)));
            }
        }
        if self.layer && self.backup.is_none() {
            request.shallow = Some(true);
        }
        request.backup = self.backup.as_ref().map(|id| Box::new(Backup::with_id(id)));
        request.host = self.settings.host.clone().map(Box::new);
        Ok(request)
    }

    /// Blocking counterpart of [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); also within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<(), Error> {
        crate::blocking::block_on(self.send())?
    }

    fn action(&self) -> Action {
        let what = match &self.image {
            Image::Disk(disk) => ("disk", disk.name.as_ref().or(disk.id.as_ref())),
            Image::Snapshot(snapshot) => ("disk snapshot", snapshot.id.as_ref()),
        };
        let id = what.1.map(String::as_str).unwrap_or("without an id");
        match &self.target {
            Some(Target::File(path) | Target::Update(path)) => {
                Action(format!("downloading {} `{id}` to `{}`", what.0, path.display()))
            }
            _ => Action(format!("downloading {} `{id}`", what.0)),
        }
    }
}
