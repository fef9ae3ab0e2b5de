//! New virtual machines.

use std::time::Duration;

use super::parts::{self, Choices};
use super::{configuration, record, snapshots, stage};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::machines::defaults::{devices, fill};
use crate::behaviour::machines::guard;
use crate::behaviour::{NIL, Registry};
use crate::state::{Severity, State, last};
use ovirt_sdk::object::Struct as _;
use ovirt_sdk::types::{InstanceType, Snapshot, Template, TemplateStatus, Vm, VmStatus};

const WHAT: &str = "add VM";
/// How long it takes before a machine is there whose disks are copied.
const COPYING: Duration = Duration::from_secs(6);
/// How long it takes before a machine is there whose disks are layers above those of its template.
const LAYERING: Duration = Duration::from_secs(6);

const CREATED: i64 = 34;
const BEGUN: i64 = 37;
pub(super) const FINISHED: i64 = 53;

/// What an instance type says of a machine.
const OF_INSTANCE_TYPE: [&str; 11] = [
    "console",
    "cpu",
    "high_availability",
    "io",
    "memory",
    "memory_policy",
    "migration",
    "migration_downtime",
    "rng_device",
    "soundcard_enabled",
    "virtio_scsi",
];

pub(super) fn register(registry: &mut Registry) {
    registry.on("vms", "add", add);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["cluster.id|name"])?;
    let clone = call.flag("clone").unwrap_or(false);
    let vm: Vm = call.body()?;
    if let Some(cluster) = vm.cluster.as_deref() {
        call.state.reference("clusters", cluster)?;
    }
    if vm.initialization.as_ref().is_some_and(|it| it.configuration.is_some()) {
        return configuration::add(call, vm);
    }
    if vm.name.is_none() {
        return Err(Fault::incomplete("Vm", &["name"], "add"));
    }
    if let Some(snapshot) = vm.snapshots.as_ref().and_then(|snapshots| snapshots.first().cloned()) {
        return from_snapshot(call, vm, &snapshot);
    }
    let Some(template) = vm.template.clone() else {
        return Err(Fault::incomplete("Vm", &["template.id|name"], "add"));
    };
    let template = call.state.reference("templates", &*template)?;
    let template = template.ok_or_else(|| Fault::incomplete("Vm", &["template.id|name"], "add"))?;
    let path = from_template(call.state, vm, &template, clone, true)?;
    Ok(Reply::Created(path))
}

/// Makes a machine of a template; its path. With a job of its own, or as a part of the one that is under way.
pub(super) fn from_template(
    state: &mut State,
    mut vm: Vm,
    template: &str,
    clone: bool,
    with_job: bool,
) -> Result<String, Fault> {
    guard::name(state, vm.name.as_deref(), None, WHAT)?;
    guard::memory(&vm, WHAT)?;
    let template = match vm.use_latest_template_version {
        Some(true) => latest(state, template),
        _ => template.to_owned(),
    };
    if state.find::<Template>(&template)?.status == Some(TemplateStatus::Locked) {
        return Err(Fault::conflict("Template's Image is locked (temporarily)."));
    }
    guard::disks_not_locked(state, &template, WHAT)?;
    let choices = Choices::of(state, &template, vm.disk_attachments.as_ref(), vm.storage_domain.as_deref())?;
    let choices = choices.thin(!clone);
    choices.check(state, &template, "add", "VM")?;
    if let Some(instance_type) = vm.instance_type.as_deref() {
        let path = state.reference("instancetypes", instance_type)?;
        let of_type = path.and_then(|path| state.get::<InstanceType>(&path)).cloned();
        let mut wanted = InstanceType::new();
        if let Some(of_type) = of_type {
            let others = InstanceType::INFO.members.iter().map(|row| row.name);
            let others: Vec<&str> = others.filter(|name| !OF_INSTANCE_TYPE.contains(name)).collect();
            fill(&mut wanted, &of_type, &others);
        }
        fill(&mut vm, &wanted, &[]);
    }

    let is_blank = last(&template) == NIL;
    vm.id = None;
    vm.status = Some(VmStatus::Down);
    vm.original_template = Some(Box::new(Template::with_id(last(&template))));
    vm.template = vm.original_template.clone();
    let name = vm.name.clone().unwrap_or_default();
    let description = format!("Creating VM {name} from Template {} in Cluster", state.name_of(&template));
    let path = parts::plant(state, vm);
    if clone
        && !is_blank
        && let Some(vm) = state.get_mut::<Vm>(&path)
    {
        vm.template = Some(Box::new(Template::with_id(NIL)));
    }
    parts::copy_devices(state, &template, &path)?;
    devices(state, &path);
    snapshots::activate(state, &path);
    let by = stage::by(state);
    if stage::disks(state, &template).is_empty() {
        state.event(CREATED, Severity::Normal, &format!("VM {name} was created by {by}."), &[&path]);
        return Ok(path);
    }
    if with_job {
        state.begin_job(&description);
    }
    stage::set_status(state, &path, VmStatus::ImageLocked);
    parts::copy_disks(state, &template, &path, &choices)?;
    let text = format!("Creation of VM {name} was begun by {by}.");
    state.event(BEGUN, Severity::Normal, &text, &[&path, &template]);
    let delay = if clone { COPYING } else { LAYERING };
    stage::settle_later(state, &path, delay, FINISHED, &format!("VM {name} has been created."));
    Ok(path)
}

/// The newest version of a template.
pub(super) fn latest(state: &State, template: &str) -> String {
    let base = super::templates::base_of(state, template);
    let versions = super::templates::versions(state, &base);
    versions.into_iter().max_by_key(|(number, _)| *number).map_or_else(|| template.to_owned(), |(_, path)| path)
}

fn from_snapshot(call: &mut Call<'_>, mut vm: Vm, snapshot: &Snapshot) -> Result<Reply, Fault> {
    let id = snapshot.id.clone().ok_or_else(|| Fault::incomplete("Snapshot", &["id"], "add"))?;
    let state = &mut *call.state;
    let snapshot = stage::anywhere(state, "vms", "snapshots", &id);
    let snapshot = snapshot.ok_or_else(|| Fault::no_such(Snapshot::INFO, &id))?;
    guard::name(state, vm.name.as_deref(), None, WHAT)?;
    guard::memory(&vm, WHAT)?;
    let source = crate::state::above(&snapshot, 2).to_owned();
    stage::is_free(state, &source, WHAT)?;
    let choices = Choices::of(state, &source, vm.disk_attachments.as_ref(), vm.storage_domain.as_deref())?;
    choices.check(state, &source, "add", "VM")?;
    let kept = record::settings(state, &snapshot).ok_or_else(|| {
        let (name, of) = (state.name_of(&snapshot), state.name_of(&source));
        Fault::cannot(WHAT, &format!("The snapshot {name} of VM {of} has no configuration available. Please choose a snapshot with configuration available."))
    })?;

    let name = vm.name.clone().unwrap_or_default();
    parts::settings(&mut vm, &kept);
    vm.id = None;
    vm.template = Some(Box::new(Template::with_id(NIL)));
    vm.original_template = kept.original_template.or(kept.template).or(vm.template.clone());
    vm.status = Some(VmStatus::ImageLocked);
    state.begin_job(&format!("Creating VM {name} from Snapshot in Cluster"));
    let path = parts::plant(state, vm);
    parts::copy_nics(state, &snapshot, &path)?;
    devices(state, &path);
    snapshots::activate(state, &path);
    for (disk, attachment) in record::disks(state, &snapshot) {
        parts::copy_disk(state, &disk, attachment, &path, &choices)?;
    }
    let by = stage::by(state);
    state.event(BEGUN, Severity::Normal, &format!("Creation of VM {name} was begun by {by}."), &[&path]);
    stage::settle_later(state, &path, COPYING, FINISHED, &format!("VM {name} has been created."));
    Ok(Reply::Created(path))
}
