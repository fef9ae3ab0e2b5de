//! How disks are connected to virtual machines and templates.

use crate::api::{Call, Context, Fault, Registry, Reply, merge};
use crate::path::{above, last};
use crate::resources::common::{disk, disk_attachment};
use crate::resources::disks::create::{begin_adding, check_new_disk};
use crate::resources::disks::remove::begin_disk_removal;
use crate::resources::disks::update::change_disk;
use crate::resources::paths::{DISK_ATTACHMENTS, DISKS, SNAPSHOTS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Disk, DiskAttachment, DiskInterface, Vm, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("disk_attachments", "add", add);
    registry.on("disk_attachment", "update", update);
    registry.on("disk_attachment", "remove", remove);
    registry.render("disk_attachment", show);
}

/// Names of devices are known while the guest runs.
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
    call.require(&["bootable", "interface"])?;
    let attachment: DiskAttachment = call.body()?;
    let owner = call.parent();
    add_attachment(call, &owner, attachment).map(Reply::Created)
}

pub(crate) fn add_attachment(
    call: &mut Call<'_>,
    owner: &str,
    mut attachment: DiskAttachment,
) -> Result<String, Fault> {
    let disk = attachment.disk.take().map(|disk| *disk).or_else(|| attachment.id.take().map(Disk::with_id));
    let Some(mut disk) = disk else { return Err(Fault::incomplete("DiskAttachment", &["disk"], "add")) };
    let vm = call.state.find::<Vm>(owner)?;
    let is_locked = vm.status == Some(VmStatus::ImageLocked);
    let existing = disk.id.as_ref().map(|id| format!("{DISKS}/{id}")).filter(|path| call.state.contains(path));
    let verb = if existing.is_some() { "attach" } else { "add" };
    if is_locked {
        return Err(Fault::conflict(&format!(
            "Cannot {verb} Virtual Disk. VM is locked. Please try again in a few minutes."
        )));
    }
    if attachment.bootable == Some(true) {
        check_boot(call.state, owner, "", verb)?;
    }
    let active = attachment.active.unwrap_or(false);
    attachment.active = Some(active);
    let vm_name = call.state.name_of(owner);
    match existing {
        Some(path) => {
            check_attachable(call.state, owner, &path, disk.snapshot.is_some())?;
            let added = disk_attachment::attach(call.state, owner, &path, attachment);
            let text = format!("Disk {} was attached to VM {vm_name}", call.state.name_of(&path));
            call.state.event(2016, Severity::Normal, &text, &[owner, &path]);
            Ok(added)
        }
        None if disk.provisioned_size.is_none() && disk.id.is_some() && disk.lun_storage.is_none() => {
            let id = disk.id.unwrap_or_default();
            Err(Fault::no_such(<Disk as ovirt_sdk::object::Struct>::INFO.name, &id))
        }
        None => {
            check_new_disk(call.state, &mut disk, Some(owner))?;
            let name = disk.name.clone().unwrap_or_default();
            call.job(&format!("Adding Disk {name} to VM {vm_name}"));
            let path = begin_adding(call.state, disk, Some(owner));
            let added = disk_attachment::attach(call.state, owner, &path, attachment);
            let text = format!("Disk {name} is being added to VM {vm_name}");
            call.state.event(78, Severity::Normal, &text, &[owner, &path]);
            Ok(added)
        }
    }
}

/// Refuses a second disk to boot from.
fn check_boot(state: &State, owner: &str, but: &str, verb: &str) -> Result<(), Fault> {
    let mut others = state.list::<DiskAttachment>(&format!("{owner}/{DISK_ATTACHMENTS}"));
    let taken = others.find(|(path, other)| path != but && other.bootable == Some(true));
    let Some((path, _)) = taken else { return Ok(()) };
    let disk = state.name_of(&format!("{DISKS}/{}", last(&path)));
    let vm = state.name_of(owner);
    Err(Fault::conflict(&format!("Cannot {verb} Virtual Disk. Disk {disk} in VM {vm} is already marked as boot.")))
}

/// The state of a disk that a snapshot keeps can be attached to another machine; the disk itself only when it is shared.
fn check_attachable(state: &State, owner: &str, disk: &str, of_snapshot: bool) -> Result<(), Fault> {
    let refused = |text: &str| Err(Fault::conflict(&format!("Cannot attach Virtual Disk. {text}")));
    let found = state.find::<Disk>(disk)?;
    if state.contains(&format!("{owner}/{DISK_ATTACHMENTS}/{}", last(disk))) {
        return refused("The disk is already attached to VM.");
    }
    if !of_snapshot && found.shareable != Some(true) && !disk::owners(state, disk).is_empty() {
        return refused("The disk is not shareable and is already attached to a VM.");
    }
    disk::check_free(state, disk, "attach")
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: DiskAttachment = call.body()?;
    let (path, owner) = (call.path(), call.parent());
    let old = call.state.find::<DiskAttachment>(&path)?.clone();
    let disk = format!("{DISKS}/{}", last(&path));
    let runs = call.state.get::<Vm>(&owner).is_some_and(|vm| vm.status != Some(VmStatus::Down));
    if change.bootable == Some(true) {
        check_boot(call.state, &owner, &path, "edit")?;
    }
    let differs = change.interface.is_some() && change.interface != old.interface
        || change.bootable.is_some() && change.bootable != old.bootable
        || change.read_only.is_some() && change.read_only != old.read_only;
    if differs && runs && old.active == Some(true) {
        return Err(Fault::conflict("Cannot edit Virtual Disk. VM is running."));
    }
    if let Some(of_disk) = change.disk.take() {
        change_disk(call, &disk, *of_disk)?;
    }
    (change.vm, change.template, change.logical_name) = (None, None, None);
    if let Some(active) = change.active.take() {
        set_active(call.state, &path, active, runs)?;
    }
    let object = call.state.object_mut(&path).ok_or_else(Fault::not_found)?;
    merge(object, &change);
    Ok(Reply::Object(path))
}

/// Plugs a disk in or out; while the guest runs that is an event.
fn set_active(state: &mut State, path: &str, active: bool, runs: bool) -> Result<(), Fault> {
    let attachment = state.find_mut::<DiskAttachment>(path)?;
    if attachment.active == Some(active) {
        return Ok(());
    }
    let (owner, disk) = (above(path, 2).to_owned(), format!("{DISKS}/{}", last(path)));
    disk::check_free(state, &disk, if active { "activate" } else { "deactivate" })?;
    state.find_mut::<DiskAttachment>(path)?.active = Some(active);
    if runs {
        let (code, what) = if active { (2000, "hot plugged into") } else { (2002, "hot unplugged from") };
        let text = format!("Disk {} was {what} VM {}", state.name_of(&disk), state.name_of(&owner));
        state.event(code, Severity::Normal, &text, &[&owner, &disk]);
    }
    Ok(())
}

pub(crate) fn plug(call: &mut Call<'_>, active: bool) -> Result<Reply, Fault> {
    let owner = call.parent();
    let path = format!("{owner}/{DISK_ATTACHMENTS}/{}", call.id());
    let runs = call.state.get::<Vm>(&owner).is_some_and(|vm| vm.status != Some(VmStatus::Down));
    set_active(call.state, &path, active, runs)?;
    Ok(Reply::Completed)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (path, owner) = (call.path(), call.parent());
    call.state.find::<DiskAttachment>(&path)?;
    let disk = format!("{DISKS}/{}", last(&path));
    if call.request.flag("detach_only") == Some(false) {
        begin_disk_removal(call, &disk)?;
        return Ok(Reply::Completed);
    }
    disk::check_free(call.state, &disk, "detach")?;
    if has_snapshots(call.state, &owner, &disk) {
        return Err(Fault::conflict(
            "Cannot detach Virtual Disk. The disk is already configured in a snapshot. In order to detach it, remove \
             the disk's snapshots.",
        ));
    }
    let text = format!("Disk {} was detached from VM {}", call.state.name_of(&disk), call.state.name_of(&owner));
    call.state.event(2018, Severity::Normal, &text, &[&owner, &disk]);
    call.state.remove(&path);
    Ok(Reply::Completed)
}

/// Whether snapshots of a virtual machine hold a disk.
fn has_snapshots(state: &State, owner: &str, disk: &str) -> bool {
    let snapshots = state.paths(&format!("{owner}/{SNAPSHOTS}"));
    snapshots.iter().any(|snapshot| state.contains(&format!("{snapshot}/{DISKS}/{}", last(disk))))
}
