//! Disks attached to virtual machines.

use crate::api::{Call, Context, Fault, Registry, Reply, UnknownObject, merge, pages};
use crate::note::Note;
use crate::path::{above, last};
use crate::resources::common::{
    command_locks, disk, disk_attachment, disk_lock, locks, network, operating_system, references, storage_domain,
    vm_status, vm_validation,
};
use crate::resources::disks::create::{Requirements, begin_adding, check_new_disk};
use crate::resources::disks::remove::begin_disk_removal;
use crate::resources::disks::update::change_disk;
use crate::resources::paths::{DISK_ATTACHMENTS, DISKS, NICS, STORAGE_DOMAINS, WATCHDOGS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{
    BiosType, DataCenter, DataCenterStatus, Disk, DiskAttachment, DiskContentType, DiskInterface, Nic, NicInterface,
    Vm, VmStatus,
};

/// Whether the attached disk is the image of a snapshot.
const OF_SNAPSHOT: Note<bool> = Note::new("of_snapshot");
const ADD: &str = "add Virtual Disk";
const ATTACH: &str = "attach Virtual Disk";
const DETACH: &str = "detach Virtual Disk";
const EDIT: &str = "edit Virtual Disk";
const LOCKED: &str = "Related operation is currently in progress. Please try again later.";
/// The method in the engine's fault is the Java method that called the check.
const REQUIREMENTS: Requirements = Requirements { size: "provisioned_size|size", method: "invoke0" };

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk_attachments", "add", add);
    registry.on("disk_attachment", "update", update);
    registry.on("disk_attachment", "remove", remove);
    registry.unknown_object("disk_attachment", "remove", UnknownObject::Handled);
    registry.render("disk_attachment", show);
}

/// Adds the name of the device, which the guest reports while it runs.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    let owner = above(path, 2);
    let shown: &mut dyn std::any::Any = shown;
    let Some(attachment) = shown.downcast_mut::<DiskAttachment>() else { return };
    let is_up = state.get::<Vm>(owner).is_some_and(|vm| vm.status == Some(VmStatus::Up));
    if !is_up || attachment.active == Some(false) {
        return;
    }
    let bus = |interface: &Option<DiskInterface>| match interface {
        Some(DiskInterface::Virtio) => "vd",
        _ => "sd",
    };
    let own = bus(&attachment.interface);
    let others = state.list::<DiskAttachment>(&format!("{owner}/{DISK_ATTACHMENTS}"));
    let before = others.filter(|(_, it)| bus(&it.interface) == own && it.active != Some(false));
    let position = before.take_while(|(other, _)| other != path).count();
    if let Some(letter) = u8::try_from(position).ok().filter(|position| *position < 26).map(|it| char::from(b'a' + it))
    {
        attachment.logical_name = Some(format!("/dev/{own}{letter}"));
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let attachment: DiskAttachment = call.body()?;
    let owner = call.parent();
    add_attachment(call, &owner, attachment).map(Reply::Created)
}

/// Attaches the disk with the identifier in an attachment, or a new disk if it has none; returns the path of the
/// attachment.
pub(crate) fn add_attachment(
    call: &mut Call<'_>,
    owner: &str,
    mut attachment: DiskAttachment,
) -> Result<String, Fault> {
    let Some(disk) = attachment.disk.take().map(|disk| *disk) else {
        // The engine fails with an exception.
        return Err(Fault::raw(pages::exception("java.lang.NullPointerException")));
    };
    match disk.id.is_some() {
        true => attach_existing(call, owner, &disk, attachment),
        false => add_new(call, owner, disk, attachment),
    }
}

/// Fails if an attachment has no interface.
fn check_has_interface(attachment: &DiskAttachment) -> Result<(), Fault> {
    match attachment.interface {
        Some(_) => Ok(()),
        None => Err(Fault::bad("Interface is required, Attribute: diskVmElement.diskInterface")),
    }
}

fn attach_existing(
    call: &mut Call<'_>,
    owner: &str,
    disk: &Disk,
    mut attachment: DiskAttachment,
) -> Result<String, Fault> {
    let path = format!("{DISKS}/{}", disk.id.as_deref().unwrap_or_default());
    if !call.state.contains(&path) {
        return Err(Fault::invalid(ATTACH, "The specified disk does not exist."));
    }
    attachment.read_only = attachment.read_only.or(disk.read_only);
    check_attachable(call.state, owner, &path, disk.snapshot.is_some(), &attachment)?;
    attachment.active.get_or_insert(false);
    let added = disk_attachment::attach(call.state, owner, &path, attachment);
    if disk.snapshot.is_some() {
        call.state.set_note(&added, OF_SNAPSHOT, true);
    }
    let (name, vm, user) = (call.state.name_of(&path), call.state.name_of(owner), references::acting_user(call.state));
    let text = format!("Disk {name} was successfully attached to VM {vm} by {user}.");
    call.state.event(2016, Severity::Normal, &text, &[owner, &path]);
    Ok(added)
}

fn add_new(call: &mut Call<'_>, owner: &str, mut disk: Disk, mut attachment: DiskAttachment) -> Result<String, Fault> {
    call.state.find::<Vm>(owner)?;
    let name = disk.alias.as_deref().or(disk.name.as_deref()).unwrap_or("<UNKNOWN>");
    call.name_job(&format!("Adding Disk {name}"));
    let sent = disk.clone();
    check_new_disk(call.state, &mut disk, Some(owner), &REQUIREMENTS)?;
    check_new_attachment(call.state, owner, &sent, &attachment)?;
    let is_down = vm_status::status_or_down(call.state, owner) == VmStatus::Down;
    attachment.active.get_or_insert(is_down);
    let (name, vm) = (disk.name.clone().unwrap_or_default(), call.state.name_of(owner));
    call.name_job(&format!("Adding Disk {name}"));
    call.job();
    let path = begin_adding(call.state, disk, Some(owner));
    let added = disk_attachment::attach(call.state, owner, &path, attachment);
    let user = references::acting_user(call.state);
    let text = format!("Add-Disk operation of {name} was initiated on VM {vm} by {user}.");
    disk::log(call.state, 78, &text, &path, &[owner]);
    Ok(added)
}

fn check_new_attachment(state: &State, owner: &str, disk: &Disk, attachment: &DiskAttachment) -> Result<(), Fault> {
    check_has_interface(attachment)?;
    command_locks::check_shared(state, owner, ADD)?;
    check_boot(state, owner, "", attachment, ADD)?;
    check_slots(state, owner, attachment, ADD)?;
    check_read_only(attachment, ADD)?;
    check_interface(state, owner, disk, attachment, ADD)?;
    check_data_center(state, owner, disk)?;
    vm_status::check_not_locked(state, owner, ADD)?;
    locks::check_no_snapshot_operation(state, owner, ADD)
}

/// Fails if a virtual machine would have two bootable disks. `but` is the path of the attachment that changes.
fn check_boot(state: &State, owner: &str, but: &str, attachment: &DiskAttachment, action: &str) -> Result<(), Fault> {
    if attachment.bootable != Some(true) {
        return Ok(());
    }
    let mut others = state.list::<DiskAttachment>(&format!("{owner}/{DISK_ATTACHMENTS}"));
    let taken = others.find(|(path, other)| path != but && other.bootable == Some(true));
    let Some((path, _)) = taken else { return Ok(()) };
    let (disk, vm) = (state.name_of(&format!("{DISKS}/{}", last(&path))), state.name_of(owner));
    Err(Fault::cannot(action, &format!("Disk {disk} in VM {vm} is already marked as boot.")))
}

fn check_read_only(attachment: &DiskAttachment, action: &str) -> Result<(), Fault> {
    match &attachment.interface {
        Some(interface @ (DiskInterface::Ide | DiskInterface::Sata)) if attachment.read_only == Some(true) => {
            let interface = interface.as_str().to_uppercase();
            Err(Fault::invalid(action, &format!("{interface} disks can't be read-only.")))
        }
        _ => Ok(()),
    }
}

fn check_interface(
    state: &State,
    owner: &str,
    disk: &Disk,
    attachment: &DiskAttachment,
    action: &str,
) -> Result<(), Fault> {
    check_chipset(state, owner, attachment, action)?;
    if attachment.interface != Some(DiskInterface::VirtioScsi) {
        return Ok(());
    }
    if disk.sgio.is_some() && disk.lun_storage.is_none() {
        return Err(Fault::invalid(action, "SCSI Generic IO is not supported for image disk."));
    }
    let vm = state.find::<Vm>(owner)?;
    match vm.virtio_scsi.as_ref().and_then(|virtio_scsi| virtio_scsi.enabled) {
        Some(false) => Err(Fault::cannot(action, "VirtIO-SCSI is disabled for the VM")),
        _ => Ok(()),
    }
}

/// Fails if the chipset of a virtual machine has no controller for the interface of a disk.
fn check_chipset(state: &State, owner: &str, attachment: &DiskAttachment, action: &str) -> Result<(), Fault> {
    let vm = state.find::<Vm>(owner)?;
    let is_i440fx = vm.bios.as_ref().and_then(|bios| bios.type_.as_ref()) == Some(&BiosType::I440fxSeaBios);
    let is_supported = match attachment.interface {
        Some(DiskInterface::Ide) => is_i440fx,
        Some(DiskInterface::Sata) => !is_i440fx,
        Some(DiskInterface::SpaprVscsi) => false,
        _ => true,
    };
    if is_supported {
        return Ok(());
    }
    let title = operating_system::title(state, operating_system::name_of(vm));
    Err(Fault::bad(&format!("Cannot {action}: The disk interface is not supported by the VM OS: {title}.")))
}

/// Fails if the devices of a virtual machine with one more disk need more slots than it has.
fn check_slots(state: &State, owner: &str, attachment: &DiskAttachment, action: &str) -> Result<(), Fault> {
    let nics: Vec<NicInterface> =
        state.list::<Nic>(&format!("{owner}/{NICS}")).filter_map(|(_, nic)| nic.interface.clone()).collect();
    let others = state.list::<DiskAttachment>(&format!("{owner}/{DISK_ATTACHMENTS}"));
    let mut disks: Vec<DiskInterface> = others.filter_map(|(_, other)| other.interface.clone()).collect();
    disks.extend(attachment.interface.clone());
    let has_watchdog = !state.paths(&format!("{owner}/{WATCHDOGS}")).is_empty();
    vm_validation::check_slots_of(state.find::<Vm>(owner)?, &nics, &disks, has_watchdog, action)
}

/// Fails if the data center of a virtual machine isn't up, or doesn't have the storage domain of a new disk.
fn check_data_center(state: &State, owner: &str, disk: &Disk) -> Result<(), Fault> {
    let Some(domain) = disk.storage_domains.iter().flatten().next() else { return Ok(()) };
    let center = network::data_center_of(state, owner);
    let status = center.as_deref().and_then(|center| state.get::<DataCenter>(center)?.status.clone());
    let Some(center) = center.filter(|_| status == Some(DataCenterStatus::Up)) else {
        return Err(Fault::cannot(ADD, "Unknown Data Center status."));
    };
    let domain = state.reference(STORAGE_DOMAINS, domain)?.unwrap_or_default();
    match storage_domain::data_centers(state, &domain).contains(&center) {
        true => Ok(()),
        false => Err(Fault::cannot(ADD, "The target Data Center does not contain the Virtual Machine.")),
    }
}

/// Fails if a disk can't be attached to a virtual machine. The image of a snapshot can be attached to another one; the
/// disk itself only if it is shareable.
fn check_attachable(
    state: &State,
    owner: &str,
    path: &str,
    is_snapshot: bool,
    attachment: &DiskAttachment,
) -> Result<(), Fault> {
    check_has_interface(attachment)?;
    let found = state.find::<Disk>(path)?;
    if found.shareable != Some(true) {
        disk_lock::check(state, path, ATTACH)?;
    }
    let content = [DiskContentType::Data, DiskContentType::HostedEngine];
    disk::check_content(state, path, ATTACH, &content)?;
    disk::check_images_not_locked(state, &[path.to_owned()], ATTACH)?;
    vm_status::check_status(state, owner, ATTACH, &[VmStatus::Up, VmStatus::Paused, VmStatus::Down])?;
    check_boot(state, owner, "", attachment, ATTACH)?;
    if state.contains(&format!("{owner}/{DISK_ATTACHMENTS}/{}", last(path))) {
        return Err(Fault::cannot(ATTACH, "The disk is already attached to VM."));
    }
    if !is_snapshot && found.shareable != Some(true) && !disk::owners(state, path).is_empty() {
        return Err(Fault::cannot(ATTACH, "The disk is not shareable and is already attached to a VM."));
    }
    check_slots(state, owner, attachment, ATTACH)?;
    if let Some(domain) = disk::domain_of(state, path) {
        let center = network::data_center_of(state, owner);
        if !center.is_some_and(|center| storage_domain::data_centers(state, &domain).contains(&center)) {
            return Err(Fault::cannot(ATTACH, "The target Data Center does not contain the Virtual Disk."));
        }
        storage_domain::check_usable(state, &domain, ATTACH)?;
    }
    check_read_only(attachment, ATTACH)?;
    check_interface(state, owner, found, attachment, ATTACH)?;
    locks::check_no_snapshot_operation(state, owner, ATTACH)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: DiskAttachment = call.body()?;
    let (path, owner) = (call.path(), call.parent());
    if let Some(active) = change.active.take() {
        let attachment = call.state.find::<DiskAttachment>(&path)?;
        if attachment.active != Some(active) {
            set_active(call.state, &path, active)?;
        }
    }
    let disk = format!("{DISKS}/{}", last(&path));
    check_change(call.state, &path, &owner, &change)?;
    let of_disk = change.disk.take().map(|disk| *disk).unwrap_or_default();
    change.read_only = change.read_only.or(of_disk.read_only);
    change_disk(call, &disk, of_disk, Some(&owner))?;
    (change.vm, change.template, change.logical_name) = (None, None, None);
    let object = call.state.object_mut(&path).ok_or_else(Fault::not_found)?;
    merge(object, &change);
    let (name, vm, user) = (call.state.name_of(&disk), call.state.name_of(&owner), references::acting_user(call.state));
    call.state.event(88, Severity::Normal, &format!("VM {vm} {name} disk was updated by {user}."), &[&owner, &disk]);
    Ok(Reply::Object(path))
}

fn check_change(state: &State, path: &str, owner: &str, change: &DiskAttachment) -> Result<(), Fault> {
    let old = state.find::<DiskAttachment>(path)?;
    let differs = |old: Option<bool>, new: Option<bool>| new.is_some_and(|new| new != (old == Some(true)));
    let needs_stopped_vm = change.interface.is_some() && change.interface != old.interface
        || differs(old.bootable, change.bootable)
        || differs(old.read_only, change.read_only)
        || differs(old.pass_discard, change.pass_discard)
        || differs(old.uses_scsi_reservation, change.uses_scsi_reservation);
    let is_down = vm_status::status_or_down(state, owner) == VmStatus::Down;
    if needs_stopped_vm && !is_down && old.active == Some(true) {
        return Err(Fault::cannot(EDIT, "At least one of the VMs is not down."));
    }
    check_boot(state, owner, path, change, EDIT)?;
    let mut merged = old.clone();
    merged.interface = change.interface.clone().or(merged.interface);
    merged.read_only = change.read_only.or(merged.read_only);
    check_read_only(&merged, EDIT)?;
    check_interface(state, owner, &Disk::new(), &merged, EDIT)
}

/// Activates or deactivates a disk.
fn set_active(state: &mut State, path: &str, active: bool) -> Result<(), Fault> {
    let (owner, disk) = (above(path, 2).to_owned(), format!("{DISKS}/{}", last(path)));
    let (verb, code, what) = match active {
        true => ("hot plug", 2000, "plugged"),
        false => ("hot unplug", 2002, "unplugged"),
    };
    let action = format!("{verb} Virtual Disk");
    disk_lock::check(state, &disk, &action)?;
    command_locks::check_shared(state, &owner, &action)?;
    let status = vm_status::check_status(state, &owner, &action, &[VmStatus::Up, VmStatus::Paused, VmStatus::Down])?;
    let attachment = state.find_mut::<DiskAttachment>(path)?;
    if attachment.active == Some(active) {
        return Err(Fault::conflict(&format!("Disk is already {}activated.", if active { "" } else { "de" })));
    }
    let is_running = status != VmStatus::Down;
    if is_running && matches!(attachment.interface, Some(DiskInterface::Ide)) {
        let (disk, vm) = (state.name_of(&disk), state.name_of(&owner));
        let reason = format!("Cannot {verb} {disk} to {vm}. Hot plugging a disk to an IDE interface is not supported.");
        return Err(Fault::bad(&reason));
    }
    locks::check_no_snapshot_operation(state, &owner, &action)?;
    state.find_mut::<DiskAttachment>(path)?.active = Some(active);
    let (name, vm, user) = (state.name_of(&disk), state.name_of(&owner), references::acting_user(state));
    state.event(code, Severity::Normal, &format!("VM {vm} disk {name} was {what} by {user}."), &[&owner, &disk]);
    Ok(())
}

pub(crate) fn plug(call: &mut Call<'_>, active: bool) -> Result<Reply, Fault> {
    let owner = call.parent();
    let path = format!("{owner}/{DISK_ATTACHMENTS}/{}", call.id());
    set_active(call.state, &path, active)?;
    Ok(Reply::Completed)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (path, owner) = (call.path(), call.parent());
    let disk = format!("{DISKS}/{}", last(&call.target.address));
    if call.request.flag("detach_only") == Some(false) {
        // The engine removes the disk, whether it is attached to this virtual machine or not.
        if !call.state.contains(&disk) {
            let why = "VM's Image does not exist.\nIn order to import partial VM, select 'allow partial' checkbox.";
            return Err(Fault::invalid("remove Virtual Disk", why));
        }
        begin_disk_removal(call, &disk)?;
        return Ok(Reply::Completed);
    }
    if !call.state.contains(&owner) {
        return Err(Fault::invalid(DETACH, "VM is not found."));
    }
    vm_status::check_status(call.state, &owner, DETACH, &[VmStatus::Up, VmStatus::Down])?;
    if !call.state.contains(&path) {
        let why = format!("The specified disk is not attached to the VM {}.", call.state.name_of(&owner));
        return Err(Fault::invalid(DETACH, &why));
    }
    if disk::images(call.state, &disk) > 1 && !call.state.has_note(&path, OF_SNAPSHOT) {
        return Err(Fault::cannot(
            DETACH,
            "The disk is already configured in a snapshot. In order to detach it, remove the disk's snapshots.",
        ));
    }
    if disk::is_locked(call.state, &disk) {
        return Err(Fault::cannot(DETACH, LOCKED));
    }
    let (name, vm, user) = (call.state.name_of(&disk), call.state.name_of(&owner), references::acting_user(call.state));
    let text = format!("Disk {name} was successfully detached from VM {vm} by {user}.");
    call.state.event(2018, Severity::Normal, &text, &[&owner, &disk]);
    call.state.remove(&path);
    Ok(Reply::Completed)
}
