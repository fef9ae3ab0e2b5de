//! Image transfers: how clients get to the bytes of disks, and for how long.

use std::time::Duration;

use crate::api::{Call, Context, Fault, Registry, Reply, on_effect};
use crate::effect::{Effect, EffectKind};
use crate::note::Note;
use crate::path::last;
use crate::resources::common::disk::{self, TRANSFER};
use crate::resources::common::storage_domain;
use crate::resources::disks::remove::remove_disk;
use crate::resources::paths::{DISKS, HOSTS, IMAGE_TRANSFERS, SNAPSHOTS, is_below, is_sub_collection};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{
    Disk, DiskFormat, DiskStatus, DiskStorageType, Host, HostStatus, Image, ImageTransfer, ImageTransferDirection,
    ImageTransferPhase as Phase, ImageTransferTimeoutPolicy,
};

/// The path of the disk of a transfer.
const DISK: Note<String> = Note::new("disk");
/// The ticket for the data.
const TICKET: Note<String> = Note::new("ticket");
/// The time of the client's last request, in milliseconds since 1970.
const TOUCHED: Note<i64> = Note::new("touched");
/// The number of transferred bytes.
const MOVED: Note<i64> = Note::new("moved");
const BEGINNING: Duration = Duration::from_secs(3);
const RESUMING: Duration = Duration::from_secs(1);
const ENDING: Duration = Duration::from_secs(3);
/// How long a transfer can still be asked for after its end.
const KEPT: Duration = Duration::from_secs(15 * 60);
const KEPT_FAILED: Duration = Duration::from_secs(30 * 60);

pub(super) fn register(registry: &mut Registry) {
    registry.on("image_transfers", "add", add);
    registry.on("image_transfer", "extend", |call| {
        let path = call.path();
        call.state.find::<ImageTransfer>(&path)?;
        touch(call.state, &path);
        Ok(Reply::Completed)
    });
    registry.on("image_transfer", "pause", pause);
    registry.on("image_transfer", "resume", resume);
    registry.on("image_transfer", "cancel", cancel);
    registry.on("image_transfer", "finalize", finalize);
    registry.render("image_transfer", show);
    on_effect!(registry, |state, ImageTransferReady { image_transfer }| ready(state, image_transfer));
    on_effect!(registry, |state, ImageTransferIdleChecked { image_transfer }| watch(state, image_transfer));
    on_effect!(registry, |state, ImageTransferEnded { image_transfer }| ended(state, image_transfer));
    on_effect!(registry, |state, ImageTransferDeleted { image_transfer }| {
        state.remove(image_transfer);
    });
}

fn phase(state: &State, path: &str) -> Option<Phase> {
    state.get::<ImageTransfer>(path)?.phase.clone()
}

fn set_phase(state: &mut State, path: &str, phase: Phase) {
    if let Some(transfer) = state.get_mut::<ImageTransfer>(path) {
        transfer.phase = Some(phase);
    }
}

/// Notes that something was heard of the client.
pub(crate) fn touch(state: &mut State, path: &str) {
    let now = state.now_millis();
    state.set_note(path, TOUCHED, now);
}

/// Counts bytes that were moved.
pub(crate) fn count(state: &mut State, path: &str, bytes: u64) {
    let moved = number(state, path, MOVED).saturating_add(i64::try_from(bytes).unwrap_or(i64::MAX));
    state.set_note(path, MOVED, moved);
}

fn number(state: &State, path: &str, note: Note<i64>) -> i64 {
    state.note(path, note).unwrap_or(0)
}

/// The transfer that a ticket lets a client do now.
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

fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    let shown: &mut dyn std::any::Any = shown;
    let Some(transfer) = shown.downcast_mut::<ImageTransfer>() else { return };
    transfer.transferred = Some(number(state, path, MOVED));
    let has_ticket =
        matches!(transfer.phase, Some(Phase::Transferring | Phase::PausedUser | Phase::PausedSystem | Phase::Resuming));
    if let Some(ticket) = state.note(path, TICKET).filter(|_| has_ticket) {
        let url = format!("{}/images/{ticket}", state.origin);
        transfer.transfer_url = Some(url.clone());
        transfer.proxy_url = Some(url);
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut transfer: ImageTransfer = call.body()?;
    let disk = disk_for(call.state, &transfer)?;
    let upload = transfer.direction != Some(ImageTransferDirection::Download);
    let verb = if upload { "upload" } else { "download" };
    let found = call.state.find::<Disk>(&disk)?.clone();
    if found.storage_type == Some(DiskStorageType::Lun) {
        return Err(Fault::conflict(&format!(
            "Cannot {verb} Virtual Disk. The operation is not supported for Direct LUN disks."
        )));
    }
    disk::check_free(call.state, &disk, verb)?;
    if transfer.backup.is_none() && transfer.snapshot.is_none() {
        disk::check_unused(call.state, &disk, verb)?;
    }
    if let Some(domain) = disk::domain_of(call.state, &disk) {
        storage_domain::check_usable(call.state, &domain, verb, "Virtual Disk")?;
    }
    let host = host_for(call.state, transfer.host.take().map(|host| *host))?;
    transfer.id = None;
    transfer.direction = Some(if upload { ImageTransferDirection::Upload } else { ImageTransferDirection::Download });
    transfer.format = transfer.format.or(found.format);
    transfer.active.get_or_insert(false);
    transfer.inactivity_timeout.get_or_insert(60);
    transfer.timeout_policy.get_or_insert(ImageTransferTimeoutPolicy::Legacy);
    transfer.shallow.get_or_insert(false);
    transfer.phase = Some(Phase::Initializing);
    transfer.host = Some(Box::new(Host::with_id(last(&host))));
    transfer.image = Some(Box::new(Image::with_id(last(&disk))));
    let locks = transfer.backup.is_none();
    (transfer.disk, transfer.snapshot, transfer.transfer_url, transfer.proxy_url) = (None, None, None, None);
    let path = call.state.insert(IMAGE_TRANSFERS, transfer);
    let ticket = call.state.new_id();
    call.state.set_note(&path, TICKET, ticket);
    call.state.set_note(&path, DISK, disk.clone());
    if locks {
        call.state.set_note(&disk, TRANSFER, last(&path));
        disk::set_locked(call.state, &disk, true);
    }
    let name = call.state.name_of(&disk);
    let text = format!("The {verb} of disk {name} was initiated");
    call.state.event(1031, Severity::Normal, &text, &[&disk, &host]);
    call.state.after(BEGINNING, Effect::ImageTransferReady { image_transfer: path.clone() });
    Ok(Reply::Created(path))
}

/// The disk that is meant: itself, by one of its layers, or as an image.
fn disk_for(state: &State, transfer: &ImageTransfer) -> Result<String, Fault> {
    if let Some(disk) = &transfer.disk {
        return state.reference(DISKS, &**disk)?.ok_or_else(|| Fault::incomplete("ImageTransfer", &["disk.id"], "add"));
    }
    if let Some(id) = transfer.image.as_ref().and_then(|image| image.id.as_ref()) {
        let path = format!("{DISKS}/{id}");
        return if state.contains(&path) { Ok(path) } else { Err(Fault::not_found()) };
    }
    let Some(image) = transfer.snapshot.as_ref().and_then(|snapshot| snapshot.id.as_deref()) else {
        return Err(Fault::incomplete("ImageTransfer", &["image.id|disk.id|snapshot.id"], "add"));
    };
    let active = state.list::<Disk>(DISKS).find(|(_, disk)| disk.image_id.as_deref() == Some(image));
    if let Some((path, _)) = active {
        return Ok(path);
    }
    let of_snapshots = state.collections().filter(|path| is_sub_collection(path, DISKS) && is_below(path, SNAPSHOTS));
    let mut layers = of_snapshots.flat_map(|path| state.list::<Disk>(path));
    let layer = layers.find(|(_, disk)| disk.image_id.as_deref() == Some(image));
    let path = layer.map(|(path, _)| format!("{DISKS}/{}", last(&path))).filter(|path| state.contains(path));
    path.ok_or_else(Fault::not_found)
}

fn host_for(state: &State, wanted: Option<Host>) -> Result<String, Fault> {
    let is_up = |host: &Host| matches!(host.status, None | Some(HostStatus::Up));
    let told = wanted.map(|host| state.reference(HOSTS, &host)).transpose()?.flatten();
    let host = match told {
        Some(path) => state.get::<Host>(&path).filter(|host| is_up(host)).map(|_| path),
        None => state.list::<Host>(HOSTS).find(|(_, host)| is_up(host)).map(|(path, _)| path),
    };
    host.ok_or_else(|| Fault::conflict("Cannot transfer Virtual Disk. There is no active Host in the Data Center."))
}

fn ready(state: &mut State, path: &str) {
    if !matches!(phase(state, path), Some(Phase::Initializing | Phase::Resuming)) {
        return;
    }
    set_phase(state, path, Phase::Transferring);
    touch(state, path);
    state.cancel(EffectKind::ImageTransferIdleChecked, path);
    watch_after(state, path);
}

/// Looks after the client when it could have been silent for too long.
fn watch_after(state: &mut State, path: &str) {
    let seconds = state.get::<ImageTransfer>(path).and_then(|transfer| transfer.inactivity_timeout).unwrap_or(60);
    let Some(seconds) = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0) else { return };
    let silent = state.now_millis().saturating_sub(number(state, path, TOUCHED));
    let left = seconds.saturating_mul(1000).saturating_sub(u64::try_from(silent).unwrap_or(0));
    let effect = Effect::ImageTransferIdleChecked { image_transfer: path.to_owned() };
    state.after(Duration::from_millis(left.max(1)), effect);
}

fn watch(state: &mut State, path: &str) {
    if phase(state, path) != Some(Phase::Transferring) {
        return;
    }
    let Some(transfer) = state.get::<ImageTransfer>(path).cloned() else { return };
    let silent = state.now_millis().saturating_sub(number(state, path, TOUCHED));
    if silent < transfer.inactivity_timeout.unwrap_or(60).saturating_mul(1000) {
        return watch_after(state, path);
    }
    let disk = disk_of(state, path);
    let name = state.name_of(&disk);
    let upload = transfer.direction == Some(ImageTransferDirection::Upload);
    let pauses = match transfer.timeout_policy {
        Some(ImageTransferTimeoutPolicy::Pause) => true,
        Some(ImageTransferTimeoutPolicy::Cancel) => false,
        _ => upload,
    };
    if pauses {
        set_phase(state, path, Phase::PausedSystem);
        let text = format!("The transfer of disk {name} was paused: nothing was heard of the client");
        state.event(1077, Severity::Warning, &text, &[&disk]);
    } else {
        set_phase(state, path, Phase::CancelledSystem);
        let text = format!("The transfer of disk {name} was cancelled: nothing was heard of the client");
        state.event(1076, Severity::Error, &text, &[&disk]);
        state.after(ENDING, Effect::ImageTransferEnded { image_transfer: path.to_owned() });
    }
}

/// Refuses what a phase does not allow.
fn check(call: &Call<'_>, verb: &str, allowed: &[Phase]) -> Result<String, Fault> {
    let path = call.path();
    let transfer = call.state.find::<ImageTransfer>(&path)?;
    let phase = transfer.phase.clone().unwrap_or(Phase::UnknownValue);
    match allowed.contains(&phase) {
        true => Ok(path),
        false => Err(Fault::conflict(&format!("Cannot {verb} image transfer. The phase of the transfer is {phase}."))),
    }
}

fn pause(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = check(call, "pause", &[Phase::Transferring, Phase::Resuming, Phase::Initializing])?;
    set_phase(call.state, &path, Phase::PausedUser);
    tell(call.state, &path, 1073, "was paused");
    Ok(Reply::Completed)
}

fn resume(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = check(call, "resume", &[Phase::PausedUser, Phase::PausedSystem])?;
    set_phase(call.state, &path, Phase::Resuming);
    tell(call.state, &path, 1074, "was resumed");
    call.state.after(RESUMING, Effect::ImageTransferReady { image_transfer: path });
    Ok(Reply::Completed)
}

fn tell(state: &mut State, path: &str, code: i64, what: &str) {
    let disk = disk_of(state, path);
    let text = format!("The transfer of disk {} {what}", state.name_of(&disk));
    state.event(code, Severity::Normal, &text, &[&disk]);
}

const UNFINISHED: &[Phase] =
    &[Phase::Initializing, Phase::Transferring, Phase::PausedUser, Phase::PausedSystem, Phase::Resuming];

fn cancel(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = check(call, "cancel", UNFINISHED)?;
    set_phase(call.state, &path, Phase::CancelledUser);
    tell(call.state, &path, 1033, "was cancelled");
    call.state.after(ENDING, Effect::ImageTransferEnded { image_transfer: path });
    Ok(Reply::Completed)
}

fn finalize(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = check(call, "finalize", &[Phase::Transferring, Phase::PausedUser, Phase::PausedSystem])?;
    set_phase(call.state, &path, Phase::FinalizingSuccess);
    call.state.after(ENDING, Effect::ImageTransferEnded { image_transfer: path });
    Ok(Reply::Completed)
}

/// The end: an upload that was not finished takes its disk with it.
fn ended(state: &mut State, path: &str) {
    let Some(transfer) = state.get::<ImageTransfer>(path).cloned() else { return };
    let disk = disk_of(state, path);
    let upload = transfer.direction == Some(ImageTransferDirection::Upload);
    let locked = state.note(&disk, TRANSFER).as_deref() == Some(last(path));
    if locked {
        state.clear_note(&disk, TRANSFER);
        disk::set_locked(state, &disk, false);
    }
    if transfer.phase == Some(Phase::FinalizingSuccess) {
        set_phase(state, path, Phase::FinishedSuccess);
        if upload {
            allocate(state, &disk);
        }
        tell(state, path, 1032, "succeeded");
        state.after(KEPT, Effect::ImageTransferDeleted { image_transfer: path.to_owned() });
    } else {
        set_phase(state, path, Phase::FinishedCleanup);
        tell(state, path, 1053, "was cleaned up");
        if upload && locked {
            remove_disk(state, &disk);
        }
        state.after(KEPT_FAILED, Effect::ImageTransferDeleted { image_transfer: path.to_owned() });
    }
}

/// An image that was uploaded takes what was written.
fn allocate(state: &mut State, path: &str) {
    let written = i64::try_from(state.contents.size(path)).unwrap_or(i64::MAX);
    if let Some(disk) = state.get_mut::<Disk>(path) {
        if disk.sparse == Some(true) {
            disk.actual_size = Some(disk.actual_size.unwrap_or(0).max(written));
            disk.total_size = disk.actual_size;
        }
        disk.status = Some(DiskStatus::Ok);
    }
}

/// How many bytes a transfer may write or read.
pub(crate) fn size(state: &State, path: &str) -> u64 {
    let Some(transfer) = state.get::<ImageTransfer>(path) else { return 0 };
    let disk = state.get::<Disk>(&disk_of(state, path));
    let size = disk.and_then(|disk| disk.provisioned_size).unwrap_or(0);
    // An image in the format QCOW2 has tables beside its data.
    let size = match transfer.format {
        Some(DiskFormat::Cow) => size.saturating_add(size / 10),
        _ => size,
    };
    u64::try_from(size).unwrap_or(0)
}
