//! CD-ROM drives: every machine and every template has one.

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::note::Note;
use crate::resources::common::{devices, references, vm_status};
use crate::resources::paths::{CDROMS, DISKS, FILES, STORAGE_DOMAINS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Cdrom, File};

/// The file in the drive of a running VM, if the next run begins with another one.
pub(crate) const CURRENT: Note<String> = Note::new("current cdrom");

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_cdroms", "add", add);
    registry.on("vm_cdrom", "update", update);
    registry.render("cdrom", show);
}

fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let Context { state, request, .. } = *context;
    if request.flag("current") != Some(true) {
        return;
    }
    let shown: &mut dyn std::any::Any = shown;
    if let (Some(drive), Some(file)) =
        (shown.downcast_mut::<Cdrom>(), state.note(&references::top_level_object(path), CURRENT))
    {
        drive.file = inserted(&file);
    }
}

/// What is in a drive; nothing, when the name is empty.
fn inserted(file: &str) -> Option<Box<File>> {
    (!file.is_empty()).then(|| Box::new(File::with_id(file)))
}

/// The file that is to be in the drive: it has to be a disk with an image or a file of a storage domain.
fn chosen(state: &State, drive: &Cdrom, what: &str) -> Result<String, Fault> {
    let file = drive.file.as_ref().and_then(|file| file.id.clone().or_else(|| file.name.clone())).unwrap_or_default();
    let exists = |domain: String| {
        let path = format!("{domain}/{FILES}");
        state.contains(&format!("{path}/{file}")) || state.by_name(&path, &file).is_some()
    };
    let known = file.is_empty()
        || state.contains(&format!("{DISKS}/{file}"))
        || state.paths(STORAGE_DOMAINS).into_iter().any(exists);
    match known {
        true => Ok(file),
        false => Err(Fault::conflict(&format!("Cannot {what}. Invalid ISO image path"))),
    }
}

/// A machine has one drive: what is added is put into it.
fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let drive: Cdrom = call.body()?;
    let vm = call.parent();
    vm_status::check_not_locked(call.state, &vm, "add CD-ROM")?;
    let file = chosen(call.state, &drive, "add CD-ROM")?;
    devices::add_default_devices(call.state, &vm);
    let path = call.state.paths(&format!("{vm}/{CDROMS}")).into_iter().next().ok_or_else(Fault::not_found)?;
    call.state.find_mut::<Cdrom>(&path)?.file = inserted(&file);
    Ok(Reply::Created(path))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let drive: Cdrom = call.body()?;
    let path = call.path();
    let vm = references::top_level_object(&path);
    if call.request.flag("current") != Some(true) {
        vm_status::check_not_locked(call.state, &vm, "edit VM")?;
        let file = chosen(call.state, &drive, "edit VM")?;
        let before = call.state.find::<Cdrom>(&path)?.file.as_ref().and_then(|file| file.id.clone());
        if vm_status::is_running(call.state, &vm) && !call.state.has_note(&vm, CURRENT) {
            call.state.set_note(&vm, CURRENT, before.unwrap_or_default());
        }
        call.state.find_mut::<Cdrom>(&path)?.file = inserted(&file);
        return Ok(Reply::Object(path));
    }
    vm_status::check_running(call.state, &vm, "Change CD VM")?;
    let file = chosen(call.state, &drive, "Change CD VM")?;
    let (name, user) = (call.state.name_of(&vm), call.state.actor.user.clone());
    let (code, text) = match file.is_empty() {
        true => (528, format!("CD was ejected from VM {name} by {user}.")),
        false => (38, format!("User {user} changed CD on VM {name} to {file}.")),
    };
    call.state.set_note(&vm, CURRENT, file);
    call.state.event(code, Severity::Normal, &text, &[&vm]);
    Ok(Reply::Object(path))
}
