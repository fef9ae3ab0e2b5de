//! Updating virtual machines.

use crate::api::{Call, Fault, Registry, Reply, merge};
use crate::fields::HIDDEN_SECRET;
use crate::path::last;
use crate::resources::common::vm_validation::Settings;
use crate::resources::common::{
    command_locks, devices, display, fields, references, vm_defaults, vm_request, vm_status, vm_validation,
};
use crate::resources::paths::{CLUSTERS, DISK_ATTACHMENTS, HOSTS, NUMA_NODES, TEMPLATES};
use crate::resources::vms::change_cluster::change_cluster;
use crate::resources::vms::next_run::CURRENT_STATE;
use crate::resources::vms::{live_update, next_run};
use crate::state::{Severity, State};
use ovirt_sdk::object::{Object, member_mut};
use ovirt_sdk::types::{
    DiskAttachment, DiskInterface, GraphicsType, NumaTuneMode, Template, VirtualNumaNode, Vm, VmAffinity,
};

/// Fields that clients can't set, besides the [current state](CURRENT_STATE). The engine ignores them.
const READ_ONLY: [&str; 7] = [
    "cpu.architecture",
    "creation_time",
    "display.address",
    "display.certificate",
    "display.port",
    "display.secure_port",
    "original_template",
];
const EDIT: &str = "edit VM";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "update", update);
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Vm = call.body()?;
    let path = call.path();
    check_domain(&change)?;
    vm_request::check_vm(&change)?;
    if let Some(cluster) = references::path_of(CLUSTERS, &change.cluster) {
        change_cluster(call.state, &path, &cluster)?;
    }
    CURRENT_STATE.iter().chain(&READ_ONLY).for_each(|name| clear(&mut change, name));
    forget_hidden_password(&mut change);
    fields::clear_collections(&mut change);
    command_locks::check_exclusive(call.state, &path, EDIT)?;
    if is_new_template(call.state, &path, &change)? {
        let template = change.template.clone();
        call.state.find_mut::<Vm>(&path)?.template = template;
    } else {
        change.template = None;
        apply(call, &path, &change)?;
    }
    let text = format!(
        "VM {} configuration was updated by {}.",
        call.state.name_of(&path),
        references::acting_user(call.state)
    );
    call.state.event(35, Severity::Normal, &text, &[&path]);
    Ok(Reply::Object(path))
}

fn check_domain(change: &Vm) -> Result<(), Fault> {
    match &change.domain {
        Some(domain) if domain.name.is_none() => Err(Fault::new(
            400,
            "Incomplete parameters",
            "If Domain supplied, Domain name expected to be supplied as well.",
        )),
        _ => Ok(()),
    }
}

/// Removes the placeholder that clients see instead of a password.
fn forget_hidden_password(change: &mut Vm) {
    if let Some(initialization) = &mut change.initialization
        && initialization.root_password.as_deref() == Some(HIDDEN_SECRET)
    {
        initialization.root_password = None;
    }
}

/// Clears the field at a dotted path.
fn clear(object: &mut dyn Object, path: &str) {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(slot) = member_mut(object, name).filter(|slot| slot.is_set()) else { return };
    match rest {
        None => slot.clear(),
        Some(rest) => {
            if let Some(part) = slot.make_object() {
                clear(part, rest);
            }
        }
    }
}

/// Whether the template of a virtual machine changes. Only those of pools can follow the versions of their templates.
fn is_new_template(state: &State, path: &str, change: &Vm) -> Result<bool, Fault> {
    let Some(wanted) = references::path_of(TEMPLATES, &change.template) else { return Ok(false) };
    let vm = state.find::<Vm>(path)?;
    let current = references::path_of(TEMPLATES, &vm.template).unwrap_or_default();
    if wanted == current {
        return Ok(false);
    }
    if !state.contains(&wanted) {
        return Err(Fault::invalid(EDIT, "The relevant Template doesn't exist."));
    }
    if base_template(state, &wanted) != base_template(state, &current) {
        return Err(Fault::bad(
            "The requested template doesn't belong to the same base template as the original template.",
        ));
    }
    match vm.vm_pool.is_some() {
        true => Ok(true),
        false => Err(Fault::bad("The Template can be changed for pool VMs only.")),
    }
}

/// The identifier of the first version of a template.
fn base_template(state: &State, template: &str) -> Option<String> {
    let version = state.get::<Template>(template)?.version.as_deref();
    let base = version.and_then(|version| version.base_template.as_ref()?.id.clone());
    Some(base.unwrap_or_else(|| last(template).to_owned()))
}

/// Checks a change and applies it: at once what can be changed now, and the rest with the next start.
fn apply(call: &mut Call<'_>, path: &str, change: &Vm) -> Result<(), Fault> {
    let state = &mut *call.state;
    let is_for_next_run = call.request.flag("next_run") == Some(true);
    let stored = state.find::<Vm>(path)?;
    let base = next_run::settings_for_next_run(state, path).filter(|_| is_for_next_run).unwrap_or(stored);
    let mut wanted = base.clone();
    merge(&mut wanted, change);
    vm_defaults::to_whole_mib(&mut wanted);
    let protocol = display::wanted_protocol(change);
    let protocols = protocol.clone().map_or_else(|| display::protocols(state, path), |protocol| vec![protocol]);
    select_video(state, change, &mut wanted, &protocols);
    wanted.display.get_or_insert_default().type_ = display::type_of(&protocols);
    wanted.numa_tune_mode = None;
    check(state, path, &wanted, &protocols)?;
    if !vm_status::is_running(state, path) {
        state.find_mut::<Vm>(path)?.clone_from(&wanted);
        if let Some(protocol) = protocol {
            devices::set_only_console(state, path, protocol);
        }
        set_numa_tune_mode(state, path, change.numa_tune_mode.as_ref());
        return Ok(());
    }
    live_update::check(state, path, &wanted, is_for_next_run)?;
    live_update::apply(state, path, &wanted, is_for_next_run)
}

/// Selects a video device if the client sets only the type of the display.
fn select_video(state: &State, change: &Vm, wanted: &mut Vm, protocols: &[GraphicsType]) {
    let is_only_type = change.display.as_ref().is_some_and(|it| it.type_.is_some() && it.video_type.is_none());
    if is_only_type {
        let video = display::select_video(state, wanted, protocols);
        wanted.display.get_or_insert_default().video_type = Some(video);
    }
}

/// Fails if an update that changes nothing would fail.
pub(crate) fn check_settings(state: &State, path: &str) -> Result<(), Fault> {
    command_locks::check_exclusive(state, path, EDIT)?;
    check(state, path, state.find(path)?, &display::protocols(state, path))
}

fn check(state: &State, path: &str, wanted: &Vm, protocols: &[GraphicsType]) -> Result<(), Fault> {
    let stored = state.find::<Vm>(path)?;
    vm_validation::check_values(wanted, EDIT)?;
    if wanted.origin != stored.origin {
        return Err(Fault::bad(
            "There was an attempt to change VM values while the VM is not down. Please shut down the VM in order to \
             modify these properties.",
        ));
    }
    let settings = Settings { vm: wanted, path: Some(path), devices: path, protocols, action: EDIT };
    vm_validation::check_settings(state, &settings)?;
    check_pinned_host(state, path, wanted)?;
    check_virtio_scsi(state, path, wanted)
}

/// Fails if a running virtual machine would be pinned to other hosts than its own.
fn check_pinned_host(state: &State, path: &str, wanted: &Vm) -> Result<(), Fault> {
    let Some(policy) = wanted.placement_policy.as_deref().filter(|it| it.affinity == Some(VmAffinity::Pinned)) else {
        return Ok(());
    };
    let Some(host) = references::path_of(HOSTS, &state.find::<Vm>(path)?.host) else { return Ok(()) };
    let mut hosts = policy.hosts.iter().flatten().filter_map(|host| host.id.as_deref()).peekable();
    if hosts.peek().is_none() || hosts.any(|id| id == last(&host)) {
        return Ok(());
    }
    let name = state.name_of(&host);
    let why = format!(
        "Running VM is hosted on {name}. Include {name} in dedicated hosts, or migrate VM to dedicated host prior to \
         pinning."
    );
    Err(Fault::cannot(EDIT, &why))
}

/// Fails if active disks need the VirtIO-SCSI controller that is to be removed.
fn check_virtio_scsi(state: &State, path: &str, wanted: &Vm) -> Result<(), Fault> {
    if wanted.virtio_scsi.as_ref().and_then(|it| it.enabled) != Some(false) {
        return Ok(());
    }
    let mut attachments = state.list::<DiskAttachment>(&format!("{path}/{DISK_ATTACHMENTS}"));
    let needs_it = attachments.any(|(_, attachment)| {
        attachment.active != Some(false) && attachment.interface == Some(DiskInterface::VirtioScsi)
    });
    match needs_it {
        true => Err(Fault::conflict(
            "Cannot disable VirtIO-SCSI when disks with a VirtIO-SCSI interface are plugged into the VM.",
        )),
        false => Ok(()),
    }
}

/// Sets the mode of all NUMA nodes.
fn set_numa_tune_mode(state: &mut State, path: &str, mode: Option<&NumaTuneMode>) {
    let Some(mode) = mode else { return };
    for node in state.paths(&format!("{path}/{NUMA_NODES}")) {
        if let Some(node) = state.get_mut::<VirtualNumaNode>(&node) {
            node.numa_tune_mode = Some(mode.clone());
        }
    }
}
