//! New virtual machines.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::copy_disks::{self, Choices};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{
    copy_devices, devices, disk_attachment, fields, locks, nic, references, snapshot, template, vm_defaults, vm_status,
    vm_validation,
};
use crate::resources::paths::{CLUSTERS, INSTANCE_TYPES, SNAPSHOTS, TEMPLATES, VMS};
use crate::resources::vms::create_from_configuration;
use crate::state::{Severity, State};
use ovirt_sdk::object::Struct as _;
use ovirt_sdk::types::{InstanceType, Snapshot, Template, TemplateStatus, Vm, VmStatus};

const WHAT: &str = "add VM";
/// How long it takes before a machine is there whose disks are copied.
const COPYING: Duration = Duration::from_secs(6);
/// How long it takes before a machine is there whose disks are layers above those of its template.
const LAYERING: Duration = Duration::from_secs(6);
const CREATED: i64 = 34;
const BEGUN: i64 = 37;
pub(crate) const FINISHED: i64 = 53;

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
        call.state.reference(CLUSTERS, cluster)?;
    }
    if vm.initialization.as_ref().is_some_and(|it| it.configuration.is_some()) {
        return create_from_configuration::add_from_configuration(call, vm);
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
    let template = call.state.reference(TEMPLATES, &*template)?;
    let template = template.ok_or_else(|| Fault::incomplete("Vm", &["template.id|name"], "add"))?;
    let path = create_vm_from_template(call.state, vm, &template, clone, true)?;
    Ok(Reply::Created(path))
}

/// Makes a machine of a template; its path. With a job of its own, or as a part of the one that is under way.
pub(crate) fn create_vm_from_template(
    state: &mut State,
    mut vm: Vm,
    template: &str,
    clone: bool,
    with_job: bool,
) -> Result<String, Fault> {
    vm_validation::check_name(state, vm.name.as_deref(), None, WHAT)?;
    vm_validation::check_memory(&vm, WHAT)?;
    let template = match vm.use_latest_template_version {
        Some(true) => template::latest_version(state, template),
        _ => template.to_owned(),
    };
    if state.find::<Template>(&template)?.status == Some(TemplateStatus::Locked) {
        return Err(Fault::conflict("Template's Image is locked (temporarily)."));
    }
    locks::check_disks_not_locked(state, &template, WHAT)?;
    let choices = Choices::of(state, &template, vm.disk_attachments.as_ref(), vm.storage_domain.as_deref())?;
    let choices = choices.thin(!clone);
    choices.check(state, &template, "add", "VM")?;
    if let Some(instance_type) = vm.instance_type.as_deref() {
        let path = state.reference(INSTANCE_TYPES, instance_type)?;
        let of_type = path.and_then(|path| state.get::<InstanceType>(&path)).cloned();
        let mut wanted = InstanceType::new();
        if let Some(of_type) = of_type {
            let others = InstanceType::INFO.members.iter().map(|row| row.name);
            let others: Vec<&str> = others.filter(|name| !OF_INSTANCE_TYPE.contains(name)).collect();
            fields::fill_unset(&mut wanted, &of_type, &others);
        }
        fields::fill_unset(&mut vm, &wanted, &[]);
    }

    let is_blank = last(&template) == NIL;
    vm.id = None;
    vm.status = Some(VmStatus::Down);
    vm.original_template = Some(Box::new(Template::with_id(last(&template))));
    vm.template = vm.original_template.clone();
    let name = vm.name.clone().unwrap_or_default();
    let description = format!("Creating VM {name} from Template {} in Cluster", state.name_of(&template));
    let path = vm_defaults::insert(state, vm);
    if clone
        && !is_blank
        && let Some(vm) = state.get_mut::<Vm>(&path)
    {
        vm.template = Some(Box::new(Template::with_id(NIL)));
    }
    copy_devices::copy_devices(state, &template, &path)?;
    devices::add_default_devices(state, &path);
    snapshot::add_active(state, &path);
    let by = references::acting_user(state);
    if disk_attachment::disks(state, &template).is_empty() {
        state.event(CREATED, Severity::Normal, &format!("VM {name} was created by {by}."), &[&path]);
        return Ok(path);
    }
    if with_job {
        state.begin_job(&description);
    }
    vm_status::set_status(state, &path, VmStatus::ImageLocked);
    copy_disks::copy_disks(state, &template, &path, &choices)?;
    let text = format!("Creation of VM {name} was begun by {by}.");
    state.event(BEGUN, Severity::Normal, &text, &[&path, &template]);
    let delay = if clone { COPYING } else { LAYERING };
    locks::settle_later(state, &path, delay, FINISHED, &format!("VM {name} has been created."));
    Ok(path)
}

fn from_snapshot(call: &mut Call<'_>, mut vm: Vm, snapshot: &Snapshot) -> Result<Reply, Fault> {
    let id = snapshot.id.clone().ok_or_else(|| Fault::incomplete("Snapshot", &["id"], "add"))?;
    let state = &mut *call.state;
    let snapshot = references::find_below_any(state, VMS, SNAPSHOTS, &id);
    let snapshot = snapshot.ok_or_else(|| Fault::no_such(Snapshot::INFO.name, &id))?;
    vm_validation::check_name(state, vm.name.as_deref(), None, WHAT)?;
    vm_validation::check_memory(&vm, WHAT)?;
    let source = above(&snapshot, 2).to_owned();
    locks::check_free(state, &source, WHAT)?;
    let choices = Choices::of(state, &source, vm.disk_attachments.as_ref(), vm.storage_domain.as_deref())?;
    choices.check(state, &source, "add", "VM")?;
    let kept = snapshot::saved_configuration(state, &snapshot).ok_or_else(|| {
        let (name, of) = (state.name_of(&snapshot), state.name_of(&source));
        Fault::cannot(WHAT, &format!("The snapshot {name} of VM {of} has no configuration available. Please choose a snapshot with configuration available."))
    })?;

    let name = vm.name.clone().unwrap_or_default();
    vm_defaults::copy_settings(&mut vm, &kept);
    vm.id = None;
    vm.template = Some(Box::new(Template::with_id(NIL)));
    vm.original_template = kept.original_template.or(kept.template).or(vm.template.clone());
    vm.status = Some(VmStatus::ImageLocked);
    state.begin_job(&format!("Creating VM {name} from Snapshot in Cluster"));
    let path = vm_defaults::insert(state, vm);
    nic::copy_all(state, &snapshot, &path)?;
    devices::add_default_devices(state, &path);
    snapshot::add_active(state, &path);
    for (disk, attachment) in snapshot::saved_disks(state, &snapshot) {
        copy_disks::copy_disk(state, &disk, attachment, &path, &choices)?;
    }
    let by = references::acting_user(state);
    state.event(BEGUN, Severity::Normal, &format!("Creation of VM {name} was begun by {by}."), &[&path]);
    locks::settle_later(state, &path, COPYING, FINISHED, &format!("VM {name} has been created."));
    Ok(Reply::Created(path))
}
