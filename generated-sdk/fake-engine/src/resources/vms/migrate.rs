//! Live migration of virtual machines.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::{Effect, EffectKind};
use crate::incident::IncidentKind;
use crate::note::Note;
use crate::path::last;
use crate::resources::common::command_locks::{CommandLock, LockMode};
use crate::resources::common::scheduler::{self, Placement};
use crate::resources::common::vm_status::{self, wrong_status};
use crate::resources::common::{command_locks, disk_attachment, locks, references};
use crate::resources::paths::{CLUSTERS, HOSTS};
use crate::resources::vms::{change_cluster, graphics_consoles};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Cluster, Host, HostStatus, Vm, VmAffinity, VmStatus};

const MIGRATION: Duration = Duration::from_secs(8);
/// The host to which a VM migrates.
const DESTINATION: Note<String> = Note::new("destination");
/// The status of a VM before its migration.
const BEFORE: Note<VmStatus> = Note::new("status before migration");
const MIGRATE: &str = "migrate VM";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "migrate", migrate);
    registry.on("vm", "cancel_migration", cancel);
    on_effect!(registry, |state, VmMigrated { vm }| migrated(state, vm));
}

fn migrate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let host = match call.object::<Host>("host") {
        Some(host) => Some(destination(call.state, &host)?),
        None => None,
    };
    command_locks::check_exclusive(call.state, &path, MIGRATE)?;
    check_migratable(call.state, &path, call.flag("force") == Some(true))?;
    let cluster = match call.object::<Cluster>("cluster").and_then(|cluster| cluster.id) {
        Some(id) => {
            change_cluster::check_target(call.state, &path, &format!("{CLUSTERS}/{id}"), MIGRATE)?;
            Some(id)
        }
        None => None,
    };
    let mut settings = call.state.find::<Vm>(&path)?.clone();
    if let Some(id) = &cluster {
        settings.cluster = Some(Box::new(Cluster::with_id(id)));
    }
    locks::check_no_locked_snapshot(call.state, &path, MIGRATE)?;
    locks::check_disks_not_locked(call.state, &path, MIGRATE)?;
    let placement = Placement { vm: &path, settings: &settings, only: host.as_deref(), except: None, action: MIGRATE };
    let destination = scheduler::choose(call.state, &placement)?;
    begin(call.state, &path, &destination)?;
    if let Some(vm) = call.state.get_mut::<Vm>(&path) {
        vm.cluster = settings.cluster;
    }
    Ok(Reply::Completed)
}

/// The path of the host that a client named, which has to be up.
fn destination(state: &State, host: &Host) -> Result<String, Fault> {
    let path = match (&host.id, &host.name) {
        (None, Some(name)) => {
            let found = state.by_name(HOSTS, name);
            Some(found.ok_or_else(|| references::entity_not_found(name))?)
        }
        (id, _) => id.as_ref().map(|id| format!("{HOSTS}/{id}")).filter(|path| state.contains(path)),
    };
    let path = path.ok_or_else(|| Fault::invalid(MIGRATE, "Invalid Host Id."))?;
    match state.find::<Host>(&path)?.status {
        Some(HostStatus::Up) => Ok(path),
        _ => Err(Fault::cannot(MIGRATE, "Operation can be performed only when Host status is Up.")),
    }
}

fn check_migratable(state: &State, path: &str, is_forced: bool) -> Result<(), Fault> {
    let vm = state.find::<Vm>(path)?;
    locks::check_not_in_backup(state, path, MIGRATE)?;
    if disk_attachment::list(state, path).iter().any(|(_, it)| it.uses_scsi_reservation == Some(true)) {
        return Err(Fault::cannot(MIGRATE, "VM uses SCSI reservation."));
    }
    match vm.placement_policy.as_ref().and_then(|policy| policy.affinity.as_ref()) {
        Some(VmAffinity::Pinned) => return Err(Fault::cannot(MIGRATE, "VM is pinned to Host.")),
        Some(VmAffinity::UserMigratable) if !is_forced => {
            return Err(Fault::cannot(
                MIGRATE,
                "VM is non migratable and user did not specify the force-migration flag",
            ));
        }
        _ => {}
    }
    match vm.status.clone().unwrap_or(VmStatus::Down) {
        VmStatus::Migrating => Err(Fault::cannot(MIGRATE, "VM migration is in progress")),
        status @ VmStatus::NotResponding => Err(wrong_status(&status, MIGRATE)),
        _ if !scheduler::can_migrate_now(vm) => Err(Fault::cannot(MIGRATE, "VM is not running.")),
        _ => Ok(()),
    }
}

fn begin(state: &mut State, path: &str, destination: &str) -> Result<(), Fault> {
    let vm = state.find_mut::<Vm>(path)?;
    let before = vm.status.replace(VmStatus::Migrating).unwrap_or(VmStatus::Up);
    let source = references::path_of(HOSTS, &vm.host).unwrap_or_default();
    state.set_note(path, DESTINATION, destination);
    state.set_note(path, BEFORE, before);
    let (name, from, to) = (state.name_of(path), state.name_of(&source), state.name_of(destination));
    let reason = "VM {} is being migrated.";
    command_locks::acquire(state, path, CommandLock { mode: LockMode::Exclusive, holder: path, reason, name: &name });
    state.begin_job(&format!("Migrating VM {name}"));
    let user = references::acting_user(state);
    let text = format!("Migration started (VM: {name}, Source: {from}, Destination: {to}, User: {user}).");
    state.event(62, Severity::Normal, &text, &[path, &source]);
    state.after(MIGRATION, Effect::VmMigrated { vm: path.to_owned() });
    Ok(())
}

/// Ends a migration: the virtual machine is on its old host, or has arrived at its destination; returns the latter.
fn end(state: &mut State, path: &str, has_arrived: bool) -> Option<String> {
    let destination = state.note(path, DESTINATION)?;
    let before = state.note(path, BEFORE).unwrap_or(VmStatus::Up);
    state.clear_note(path, DESTINATION);
    state.clear_note(path, BEFORE);
    command_locks::release(state, path);
    let vm = state.get_mut::<Vm>(path)?;
    vm.status = Some(if has_arrived && before != VmStatus::Paused { VmStatus::Up } else { before });
    if has_arrived {
        vm.host = Some(Box::new(Host::with_id(last(&destination))));
    }
    Some(destination)
}

fn migrated(state: &mut State, path: &str) {
    if vm_status::status_or_down(state, path) != VmStatus::Migrating {
        return;
    }
    if state.strikes(IncidentKind::MigrationElsewhere, path) && !choose_another_host(state, path) {
        failed(state, path);
        return;
    }
    let Some(host) = end(state, path, true) else { return };
    graphics_consoles::assign_ports(state, path);
    let (name, to) = (state.name_of(path), state.name_of(&host));
    let text = format!("Migration completed (VM: {name}, Destination: {to}, Duration: 8 seconds).");
    state.event(63, Severity::Normal, &text, &[path, &host]);
}

/// Chooses another destination for a migration whose destination fails; returns whether there is one.
fn choose_another_host(state: &mut State, path: &str) -> bool {
    let (Some(first), Some(vm)) = (state.note(path, DESTINATION), state.get::<Vm>(path).cloned()) else { return false };
    let (name, to) = (state.name_of(path), state.name_of(&first));
    let text = format!("Failed to migrate VM {name} to Host {to}. Trying to migrate to another Host.");
    state.event(128, Severity::Warning, &text, &[path, &first]);
    let placement = Placement { vm: path, settings: &vm, only: None, except: Some(&first), action: MIGRATE };
    let Ok(other) = scheduler::choose(state, &placement) else { return false };
    state.set_note(path, DESTINATION, other);
    true
}

/// Ends a migration that failed: the virtual machine stays where it is.
pub(crate) fn failed(state: &mut State, path: &str) {
    let source = state.get::<Vm>(path).and_then(|vm| references::path_of(HOSTS, &vm.host)).unwrap_or_default();
    if end(state, path, false).is_none() {
        return;
    }
    let text = format!("Migration failed (VM: {}, Source: {}).", state.name_of(path), state.name_of(&source));
    state.event(65, Severity::Error, &text, &[path, &source]);
    state.fail_job();
}

fn cancel(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if vm_status::status(call.state, &path)? != VmStatus::Migrating {
        return Err(Fault::conflict("Cannot cancel migration for non migrating VM."));
    }
    call.state.abandon(EffectKind::VmMigrated, &path);
    end(call.state, &path, false);
    let user = references::acting_user(call.state);
    let text = format!("Migration cancelled by {user} (VM: {}).", call.state.name_of(&path));
    call.state.event(161, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}

/// Migrates the virtual machines of a host to others; returns those that stay.
pub(crate) fn migrate_vms_away(state: &mut State, host: &str) -> Vec<String> {
    let mut staying = Vec::new();
    for path in scheduler::vms_on(state, host) {
        let Some(vm) = state.get::<Vm>(&path).cloned() else { continue };
        let placement = Placement { vm: &path, settings: &vm, only: None, except: None, action: MIGRATE };
        let target = scheduler::choose(state, &placement);
        let is_leaving = match target {
            Ok(target) if scheduler::may_migrate(&vm) && scheduler::can_migrate_now(&vm) => {
                begin(state, &path, &target).is_ok()
            }
            _ => false,
        };
        if !is_leaving {
            staying.push(path);
        }
    }
    staying
}
