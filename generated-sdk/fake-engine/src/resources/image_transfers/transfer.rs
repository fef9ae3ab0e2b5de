//! What is known about image transfers: their phases, their disks, and what their clients have done.

use crate::note::Note;
use crate::resources::common::units::MIB;
use crate::resources::paths::IMAGE_TRANSFERS;
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskFormat, ImageTransfer, ImageTransferDirection, ImageTransferPhase as Phase};

/// The path of the disk of a transfer.
pub(crate) const DISK: Note<String> = Note::new("disk");
/// The ticket for the data.
pub(crate) const TICKET: Note<String> = Note::new("ticket");
/// The time of the client's last request, in milliseconds since 1970.
pub(crate) const TOUCHED: Note<i64> = Note::new("touched");
/// The number of transferred bytes.
pub(crate) const MOVED: Note<i64> = Note::new("moved");
/// The default inactivity timeout, in seconds.
const INACTIVITY_TIMEOUT: i64 = 60;

pub(crate) fn phase(state: &State, path: &str) -> Option<Phase> {
    state.get::<ImageTransfer>(path)?.phase.clone()
}

pub(crate) fn set_phase(state: &mut State, path: &str, phase: Phase) {
    if let Some(transfer) = state.get_mut::<ImageTransfer>(path) {
        transfer.phase = Some(phase);
    }
}

/// Notes that the client is active.
pub(crate) fn touch(state: &mut State, path: &str) {
    let now = state.now_millis();
    state.set_note(path, TOUCHED, now);
}

/// Adds to the number of transferred bytes.
pub(crate) fn count(state: &mut State, path: &str, bytes: u64) {
    let moved = number(state, path, MOVED).saturating_add(i64::try_from(bytes).unwrap_or(i64::MAX));
    state.set_note(path, MOVED, moved);
}

pub(crate) fn number(state: &State, path: &str, note: Note<i64>) -> i64 {
    state.note(path, note).unwrap_or(0)
}

/// The path of the open transfer with a ticket.
pub(crate) fn of_ticket(state: &State, ticket: &str) -> Option<String> {
    let is_open = |path: &String| {
        state.note(path, TICKET).as_deref() == Some(ticket) && phase(state, path) == Some(Phase::Transferring)
    };
    state.paths(IMAGE_TRANSFERS).into_iter().find(is_open)
}

/// The path of the disk of a transfer.
pub(crate) fn disk_of(state: &State, path: &str) -> String {
    state.note(path, DISK).unwrap_or_default()
}

pub(crate) fn is_upload(transfer: &ImageTransfer) -> bool {
    transfer.direction == Some(ImageTransferDirection::Upload)
}

/// How long the client may be idle, in seconds. Without a limit, the number is not positive.
pub(crate) fn inactivity_limit(transfer: &ImageTransfer) -> i64 {
    transfer.inactivity_timeout.unwrap_or(INACTIVITY_TIMEOUT)
}

/// The number of bytes that a transfer can write or read.
pub(crate) fn size(state: &State, path: &str) -> u64 {
    let Some(transfer) = state.get::<ImageTransfer>(path) else { return 0 };
    let disk = state.get::<Disk>(&disk_of(state, path));
    let size = disk.and_then(|disk| disk.provisioned_size).unwrap_or(0);
    // QCOW2 images contain tables besides their data.
    let size = match transfer.format {
        Some(DiskFormat::Cow) => size.saturating_add(size / 10).saturating_add(MIB),
        _ => size,
    };
    u64::try_from(size).unwrap_or(0)
}
