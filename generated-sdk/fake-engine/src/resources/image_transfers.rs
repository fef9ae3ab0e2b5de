//! Image transfers: access to the data of disks for a while.

mod tickets;
pub(crate) mod transfer;

use std::time::Duration;

use crate::api::{Call, Context, Fault, Registry, Reply, on_effect};
use crate::effect::{Effect, EffectKind};
use crate::path::last;
use crate::resources::common::disk::{self, TRANSFER};
use crate::resources::common::disk_lock::{self, LockHolder};
use crate::resources::common::{references, storage_domain};
use crate::resources::disks::remove::remove_disk;
use crate::resources::paths::{BACKUPS, DISKS, HOSTS, IMAGE_TRANSFERS, SNAPSHOTS, VMS, is_below, is_sub_collection};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{
    Backup, BackupPhase, Disk, DiskFormat, DiskStatus, DiskStorageType, Host, HostStatus, Image, ImageTransfer,
    ImageTransferDirection, ImageTransferPhase as Phase, ImageTransferTimeoutPolicy,
};
use tickets::TICKET_CHECK;
use transfer::{DISK, MOVED, TICKET, TOUCHED, disk_of, inactivity_limit, is_upload, number, phase, set_phase, touch};

const RESUMPTION: Duration = Duration::from_secs(1);
const COMPLETION: Duration = Duration::from_secs(3);
/// How long a transfer remains after its end.
const RETENTION: Duration = Duration::from_secs(15 * 60);
const RETENTION_OF_FAILED: Duration = Duration::from_secs(30 * 60);
const TRANSFER_DISK: &str = "transfer Virtual Disk";

pub(super) fn register(registry: &mut Registry) {
    registry.on("image_transfers", "add", add);
    registry.on("image_transfer", "extend", extend);
    registry.on("image_transfer", "pause", pause);
    registry.on("image_transfer", "resume", resume);
    registry.on("image_transfer", "cancel", cancel);
    registry.on("image_transfer", "finalize", finalize);
    registry.render("image_transfer", show);
    on_effect!(registry, |state, ImageTransferReady { image_transfer }| ready(state, image_transfer));
    on_effect!(registry, |state, ImageTransferIdleChecked { image_transfer }| check_idle(state, image_transfer));
    on_effect!(registry, |state, ImageTransferEnded { image_transfer }| ended(state, image_transfer));
    on_effect!(registry, |state, ImageTransferDeleted { image_transfer }| {
        state.remove(image_transfer);
    });
}

fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    let shown: &mut dyn std::any::Any = shown;
    let Some(transfer) = shown.downcast_mut::<ImageTransfer>() else { return };
    transfer.transferred = Some(number(state, path, MOVED));
    let has_ticket =
        matches!(transfer.phase, Some(Phase::Transferring | Phase::PausedUser | Phase::PausedSystem | Phase::Resuming));
    if let Some(ticket) = state.note(path, TICKET).filter(|_| has_ticket) {
        let images = tickets::images_url(state, path).unwrap_or_else(|| format!("{}/images", state.origin));
        let proxy = state.image_daemon.as_ref().and_then(|daemon| daemon.proxy_url());
        transfer.proxy_url = Some(format!("{}/{ticket}", proxy.as_deref().unwrap_or(&images)));
        transfer.transfer_url = Some(format!("{images}/{ticket}"));
    }
    if let Some(image) = transfer.image.as_deref_mut() {
        // The engine adds no address.
        image.href = Some(String::new());
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut transfer: ImageTransfer = call.body()?;
    let disk = disk_for(call.state, &transfer)?;
    let is_upload = transfer.direction != Some(ImageTransferDirection::Download);
    check(call.state, &disk, &transfer, is_upload)?;
    let found = call.state.find::<Disk>(&disk)?.clone();
    let host = host_for(call.state, transfer.host.take().map(|host| *host))?;
    transfer.id = None;
    transfer.direction =
        Some(if is_upload { ImageTransferDirection::Upload } else { ImageTransferDirection::Download });
    let locks = transfer.backup.is_none();
    transfer.format = transfer.format.or(if locks { found.format } else { Some(DiskFormat::Raw) });
    transfer.active.get_or_insert(false);
    transfer.inactivity_timeout = Some(inactivity_limit(&transfer));
    transfer.timeout_policy.get_or_insert(ImageTransferTimeoutPolicy::Legacy);
    transfer.shallow.get_or_insert(false);
    transfer.phase = Some(Phase::Initializing);
    transfer.host = Some(Box::new(Host::with_id(last(&host))));
    transfer.image = Some(Box::new(Image::with_id(last(&disk))));
    (transfer.disk, transfer.snapshot, transfer.transfer_url, transfer.proxy_url) = (None, None, None, None);
    let path = call.state.insert(IMAGE_TRANSFERS, transfer);
    let ticket = call.state.new_id();
    call.state.set_note(&path, TICKET, ticket);
    call.state.set_note(&path, DISK, disk.clone());
    if locks {
        call.state.set_note(&disk, TRANSFER, last(&path));
        disk::set_locked(call.state, &disk, true);
        let holder = if is_upload { LockHolder::Upload } else { LockHolder::Download };
        disk_lock::acquire(call.state, &disk, holder);
    }
    let kind = if is_upload { "Upload" } else { "Download" };
    let (name, user) = (call.state.name_of(&disk), references::acting_user(call.state));
    let text = format!("Image {kind} with disk {name} was initiated by {user}.");
    call.state.event(1031, Severity::Normal, &text, &[&disk, &host]);
    match tickets::add(call.state, &path) {
        Ok(()) => ready(call.state, &path),
        Err(problem) => {
            let text = format!("Transfer was stopped by system. Reason: failed to add host image ticket. {problem}");
            stop(call.state, &path, 1069, &text);
        }
    }
    Ok(Reply::Created(path))
}

/// Fails if the data of a disk can't be transferred.
fn check(state: &State, disk: &str, transfer: &ImageTransfer, is_upload: bool) -> Result<(), Fault> {
    if state.find::<Disk>(disk)?.storage_type == Some(DiskStorageType::Lun) {
        return Err(Fault::general_failure());
    }
    let backup = transfer.backup.as_ref().and_then(|backup| backup.id.as_deref());
    let is_shared = !is_upload && disk_lock::holder(state, disk) == Some(LockHolder::Download);
    if backup.is_none() && !is_shared {
        disk_lock::check(state, disk, TRANSFER_DISK)?;
        disk::check_vms_not_locked(state, disk, TRANSFER_DISK)?;
    }
    if let Some(domain) = disk::domain_of(state, disk) {
        storage_domain::check_usable(state, &domain, TRANSFER_DISK)?;
    }
    if let Some(backup) = backup {
        return check_backup(state, backup, transfer);
    }
    if transfer.snapshot.is_none() {
        disk::check_unused(state, disk, TRANSFER_DISK)?;
    }
    disk::check_images_not_locked(state, &[disk.to_owned()], TRANSFER_DISK)
}

fn check_backup(state: &State, id: &str, transfer: &ImageTransfer) -> Result<(), Fault> {
    let Some(path) = references::find_below_any(state, VMS, BACKUPS, id) else {
        return Err(Fault::invalid(TRANSFER_DISK, "The specified VM backup does not exist."));
    };
    let phase = state.find::<Backup>(&path)?.phase.clone().unwrap_or(BackupPhase::Initializing);
    if phase != BackupPhase::Ready {
        let reason = format!("The VM backup is not in READY phase, backup phase is {}.", phase.as_str().to_uppercase());
        return Err(Fault::cannot(TRANSFER_DISK, &reason));
    }
    match transfer.format {
        Some(DiskFormat::Cow) => {
            Err(Fault::invalid(TRANSFER_DISK, "The specified format is not applicable for VM backup."))
        }
        _ => Ok(()),
    }
}

/// The path of the disk that a transfer names: by its identifier, by that of its image in a snapshot, or as an image.
fn disk_for(state: &State, transfer: &ImageTransfer) -> Result<String, Fault> {
    let of_disk = transfer.disk.as_ref().and_then(|disk| disk.id.as_ref());
    let of_image = || transfer.image.as_ref().and_then(|image| image.id.as_ref());
    if let Some(id) = of_disk.or_else(of_image) {
        let path = format!("{DISKS}/{id}");
        return if state.contains(&path) { Ok(path) } else { Err(Fault::general_failure()) };
    }
    let Some(image) = transfer.snapshot.as_ref().and_then(|snapshot| snapshot.id.as_deref()) else {
        let detail = "No matching signature found, make sure that mandatory attributes are provided.";
        return Err(Fault::new(400, "Input validation failed.", detail));
    };
    let active = state.list::<Disk>(DISKS).find(|(_, disk)| disk.image_id.as_deref() == Some(image));
    if let Some((path, _)) = active {
        return Ok(path);
    }
    let of_snapshots = state.collections().filter(|path| is_sub_collection(path, DISKS) && is_below(path, SNAPSHOTS));
    let mut images = of_snapshots.flat_map(|path| state.list::<Disk>(path));
    let found = images.find(|(_, disk)| disk.image_id.as_deref() == Some(image));
    let path = found.map(|(path, _)| format!("{DISKS}/{}", last(&path))).filter(|path| state.contains(path));
    path.ok_or_else(Fault::general_failure)
}

fn host_for(state: &State, wanted: Option<Host>) -> Result<String, Fault> {
    let is_up = |host: &Host| matches!(host.status, None | Some(HostStatus::Up));
    let chosen = wanted.map(|host| state.reference(HOSTS, &host)).transpose()?.flatten();
    let host = match chosen {
        Some(path) => state.get::<Host>(&path).filter(|host| is_up(host)).map(|_| path),
        None => state.list::<Host>(HOSTS).find(|(_, host)| is_up(host)).map(|(path, _)| path),
    };
    host.ok_or_else(|| Fault::cannot(TRANSFER_DISK, "There is no active Host in the Data Center."))
}

/// Stops a transfer that the host can't continue: pauses an upload, and cancels a download.
fn stop(state: &mut State, path: &str, code: i64, text: &str) {
    let pauses = state.get::<ImageTransfer>(path).is_some_and(is_upload);
    interrupt(state, path, pauses, (code, Severity::Error), text);
}

/// Pauses or cancels a transfer, and logs an event about it.
fn interrupt(state: &mut State, path: &str, pauses: bool, event: (i64, Severity), text: &str) {
    let disk = disk_of(state, path);
    set_phase(state, path, if pauses { Phase::PausedSystem } else { Phase::CancelledSystem });
    state.event(event.0, event.1, text, &[&disk]);
    if !pauses {
        state.after(COMPLETION, Effect::ImageTransferEnded { image_transfer: path.to_owned() });
    }
}

fn ready(state: &mut State, path: &str) {
    if !matches!(phase(state, path), Some(Phase::Initializing | Phase::Resuming)) {
        return;
    }
    set_phase(state, path, Phase::Transferring);
    touch(state, path);
    state.cancel(EffectKind::ImageTransferIdleChecked, path);
    check_idle_later(state, path);
}

/// Schedules the next check whether the client is idle, and the next look at the ticket of the daemon.
fn check_idle_later(state: &mut State, path: &str) {
    let Some(seconds) = state.get::<ImageTransfer>(path).map(inactivity_limit) else { return };
    let idle = state.now_millis().saturating_sub(number(state, path, TOUCHED));
    let left = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(|seconds| {
        let left = seconds.saturating_mul(1000).saturating_sub(u64::try_from(idle).unwrap_or(0));
        Duration::from_millis(left.max(1))
    });
    let delay = match (left, state.image_daemon.is_some()) {
        (Some(left), true) => left.min(TICKET_CHECK),
        (Some(left), false) => left,
        // The client may be idle for as long as it wants, but the ticket needs to be extended.
        (None, true) => TICKET_CHECK,
        (None, false) => return,
    };
    state.after(delay, Effect::ImageTransferIdleChecked { image_transfer: path.to_owned() });
}

/// Pauses or cancels a transfer if its client has been idle for too long.
fn check_idle(state: &mut State, path: &str) {
    if phase(state, path) != Some(Phase::Transferring) {
        return;
    }
    if !tickets::read(state, path) {
        let text = "Transfer was stopped by system. Reason: missing transfer image ticket.";
        return stop(state, path, 1065, text);
    }
    tickets::extend(state, path);
    let Some(transfer) = state.get::<ImageTransfer>(path).cloned() else { return };
    let idle = state.now_millis().saturating_sub(number(state, path, TOUCHED));
    let limit = inactivity_limit(&transfer);
    if limit <= 0 || idle < limit.saturating_mul(1000) {
        return check_idle_later(state, path);
    }
    let pauses = match transfer.timeout_policy {
        Some(ImageTransferTimeoutPolicy::Pause) => true,
        Some(ImageTransferTimeoutPolicy::Cancel) => false,
        _ => is_upload(&transfer),
    };
    let (event, what) = match pauses {
        true => ((1077, Severity::Warning), "paused"),
        false => ((1076, Severity::Error), "canceled"),
    };
    let text = format!(
        "The transfer was {what} by the system according to the timeout policy. Reason: client inactivity timeout."
    );
    interrupt(state, path, pauses, event, &text);
}

fn extend(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    call.state.find::<ImageTransfer>(&path)?;
    touch(call.state, &path);
    Ok(Reply::Completed)
}

/// Sets the phase of a transfer that is in one of the expected phases; returns whether it is. The engine ignores requests
/// in other phases.
fn change_phase(call: &mut Call<'_>, expected: &[Phase], phase: Phase) -> Result<bool, Fault> {
    let path = call.path();
    let transfer = call.state.find_mut::<ImageTransfer>(&path)?;
    let is_expected = transfer.phase.as_ref().is_some_and(|phase| expected.contains(phase));
    if is_expected {
        transfer.phase = Some(phase);
        touch(call.state, &path);
    }
    Ok(is_expected)
}

fn pause(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let open = [Phase::Transferring, Phase::Resuming, Phase::Initializing];
    if change_phase(call, &open, Phase::PausedUser)? {
        let text = format!("Image transfer was paused by user ({}).", references::acting_user(call.state));
        log(call.state, &call.path(), 1073, &text);
    }
    Ok(Reply::Completed)
}

fn resume(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if change_phase(call, &[Phase::PausedUser, Phase::PausedSystem], Phase::Resuming)? {
        let (path, user) = (call.path(), references::acting_user(call.state));
        tickets::extend(call.state, &path);
        log(call.state, &path, 1074, &format!("Image transfer was resumed by user ({user})."));
        call.state.after(RESUMPTION, Effect::ImageTransferReady { image_transfer: path });
    }
    Ok(Reply::Completed)
}

fn log(state: &mut State, path: &str, code: i64, text: &str) {
    let disk = disk_of(state, path);
    state.event(code, Severity::Normal, text, &[&disk]);
}

/// Logs an event about a transfer: "Image Upload with disk d1 succeeded."
fn log_end(state: &mut State, path: &str, event: (i64, Severity), what: &str) {
    let disk = disk_of(state, path);
    let transfer = state.get::<ImageTransfer>(path);
    let is_upload = transfer.is_some_and(is_upload);
    let kind = if is_upload { "Upload" } else { "Download" };
    let text = format!("Image {kind} with disk {} {what}.", state.name_of(&disk));
    state.event(event.0, event.1, &text, &[&disk]);
}

const UNFINISHED: &[Phase] =
    &[Phase::Initializing, Phase::Transferring, Phase::PausedUser, Phase::PausedSystem, Phase::Resuming];

fn cancel(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if change_phase(call, UNFINISHED, Phase::CancelledUser)? {
        let path = call.path();
        log_end(call.state, &path, (1033, Severity::Normal), "was cancelled");
        call.state.after(COMPLETION, Effect::ImageTransferEnded { image_transfer: path });
    }
    Ok(Reply::Completed)
}

fn finalize(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let open = [Phase::Transferring, Phase::PausedUser, Phase::PausedSystem];
    if change_phase(call, &open, Phase::FinalizingSuccess)? {
        let path = call.path();
        call.state.after(COMPLETION, Effect::ImageTransferEnded { image_transfer: path });
    }
    Ok(Reply::Completed)
}

/// Ends a transfer. The disk of an upload that failed or was canceled is removed.
fn ended(state: &mut State, path: &str) {
    let Some(transfer) = state.get::<ImageTransfer>(path).cloned() else { return };
    tickets::remove(state, path);
    let disk = disk_of(state, path);
    let is_upload = is_upload(&transfer);
    let is_locked = state.note(&disk, TRANSFER).as_deref() == Some(last(path));
    if is_locked {
        state.clear_note(&disk, TRANSFER);
        disk::set_locked(state, &disk, false);
    }
    let delete = Effect::ImageTransferDeleted { image_transfer: path.to_owned() };
    if transfer.phase == Some(Phase::FinalizingSuccess) && (!is_upload || is_valid(state, &disk)) {
        set_phase(state, path, Phase::FinishedSuccess);
        if is_upload {
            allocate(state, &disk);
        }
        log_end(state, path, (1032, Severity::Normal), "succeeded");
        return state.after(RETENTION, delete);
    }
    if transfer.phase == Some(Phase::CancelledUser) {
        set_phase(state, path, Phase::FinishedCleanup);
    } else {
        set_phase(state, path, Phase::FinishedFailure);
        log_end(state, path, (1034, Severity::Error), "failed");
    }
    if is_upload && is_locked {
        remove_disk(state, &disk);
    }
    state.after(RETENTION_OF_FAILED, delete);
}

/// Whether a disk contains a valid image, as the host sees it.
fn is_valid(state: &State, disk: &str) -> bool {
    state.image_daemon.as_ref().is_none_or(|daemon| daemon.verify(last(disk)))
}

/// Sets the sizes of an image after an upload.
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
