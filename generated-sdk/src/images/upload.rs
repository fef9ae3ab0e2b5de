//! Uploads.

mod checks;
mod input;
mod record;
mod send;

use std::fmt;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{Action, ImageProblem};
use super::format::{ImageFormat, ImageInfo};
use super::progress::Progress;
use super::settings::{Settings, setters};
use super::state::State;
use super::transfer::{Route, Transfer};
use crate::connection::Connection;
use crate::error::Error;
use crate::types::{Disk, Host, ImageTransfer, ImageTransferDirection, ImageTransferTimeoutPolicy};
use input::Input;
use record::Saved;

/// An upload of an image to a disk. [`send`](Self::send) starts it.
///
/// Created by [`Connection::upload`] and its siblings. If the upload fails or its future is dropped, the transfer is
/// canceled, and **the engine removes the disk**, because its content is incomplete. This also applies to a disk that
/// existed before, unless nothing was written to it yet. With a [`state_file`](Self::state_file) the transfer is kept
/// instead.
#[must_use = "an upload does nothing until it is sent"]
pub struct Upload {
    connection: Connection,
    source: Opener,
    name: String,
    disk: Disk,
    format: Option<ImageFormat>,
    state_file: Option<PathBuf>,
    settings: Settings,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Upload");
        shown.field("image", &self.name).field("disk", &self.disk).field("state_file", &self.state_file);
        shown.finish_non_exhaustive()
    }
}

type Opener = Box<dyn FnOnce() -> std::io::Result<Input> + Send>;

setters!(Upload);

impl Connection {
    /// Uploads an image file: raw or QCOW2, or a block device. Holes of the file are not read.
    ///
    /// ```no_run
    /// use ovirt_sdk::types::{Disk, StorageDomain};
    ///
    /// # async fn example(connection: ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
    /// let disk = connection
    ///     .upload("fedora.qcow2")
    ///     .into(Disk::new().name("fedora").storage_domains([StorageDomain::with_name("data")]))
    ///     .on_progress(|progress| println!("{} of {} bytes", progress.done, progress.total))
    ///     .send()
    ///     .await?;
    /// println!("{}", disk.try_id()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload(&self, path: impl AsRef<Path>) -> Upload {
        let path = path.as_ref().to_owned();
        let name = path.display().to_string();
        Upload::new(self, name, Box::new(move || Input::file(&path)))
    }

    /// Uploads an image from a reader that can seek.
    pub fn upload_reader(&self, reader: impl Read + Seek + Send + 'static) -> Upload {
        Upload::new(self, "the image".to_owned(), Box::new(move || Ok(Input::reader(reader))))
    }

    /// Uploads an image from a stream with a known length, in bytes. Blocks of zeros are not sent. Such an upload can't
    /// be resumed.
    pub fn upload_stream(&self, stream: impl Read + Send + 'static, length: u64) -> Upload {
        Upload::new(self, "the image".to_owned(), Box::new(move || Input::stream(stream, length)))
    }
}

impl Upload {
    fn new(connection: &Connection, name: String, source: Opener) -> Self {
        Self {
            connection: connection.clone(),
            source,
            name,
            disk: Disk::new(),
            format: None,
            state_file: None,
            settings: Settings::default(),
        }
    }

    /// Sets the disk. With an `id`, the image replaces the content of that disk. Otherwise a disk is created: it needs
    /// at least a `name` and one of `storage_domains`. Size and format are those of the image unless they are set.
    pub fn into(mut self, disk: Disk) -> Self {
        self.disk = disk;
        self
    }

    /// Sets the format of the image, in place of what its first bytes say. Compressed images and those of other formats,
    /// such as VMDK, are only accepted as [`ImageFormat::Raw`], which stores them as they are. Also set it for raw images whose
    /// content isn't trusted: a guest can write the header of a QCOW2 image to its disk.
    pub fn format(mut self, format: ImageFormat) -> Self {
        self.format = Some(format);
        self
    }

    /// Sets a file that keeps the state of the upload. If the file exists, the upload that it describes is continued,
    /// hours later too. It is removed after success. If the upload fails, the transfer stays, and the disk stays locked,
    /// until the upload was continued or [discarded](Connection::discard_upload).
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(path.into());
        self
    }

    /// Uploads the image, waits until the engine has verified it, and returns the disk.
    ///
    /// # Errors
    ///
    /// When the image, the disk or a host can't be used, see [`ImageProblem`], or when a request to the engine fails.
    pub async fn send(self) -> Result<Disk, Error> {
        let action = Action(format!("uploading `{}`", self.name));
        let route = self.settings.route;
        let input = super::copy::blocking(self.source).await?.map_err(|error| action.file(&error))?;
        let (input, info) = checks::inspect(input, self.format, &action).await?;

        if self.settings.verify && matches!(input, Input::Stream(_)) {
            return Err(action.error(ImageProblem::Verification, "a stream can't be read again"));
        }
        let saved = Saved::open(self.state_file, &self.connection, &input, &action)?;
        let (target, transfer) = match saved.as_ref().and_then(|saved| saved.earlier.as_ref()) {
            Some(state) => {
                let target = checks::earlier(&self.connection, &state.disk, state.created, &action).await?;
                let request = request(&target.disk, &info, self.settings.host.clone(), true)?;
                let plan = target.plan(request, route, &action);
                let transfer = Transfer::existing(&self.connection, &state.transfer, plan)?;
                (target, transfer)
            }
            None => {
                let (target, new) = checks::target(&self.connection, self.disk, &info, &input, &action).await?;
                let request = request(&target.disk, &info, self.settings.host.clone(), saved.is_some())?;
                let plan = target.plan(request, route, &action);
                let transfer = Transfer::add(&self.connection, plan).await?;
                if let Some(new) = new {
                    new.keep();
                }
                (target, transfer)
            }
        };
        let record = match saved {
            Some(saved) => {
                // The transfer stays even if this future is dropped.
                transfer.keep();
                Some(saved.record(&transfer, &self.connection, &target, &action)?)
            }
            None => None,
        };
        let job = send::Job { input, info, target: &target, record, settings: self.settings, action };
        job.run(transfer).await?;
        target.service.get().send().await
    }

    /// Blocking counterpart of [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); also within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<Disk, Error> {
        crate::blocking::block_on(self.send())?
    }
}

impl Connection {
    /// Gives up an upload that was kept for a continuation: cancels its transfer, removes a disk that was created for
    /// it, and removes the file.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or is about another engine.
    pub async fn discard_upload(&self, state_file: impl AsRef<Path>) -> Result<(), Error> {
        let path = state_file.as_ref();
        let action = Action(format!("discarding the upload of `{}`", path.display()));
        let state = State::load(path).map_err(|error| action.error(ImageProblem::State, error))?;
        let state = state.ok_or_else(|| action.error(ImageProblem::State, "the file does not exist"))?;
        if state.engine != self.url() {
            return Err(action.error(ImageProblem::State, format!("it is about an upload to {}", state.engine)));
        }
        let created = state.created.then(|| self.system().disks().disk(&state.disk));
        Transfer::discard(self, &state.transfer, created).await;
        std::fs::remove_file(path).map_err(|error| action.file(&error))
    }
}

fn request(disk: &Disk, info: &ImageInfo, host: Option<Host>, keep: bool) -> Result<ImageTransfer, Error> {
    // A paused transfer keeps the disk locked, so only an upload that can be continued pauses.
    let policy = if keep { ImageTransferTimeoutPolicy::Pause } else { ImageTransferTimeoutPolicy::Cancel };
    let mut request = ImageTransfer::new()
        .disk(Disk::with_id(disk.try_id()?))
        .direction(ImageTransferDirection::Upload)
        .format(info.format.of_disk())
        .timeout_policy(policy);
    request.host = host.map(Box::new);
    Ok(request)
}
