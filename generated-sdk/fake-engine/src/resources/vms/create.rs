//! New virtual machines.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::command_locks::{self, CommandLock, LockMode};
use crate::resources::common::copy_disks::{self, Choices};
use crate::resources::common::vm_validation::Settings;
use crate::resources::common::well_known::NIL;
use crate::resources::common::{
    copy_devices, devices, disk, disk_attachment, display, fields, locks, network, nic, operating_system, references,
    snapshot, storage_domain, template, vm_defaults, vm_request, vm_status, vm_validation,
};
use crate::resources::paths::{CLUSTERS, DISKS, INSTANCE_TYPES, SNAPSHOTS, TEMPLATES, VM_POOLS, VMS};
use crate::resources::vms::create_from_configuration;
use crate::state::{Severity, State};
use ovirt_sdk::object::Struct as _;
use ovirt_sdk::types::{GraphicsType, InstanceType, Snapshot, SnapshotType, Template, Vm, VmStatus};

const ADD: &str = "add VM";
/// How long the creation takes if disks are copied.
const COPYING: Duration = Duration::from_secs(6);
/// How long the creation takes if the disks are layers above those of the template.
const LAYERING: Duration = Duration::from_secs(6);
const CREATED: i64 = 34;
const BEGUN: i64 = 37;
pub(crate) const FINISHED: i64 = 53;

/// The settings of a virtual machine that its instance type determines.
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
    vm_request::check_vm(&vm)?;
    if let Some(cluster) = vm.cluster.as_deref() {
        call.state.reference(CLUSTERS, cluster)?;
    }
    if vm.initialization.as_ref().is_some_and(|it| it.configuration.is_some()) {
        return create_from_configuration::add_from_configuration(call, vm);
    }
    if vm.name.as_ref().is_none_or(String::is_empty) {
        return Err(Fault::incomplete("Vm", &["name"], "add"));
    }
    if let Some(snapshot) = vm.snapshots.as_ref().and_then(|snapshots| snapshots.first().cloned()) {
        return from_snapshot(call, vm, &snapshot);
    }
    let no_template = || Fault::incomplete("Vm", &["template.id|name"], "add");
    let template = vm.template.clone().ok_or_else(no_template)?;
    let template = call.state.reference(TEMPLATES, &*template)?.ok_or_else(no_template)?;
    vm_request::check_auto_pinning(call, &vm)?;
    let path = create_vm_from_template(call.state, vm, &template, clone, true)?;
    Ok(Reply::Created(path))
}

/// Creates a virtual machine from a template, in a new job or in the current one; returns its path.
pub(crate) fn create_vm_from_template(
    state: &mut State,
    mut vm: Vm,
    template: &str,
    clone: bool,
    with_job: bool,
) -> Result<String, Fault> {
    let template = match vm.use_latest_template_version {
        Some(true) => template::latest_version(state, template),
        _ => template.to_owned(),
    };
    if let Some(instance_type) = vm.instance_type.as_deref() {
        let path = state.reference(INSTANCE_TYPES, instance_type)?;
        if let Some(instance_type) = path.and_then(|path| state.get::<InstanceType>(&path)) {
            apply_instance_type(&mut vm, instance_type);
        }
    }
    let is_blank = last(&template) == NIL;
    vm.original_template = Some(Box::new(Template::with_id(last(&template))));
    vm.template = vm.original_template.clone();
    let protocol = prepare(state, &mut vm);
    check_locks(state, &vm, &template)?;
    check_template_place(state, &vm, &template)?;
    check_new(state, &vm, &template, protocol.as_ref())?;
    let disks = disk_attachment::disks(state, &template);
    template::check_image_not_locked(state, &template, &disks)?;
    let choices = Choices::of(state, &template, vm.disk_attachments.as_ref(), vm.storage_domain.as_deref())?;
    let choices = choices.thin(!clone);
    choices.check(state, &template, ADD)?;

    vm.status = Some(VmStatus::Down);
    let name = vm.name.clone().unwrap_or_default();
    let cluster = references::name_of(state, CLUSTERS, &vm.cluster);
    let description = format!("Creating VM {name} from Template {} in Cluster {cluster}", state.name_of(&template));
    let path = vm_defaults::insert(state, vm);
    if clone
        && !is_blank
        && let Some(vm) = state.get_mut::<Vm>(&path)
    {
        vm.template = Some(Box::new(Template::with_id(NIL)));
    }
    copy_devices::copy_devices(state, &template, &path)?;
    if let Some(protocol) = protocol {
        devices::set_only_console(state, &path, protocol);
    }
    devices::add_default_devices(state, &path);
    snapshot::add_active(state, &path);
    if clone || !is_blank {
        lock_sources(state, &path, &template);
    }
    let user = references::acting_user(state);
    if disks.is_empty() {
        let domain =
            network::data_center_of(state, &path).and_then(|center| storage_domain::first_data(state, &center));
        let about: Vec<&str> = [path.as_str()].into_iter().chain(domain.as_deref()).collect();
        state.event(CREATED, Severity::Normal, &format!("VM {name} was created by {user}."), &about);
        command_locks::release_later(state, &path);
        return Ok(path);
    }
    if with_job {
        state.begin_job(&description);
    }
    vm_status::set_status(state, &path, VmStatus::ImageLocked);
    copy_disks::copy_disks(state, &template, &path, &choices)?;
    let text = format!("Creation of VM {name} was begun by {user}.");
    state.event(BEGUN, Severity::Normal, &text, &[&path, &template]);
    let delay = if clone { COPYING } else { LAYERING };
    locks::complete_later(state, &path, delay, FINISHED, &format!("VM {name} has been created."));
    Ok(path)
}

/// Fails if other commands lock what a new virtual machine needs.
fn check_locks(state: &State, vm: &Vm, template: &str) -> Result<(), Fault> {
    let taken = vm.name.as_deref().and_then(|name| state.by_name(VMS, name));
    if taken.is_some_and(|taken| command_locks::has_locked_others(state, &taken)) {
        return Err(Fault::cannot(ADD, "Related operation is currently in progress. Please try again later."));
    }
    command_locks::check_shared(state, template, ADD)
}

/// Fails if a template is in another data center than a new virtual machine.
fn check_template_place(state: &State, vm: &Vm, template: &str) -> Result<(), Fault> {
    let cluster = references::path_of(CLUSTERS, &vm.cluster).unwrap_or_default();
    let wanted = network::data_center_of(state, &cluster);
    match network::data_center_of(state, template).filter(|_| wanted.is_some()) {
        Some(center) if wanted.as_deref() != Some(center.as_str()) => {
            Err(Fault::bad("The specified Template doesn't exist in the current Data Center."))
        }
        _ => Ok(()),
    }
}

/// Locks what a new virtual machine is made of, until it is complete.
fn lock_sources(state: &mut State, path: &str, template: &str) {
    let name = state.name_of(path);
    let mut lock = CommandLock {
        mode: LockMode::Shared,
        holder: path,
        reason: "This template is currently in use to create VM {}.",
        name: &name,
    };
    command_locks::acquire(state, template, lock);
    let pool = state.get::<Vm>(path).and_then(|vm| vm.vm_pool.as_ref()?.id.clone());
    if let Some(pool) = pool {
        lock.reason = "This VM Pool is currently in use to create VM {}.";
        command_locks::acquire(state, &format!("{VM_POOLS}/{pool}"), lock);
    }
}

/// Sets what an instance type decides, unless the client does.
fn apply_instance_type(vm: &mut Vm, instance_type: &InstanceType) {
    let mut settings = InstanceType::new();
    fields::fill_only(&mut settings, instance_type, &OF_INSTANCE_TYPE);
    if vm.memory.is_some() {
        // Guaranteed and maximum memory follow from the memory that the client wants.
        settings.memory_policy = None;
    }
    fields::fill_unset(vm, &settings, &[]);
}

/// Replaces values that the engine doesn't take from clients; returns the protocol of the console that the client wants.
fn prepare(state: &State, vm: &mut Vm) -> Option<GraphicsType> {
    if let Some(os) = &mut vm.os {
        os.type_ = os.type_.take().map(|name| operating_system::known_name(state, &name).to_owned());
    }
    let protocol = display::wanted_protocol(vm);
    if let Some(display) = &mut vm.display {
        // The video device decides only about the protocol.
        display.video_type = None;
    }
    protocol
}

/// Checks the settings of a new virtual machine that gets its devices from a template or another virtual machine.
fn check_new(state: &State, vm: &Vm, source: &str, protocol: Option<&GraphicsType>) -> Result<(), Fault> {
    let mut settings = vm.clone();
    vm_defaults::complete(state, &mut settings);
    vm_validation::check_values(&settings, ADD)?;
    let protocols = match protocol {
        Some(protocol) => vec![protocol.clone()],
        None => display::protocols(state, source),
    };
    let settings = Settings { vm: &settings, path: None, devices: source, protocols: &protocols, action: ADD };
    vm_validation::check_settings(state, &settings)?;
    match vm.id.as_deref().is_some_and(|id| state.contains(&format!("{VMS}/{id}"))) {
        true => Err(Fault::invalid(ADD, "VM with the given Id already exists in the system.")),
        false => Ok(()),
    }
}

/// Fails if no virtual machine can be made from a snapshot.
fn check_snapshot(state: &State, source: &str, path: &str) -> Result<(), Fault> {
    command_locks::check_exclusive(state, source, ADD)?;
    locks::check_no_locked_snapshot(state, source, ADD)?;
    if state.find::<Snapshot>(path)?.snapshot_type != Some(SnapshotType::Regular) {
        return Err(Fault::cannot(ADD, "The operation is only allowed for regular snapshots."));
    }
    snapshot::check_not_in_preview(state, source, ADD)?;
    let disks: Vec<String> =
        snapshot::saved_disks(state, path).into_iter().map(|(id, _)| format!("{DISKS}/{id}")).collect();
    disk::check_images_not_locked(state, &disks, ADD)?;
    vm_status::check_not_locked(state, source, ADD)
}

fn from_snapshot(call: &mut Call<'_>, mut vm: Vm, snapshot: &Snapshot) -> Result<Reply, Fault> {
    let id = snapshot.id.clone().ok_or_else(|| Fault::incomplete("Snapshot", &["id"], "add"))?;
    let state = &mut *call.state;
    let snapshot = references::find_below_any(state, VMS, SNAPSHOTS, &id);
    let snapshot = snapshot.ok_or_else(|| Fault::no_such(Snapshot::INFO.name, &id))?;
    let source = above(&snapshot, 2).to_owned();
    check_snapshot(state, &source, &snapshot)?;
    let protocol = prepare(state, &mut vm);
    let kept = snapshot::saved_configuration(state, &snapshot).ok_or_else(|| {
        let (name, vm) = (snapshot::description(state, &snapshot), state.name_of(&source));
        let why = format!(
            "The snapshot {name} of VM {vm} has no configuration available. Please choose a snapshot with configuration \
             available."
        );
        Fault::invalid(ADD, &why)
    })?;

    let name = vm.name.clone().unwrap_or_default();
    vm_defaults::copy_settings(&mut vm, &kept);
    vm.template = Some(Box::new(Template::with_id(NIL)));
    check_new(state, &vm, &source, protocol.as_ref())?;
    let choices = Choices::of(state, &source, vm.disk_attachments.as_ref(), vm.storage_domain.as_deref())?;
    choices.check(state, &source, ADD)?;
    vm.original_template = kept.original_template.or(kept.template).or(vm.template.clone());
    vm.status = Some(VmStatus::ImageLocked);
    let cluster = references::name_of(state, CLUSTERS, &vm.cluster);
    let description = snapshot::description(state, &snapshot);
    state.begin_job(&format!("Creating VM {name} from Snapshot {description} in Cluster {cluster}"));
    let path = vm_defaults::insert(state, vm);
    nic::copy_all(state, &snapshot, &path)?;
    if let Some(protocol) = protocol {
        devices::set_only_console(state, &path, protocol);
    }
    devices::add_default_devices(state, &path);
    snapshot::add_active(state, &path);
    for (disk, attachment) in snapshot::saved_disks(state, &snapshot) {
        copy_disks::copy_disk(state, &disk, attachment, &path, &choices)?;
    }
    let user = references::acting_user(state);
    state.event(BEGUN, Severity::Normal, &format!("Creation of VM {name} was begun by {user}."), &[&path]);
    locks::complete_later(state, &path, COPYING, FINISHED, &format!("VM {name} has been created."));
    Ok(Reply::Created(path))
}
