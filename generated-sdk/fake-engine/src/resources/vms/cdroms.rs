//! CD-ROM drives. Every virtual machine and every template has one.

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::note::Note;
use crate::path::is_uuid;
use crate::resources::common::{devices, references, vm_status};
use crate::resources::paths::{CDROMS, DISKS, FILES, SNAPSHOTS, STORAGE_DOMAINS, is_below};
use crate::resources::vms::update;
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Cdrom, File, VmStatus};

/// The file in the drive of a running VM, if the next run begins with another one.
pub(crate) const CURRENT: Note<String> = Note::new("current cdrom");

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_cdroms", "add", add);
    registry.on("vm_cdrom", "update", update);
    registry.render("cdrom", show);
}

fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let Context { state, request, .. } = *context;
    let shown: &mut dyn std::any::Any = shown;
    let Some(drive) = shown.downcast_mut::<Cdrom>() else { return };
    if is_below(path, SNAPSHOTS) {
        drive.href = Some(String::new());
        return;
    }
    if request.flag("current") != Some(true) {
        return;
    }
    if let Some(file) = state.note(&references::top_level_object(path), CURRENT) {
        drive.file = inserted(&file);
    }
}

/// The file in a drive, unless the name is empty.
fn inserted(file: &str) -> Option<Box<File>> {
    (!file.is_empty()).then(|| Box::new(File::with_id(file)))
}

/// The file that a client wants in a drive; empty to eject.
fn wanted_file(drive: &Cdrom) -> String {
    drive.file.as_ref().and_then(|file| file.id.clone().or_else(|| file.name.clone())).unwrap_or_default()
}

/// Fails if a file is neither a disk nor a file of a storage domain.
fn check_exists(state: &State, file: &str) -> Result<(), Fault> {
    let has_file = |domain: String| {
        let path = format!("{domain}/{FILES}");
        state.contains(&format!("{path}/{file}")) || state.by_name(&path, file).is_some()
    };
    let exists = file.is_empty()
        || state.contains(&format!("{DISKS}/{file}"))
        || state.paths(STORAGE_DOMAINS).into_iter().any(has_file);
    if exists { Ok(()) } else { Err(Fault::bad("Invalid ISO image path")) }
}

/// Inserts a file into the drive that the virtual machine has.
fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let drive: Cdrom = call.body()?;
    let vm = call.parent();
    devices::add_default_devices(call.state, &vm);
    let path = call.state.paths(&format!("{vm}/{CDROMS}")).into_iter().next().ok_or_else(Fault::not_found)?;
    insert_from_next_run(call.state, &path, &wanted_file(&drive))?;
    Ok(Reply::Created(path))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["file"])?;
    let drive: Cdrom = call.body()?;
    let path = call.path();
    let file = wanted_file(&drive);
    match call.request.flag("current") {
        Some(true) => insert_now(call.state, &path, &file)?,
        _ => insert_from_next_run(call.state, &path, &file)?,
    }
    Ok(Reply::Object(path))
}

/// Changes the file in a drive, as an update of the virtual machine does.
fn insert_from_next_run(state: &mut State, path: &str, file: &str) -> Result<(), Fault> {
    let vm = references::top_level_object(path);
    update::check_settings(state, &vm)?;
    check_exists(state, file)?;
    let before = state.find::<Cdrom>(path)?.file.as_ref().and_then(|file| file.id.clone());
    if vm_status::is_running(state, &vm) && !state.has_note(&vm, CURRENT) {
        state.set_note(&vm, CURRENT, before.unwrap_or_default());
    }
    state.find_mut::<Cdrom>(path)?.file = inserted(file);
    Ok(())
}

/// Changes the file in the drive of a running virtual machine.
fn insert_now(state: &mut State, path: &str, file: &str) -> Result<(), Fault> {
    let vm = references::top_level_object(path);
    let action = if file.is_empty() { "Eject CD VM" } else { "Change CD VM" };
    let status = vm_status::status(state, &vm)?;
    if matches!(status, VmStatus::Down | VmStatus::Suspended | VmStatus::ImageLocked) {
        return Err(vm_status::wrong_status(&status, action));
    }
    if !file.is_empty() && !file.to_lowercase().ends_with(".iso") && !is_uuid(file) {
        return Err(Fault::invalid(action, "Invalid CD image format."));
    }
    let (name, user) = (state.name_of(&vm), references::acting_user(state));
    let (code, text) = match file.is_empty() {
        true => (528, format!("CD was ejected from VM {name} by {user}.")),
        false => (38, format!("User {user} changed CD on VM {name} to {file}.")),
    };
    state.set_note(&vm, CURRENT, file);
    state.event(code, Severity::Normal, &text, &[&vm]);
    Ok(())
}
