//! A daemon that serves the data of disks in place of the engine.

use std::fmt;
use std::time::Duration;

use ovirt_sdk::types::DiskFormat;

/// A daemon that serves the data of disks: set with
/// [`FakeEngineBuilder::image_daemon`](crate::FakeEngineBuilder::image_daemon).
///
/// The methods are called while the engine handles a request, so they must not call the engine.
pub trait ImageDaemon: fmt::Debug + Send + Sync {
    /// Gives the daemon a ticket, at the start of a transfer. Returns the address of its images, such as
    /// `https://host1.example.com:54322/images`.
    ///
    /// # Errors
    ///
    /// The transfer stops, as if the host had failed.
    fn add_ticket(&self, ticket: &ImageTicket) -> Result<String, String>;

    /// The address of the images at the proxy on the engine's machine, such as
    /// `https://engine.example.com:54323/images`. Without a proxy, transfers have the address of the host twice.
    fn proxy_url(&self) -> Option<String> {
        None
    }

    /// What happens with a ticket. `None` if the daemon doesn't know it, for example after its restart.
    fn ticket_status(&self, id: &str) -> Option<TicketStatus>;

    /// Sets the time after which a ticket expires.
    fn extend_ticket(&self, id: &str, timeout: Duration);

    /// Removes a ticket, at the end of a transfer.
    fn remove_ticket(&self, id: &str);

    /// Whether a disk contains a valid image after an upload.
    fn verify(&self, disk: &str) -> bool {
        let _ = disk;
        true
    }
}

/// A ticket: the right to read or write the data of a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageTicket {
    /// The identifier.
    pub id: String,
    /// The identifier of the transfer.
    pub transfer: String,
    /// The identifier of the disk.
    pub disk: String,
    /// The format of the disk.
    pub disk_format: DiskFormat,
    /// The size of the disk, in bytes.
    pub disk_size: u64,
    /// The number of bytes from the beginning that can be accessed.
    pub size: u64,
    /// Whether the data may be written, or only read.
    pub writable: bool,
    /// Whether the daemon converts between the format of the disk and raw data. Otherwise the data is the image as it is
    /// stored.
    pub converted: bool,
    /// Whether zeros free their space.
    pub sparse: bool,
    /// Whether the daemon can tell what changed since a checkpoint.
    pub dirty: bool,
    /// The time after which the ticket expires.
    pub timeout: Duration,
    /// The time without a request after which the daemon closes a connection.
    pub inactivity_timeout: Duration,
}

/// What happens with a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TicketStatus {
    /// The time since the last request.
    pub idle: Duration,
    /// The number of transferred bytes.
    pub transferred: u64,
}
