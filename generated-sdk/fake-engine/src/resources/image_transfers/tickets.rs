//! The tickets of image transfers at a daemon that serves the data.

use std::time::Duration;

use crate::image_daemon::ImageTicket;
use crate::note::Note;
use crate::path::last;
use crate::resources::common::references;
use crate::resources::image_transfers::transfer::{
    MOVED, TICKET, TOUCHED, disk_of, inactivity_limit, is_upload, number, size,
};
use crate::resources::paths::{BACKUPS, VMS};
use crate::state::State;
use ovirt_sdk::types::{Backup, Disk, DiskFormat, ImageTransfer};

/// The address of the images of the daemon that serves the data.
const DAEMON_URL: Note<String> = Note::new("daemon_url");
/// The validity of tickets.
const TICKET_TIMEOUT: Duration = Duration::from_secs(300);
/// The time between two looks at a ticket of a daemon.
pub(crate) const TICKET_CHECK: Duration = Duration::from_secs(5);

/// The address of the images of the daemon that serves the data of a transfer. An engine without a daemon serves the
/// data itself, even if there was one when the state was saved.
pub(crate) fn images_url(state: &State, path: &str) -> Option<String> {
    state.note(path, DAEMON_URL).filter(|_| state.image_daemon.is_some())
}

/// Gives the daemon a ticket for the data, if there is one.
pub(crate) fn add(state: &mut State, path: &str) -> Result<(), String> {
    let Some(daemon) = state.image_daemon.clone() else { return Ok(()) };
    let Some(transfer) = state.get::<ImageTransfer>(path) else { return Ok(()) };
    let disk_path = disk_of(state, path);
    let disk = state.get::<Disk>(&disk_path);
    let backup = transfer.backup.as_ref().and_then(|backup| backup.id.as_deref());
    let backup = backup.and_then(|id| references::find_below_any(state, VMS, BACKUPS, id));
    let is_incremental = backup.and_then(|path| state.get::<Backup>(&path)?.from_checkpoint_id.clone()).is_some();
    let ticket = ImageTicket {
        id: state.note(path, TICKET).unwrap_or_default(),
        transfer: last(path).to_owned(),
        disk: last(&disk_path).to_owned(),
        disk_format: disk.and_then(|disk| disk.format.clone()).unwrap_or(DiskFormat::Raw),
        disk_size: disk.and_then(|disk| u64::try_from(disk.provisioned_size?).ok()).unwrap_or(0),
        size: size(state, path),
        writable: is_upload(transfer),
        converted: transfer.format == Some(DiskFormat::Raw),
        sparse: disk.is_some_and(|disk| disk.sparse == Some(true)),
        dirty: is_incremental,
        timeout: TICKET_TIMEOUT,
        inactivity_timeout: Duration::from_secs(u64::try_from(inactivity_limit(transfer)).unwrap_or(0)),
    };
    let url = daemon.add_ticket(&ticket)?;
    state.set_note(path, DAEMON_URL, url);
    Ok(())
}

/// Takes the ticket from the daemon.
pub(crate) fn remove(state: &State, path: &str) {
    if let (Some(daemon), Some(ticket)) = (&state.image_daemon, state.note(path, TICKET)) {
        daemon.remove_ticket(&ticket);
    }
}

/// Extends the ticket of the daemon.
pub(crate) fn extend(state: &State, path: &str) {
    if let (Some(daemon), Some(ticket)) = (&state.image_daemon, state.note(path, TICKET)) {
        daemon.extend_ticket(&ticket, TICKET_TIMEOUT);
    }
}

/// Reads what the daemon knows about a ticket. Returns false if it doesn't know the ticket.
pub(crate) fn read(state: &mut State, path: &str) -> bool {
    let (Some(daemon), Some(ticket)) = (state.image_daemon.clone(), state.note(path, TICKET)) else { return true };
    let Some(status) = daemon.ticket_status(&ticket) else { return false };
    let idle = i64::try_from(status.idle.as_millis()).unwrap_or(i64::MAX);
    let touched = state.now_millis().saturating_sub(idle).max(number(state, path, TOUCHED));
    state.set_note(path, TOUCHED, touched);
    state.set_note(path, MOVED, i64::try_from(status.transferred).unwrap_or(i64::MAX));
    true
}
