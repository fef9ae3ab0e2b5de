//! Templates: making them of virtual machines and their snapshots, and their versions.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::command_locks::{self, CommandLock, LockMode};
use crate::resources::common::copy_disks::{self, Choices};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{
    copy_devices, devices, disk_attachment, fields, locks, network, references, snapshot, template, vm_defaults,
    vm_request, vm_status, vm_validation,
};
use crate::resources::paths::{SNAPSHOTS, TEMPLATES, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Struct as _;
use ovirt_sdk::types::{Snapshot, Template, TemplateStatus, TemplateVersion, Vm, VmStatus};

const WHAT: &str = "add Template";
pub(crate) const NAME_IS_USED: &str = "The Template name is already in use, please choose a unique name and try again.";
/// The engine doesn't fill in the name.
pub(crate) const NAME_IS_LOCKED: &str = "Template name ${TemplateName} already used.";
/// The name of the first version of a template when nobody gives it one.
const BASE: &str = "base version";
const COPYING: Duration = Duration::from_secs(6);

pub(super) fn register(registry: &mut Registry) {
    registry.on("templates", "add", add);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "vm.id|name"])?;
    let mut body: Template = call.body()?;
    vm_request::check_template(&body)?;
    template::check_name(body.name.as_deref(), "name", WHAT)?;
    let source = body.vm.take().map(|vm| *vm).unwrap_or_default();
    let state = &mut *call.state;
    let vm = state.reference(VMS, &source)?.ok_or_else(|| Fault::incomplete("Template", &["vm.id|name"], "add"))?;
    let snapshot = snapshot_of(state, &vm, &source)?;
    let base = base_from(state, &body, &source)?;
    check_locks(state, &body, &vm, base.as_deref())?;
    check_source(state, &vm, snapshot.as_deref())?;
    match &base {
        // A version has the name of what it is a version of.
        Some(base) => {
            check_base(state, base)?;
            body.name = Some(state.name_of(base));
        }
        None => check_template_name(state, body.name.as_deref())?,
    }
    let choices = Choices::of(state, &vm, source.disk_attachments.as_ref(), body.storage_domain.as_deref())?;
    check_disks(state, &vm, &choices)?;

    let name = body.name.clone().unwrap_or_default();
    let center = network::data_center_of(state, &vm).map(|center| state.name_of(&center)).unwrap_or_default();
    let from = snapshot.as_ref().map(|snapshot| format!(" from Snapshot {}", snapshot::description(state, snapshot)));
    let from = from.unwrap_or_default();
    state.begin_job(&format!("Creating VM Template {name}{from} in Data Center {center}"));
    let kept = snapshot.as_ref().and_then(|snapshot| snapshot::saved_configuration(state, snapshot));
    let kept = kept.or_else(|| state.get::<Vm>(&vm).cloned()).unwrap_or_default();
    let path = insert_template(state, body, &kept, base.as_deref());
    lock(state, &path, &vm, base.as_deref());
    let from = snapshot.as_deref().unwrap_or(&vm);
    copy_devices::copy_devices(state, from, &path)?;
    devices::add_default_devices(state, &path);
    match &snapshot {
        Some(snapshot) => {
            for (disk, attachment) in snapshot::saved_disks(state, snapshot) {
                copy_disks::copy_disk(state, &disk, attachment, &path, &choices)?;
            }
        }
        None => {
            copy_disks::copy_disks(state, &vm, &path, &choices)?;
            vm_status::set_status(state, &vm, VmStatus::ImageLocked);
            locks::settle_later(state, &vm, COPYING, 0, "");
        }
    }
    let text =
        format!("{} began to make Template {name} of VM {}.", references::acting_user(state), state.name_of(&vm));
    state.event(48, Severity::Normal, &text, &[&vm, &path]);
    locks::complete_later(state, &path, COPYING, 51, &format!("Template {name} has been created."));
    Ok(Reply::Created(path))
}

/// Fails if another command locks what a new template needs.
fn check_locks(state: &State, body: &Template, vm: &str, base: Option<&str>) -> Result<(), Fault> {
    match base {
        Some(base) => command_locks::check_shared(state, base, WHAT)?,
        None => {
            let taken = body.name.as_deref().and_then(|name| state.by_name(TEMPLATES, name));
            if taken.is_some_and(|taken| command_locks::is_locked(state, &taken)) {
                return Err(Fault::cannot(WHAT, NAME_IS_LOCKED));
            }
        }
    }
    command_locks::check_shared(state, vm, WHAT)
}

/// Locks what a new template needs, until it is complete.
fn lock(state: &mut State, path: &str, vm: &str, base: Option<&str>) {
    let shared = LockMode::Shared;
    let lock = |mode, reason| CommandLock { mode, holder: path, reason, name: "" };
    command_locks::acquire(state, path, lock(LockMode::Exclusive, template::BEING_CREATED));
    command_locks::acquire(state, vm, lock(shared, "Template is being created from this VM."));
    if let Some(base) = base {
        command_locks::acquire(state, base, lock(shared, "Version of Template ${TemplateName} is being created."));
    }
}

/// Fails if no template can be made from a virtual machine, or from its snapshot.
fn check_source(state: &State, vm: &str, snapshot: Option<&str>) -> Result<(), Fault> {
    match snapshot {
        Some(_) => locks::check_no_locked_snapshot(state, vm, WHAT),
        None if vm_status::status_or_down(state, vm) != VmStatus::Down => {
            Err(Fault::cannot(WHAT, "VM is locked or still running, try again once VM is in the Down state."))
        }
        None => Ok(()),
    }
}

/// Fails if the disks of a virtual machine can't be copied.
fn check_disks(state: &State, vm: &str, choices: &Choices) -> Result<(), Fault> {
    if disk_attachment::disks(state, vm).is_empty() {
        return Ok(());
    }
    locks::check_no_locked_snapshot(state, vm, WHAT)?;
    vm_validation::check_data_center(state, vm, WHAT)?;
    locks::check_disks_not_locked(state, vm, WHAT)?;
    choices.check(state, vm, WHAT)
}

/// Refuses a name that another template has.
pub(crate) fn check_template_name(state: &State, name: Option<&str>) -> Result<(), Fault> {
    let taken = name.is_some_and(|name| state.by_name(TEMPLATES, name).is_some());
    if taken { Err(Fault::cannot(WHAT, NAME_IS_USED)) } else { Ok(()) }
}

fn snapshot_of(state: &State, vm: &str, source: &Vm) -> Result<Option<String>, Fault> {
    let Some(snapshot) = source.snapshots.as_ref().and_then(|snapshots| snapshots.first()) else { return Ok(None) };
    let id = snapshot.id.clone().ok_or_else(|| Fault::incomplete("Snapshot", &["id"], "add"))?;
    let path = format!("{vm}/{SNAPSHOTS}/{id}");
    if state.contains(&path) { Ok(Some(path)) } else { Err(Fault::no_such(Snapshot::INFO.name, &id)) }
}

/// The template of which a new one is to be a version.
fn base_from(state: &State, body: &Template, source: &Vm) -> Result<Option<String>, Fault> {
    let Some(version) = &body.version else { return Ok(None) };
    let Some(base) = version.base_template.as_deref() else {
        let method = if source.snapshots.is_some() { "addFromVmSnapshot" } else { "addFromVm" };
        return Err(Fault::incomplete("TemplateVersion", &["baseTemplate"], method));
    };
    Ok(state.reference(TEMPLATES, base)?)
}

/// Fails if a template can't have other versions.
fn check_base(state: &State, base: &str) -> Result<(), Fault> {
    if template::base_of(state, base) != base {
        return Err(Fault::invalid(WHAT, "Only the first template version can be selected as the base template."));
    }
    match last(base) == NIL {
        true => Err(Fault::bad("Blank template can't have sub-templates.")),
        false => Ok(()),
    }
}

/// Adds a template to the state, with the settings of a machine; returns its path.
pub(crate) fn insert_template(state: &mut State, mut body: Template, kept: &Vm, of: Option<&str>) -> String {
    fields::clear_collections(&mut body);
    vm_defaults::copy_settings(&mut body, kept);
    body.href = None;
    body.storage_domain = None;
    body.creation_time = Some(state.now());
    body.status = Some(TemplateStatus::Locked);
    let cluster = body.cluster.as_ref().and_then(|cluster| cluster.id.clone());
    vm_defaults::complete_base(state, &mut body, cluster.as_deref());
    let number = of.map_or(1, |base| template::versions(state, base).iter().map(|it| it.0).max().unwrap_or(1) + 1);
    let id = body.id.get_or_insert_with(|| state.new_id()).clone();
    let mut version = TemplateVersion::new().version_number(number);
    version = version.base_template(Template::with_id(of.map_or(id.as_str(), last)));
    let name = body.version.take().and_then(|version| version.version_name);
    version.version_name = name.or_else(|| of.is_none().then(|| BASE.to_owned()));
    state.insert(TEMPLATES, body.version(version))
}
