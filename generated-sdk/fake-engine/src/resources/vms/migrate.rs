//! Moving virtual machines from host to host while they run.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::{Effect, EffectKind};
use crate::note::Note;
use crate::path::last;
use crate::resources::common::scheduler;
use crate::resources::common::vm_status::{self, wrong_status};
use crate::resources::paths::{CLUSTERS, HOSTS};
use crate::resources::vms::graphics_consoles;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Cluster, Host, HostStatus, Vm, VmPlacementPolicy, VmStatus};

const MIGRATE: Duration = Duration::from_secs(8);
/// Where a machine that is on its way goes to.
const DESTINATION: Note<String> = Note::new("destination");
/// The state in which a machine was before it left.
const BEFORE: Note<VmStatus> = Note::new("status before migration");
const WHAT: &str = "migrate VM";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "migrate", migrate);
    registry.on("vm", "cancel_migration", cancel);
    on_effect!(registry, |state, VmMigrated { vm }| migrated(state, vm));
}

fn migrate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let status = vm_status::check_running(call.state, &path, WHAT)?;
    let vm = call.state.find::<Vm>(&path)?;
    if status == VmStatus::Migrating {
        return Err(Fault::conflict("Cannot migrate VM. VM migration is in progress"));
    }
    if !scheduler::can_move(vm) {
        return Err(wrong_status(&status, WHAT));
    }
    if !scheduler::may_migrate(vm) && call.flag("force") != Some(true) {
        return Err(Fault::conflict(
            "Cannot migrate VM. VM is non migratable and user did not specify the force-migration flag",
        ));
    }
    let mut moved = vm.clone();
    if let Some(cluster) = call.object::<Cluster>("cluster")
        && let Some(cluster) = call.state.reference(CLUSTERS, &cluster)?
    {
        moved.cluster = Some(Box::new(Cluster::with_id(last(&cluster))));
    }
    let wanted = match call.object::<Host>("host") {
        Some(host) => call.state.reference(HOSTS, &host)?,
        None => None,
    };
    let destination = match wanted {
        Some(host) => accepted(call.state, &moved, host)?,
        None => scheduler::choose(call.state, &moved, movable(vm).as_ref(), WHAT)?,
    };
    begin(call.state, &path, &destination)?;
    let changed = moved.cluster;
    if let Some(vm) = call.state.get_mut::<Vm>(&path) {
        vm.cluster = changed;
    }
    Ok(Reply::Started)
}

/// The hosts to which a machine is bound, unless it is to leave the only one.
fn movable(vm: &Vm) -> Option<VmPlacementPolicy> {
    let policy = vm.placement_policy.as_deref()?;
    let several = policy.hosts.as_ref().is_some_and(|hosts| hosts.len() > 1);
    several.then(|| policy.clone())
}

/// Refuses a host that was chosen and can't take the machine.
fn accepted(state: &State, vm: &Vm, host: String) -> Result<String, Fault> {
    if vm.host.as_ref().and_then(|current| current.id.as_deref()) == Some(last(&host)) {
        return Err(Fault::conflict("Cannot migrate VM. source and destination is the same."));
    }
    let chosen = state.find::<Host>(&host)?;
    if chosen.cluster.as_ref().and_then(|it| it.id.as_deref()) != vm.cluster.as_ref().and_then(|it| it.id.as_deref()) {
        return Err(Fault::conflict(
            "Cannot migrate VM. If target Cluster is not specified VM can be migrated only between Hosts in the same \
             Cluster.",
        ));
    }
    if chosen.status != Some(HostStatus::Up) {
        return Err(Fault::conflict("Cannot migrate VM. Operation can be performed only when Host status is Up."));
    }
    let only = VmPlacementPolicy::new().hosts(vec![Host::with_id(last(&host))]);
    scheduler::choose(state, vm, Some(&only), WHAT)
}

/// Begins to move a machine to a host.
fn begin(state: &mut State, path: &str, destination: &str) -> Result<(), Fault> {
    let vm = state.find_mut::<Vm>(path)?;
    let before = vm.status.replace(VmStatus::Migrating).unwrap_or(VmStatus::Up);
    let source =
        vm.host.as_ref().and_then(|host| host.id.clone()).map(|id| format!("{HOSTS}/{id}")).unwrap_or_default();
    state.set_note(path, DESTINATION, destination);
    state.set_note(path, BEFORE, before);
    let (name, from, to) = (state.name_of(path), state.name_of(&source), state.name_of(destination));
    state.begin_job(&format!("Migrating VM {name}"));
    let text =
        format!("Migration started (VM: {name}, Source: {from}, Destination: {to}, User: {}).", state.actor.user);
    state.event(62, Severity::Normal, &text, &[path, &source]);
    state.after(MIGRATE, Effect::VmMigrated { vm: path.to_owned() });
    Ok(())
}

/// Ends a migration: the machine is where it was, or at its destination; gives the host that it was going to.
fn arrive(state: &mut State, path: &str, there: bool) -> Option<String> {
    let destination = state.note(path, DESTINATION)?;
    let before = state.note(path, BEFORE).unwrap_or(VmStatus::Up);
    state.clear_note(path, DESTINATION);
    state.clear_note(path, BEFORE);
    let vm = state.get_mut::<Vm>(path)?;
    vm.status = Some(if there && before != VmStatus::Paused { VmStatus::Up } else { before });
    if there {
        vm.host = Some(Box::new(Host::with_id(last(&destination))));
    }
    Some(destination)
}

fn migrated(state: &mut State, path: &str) {
    if state.get::<Vm>(path).is_none_or(|vm| vm.status != Some(VmStatus::Migrating)) {
        return;
    }
    let Some(host) = arrive(state, path, true) else { return };
    graphics_consoles::open(state, path);
    let (name, to) = (state.name_of(path), state.name_of(&host));
    let text = format!("Migration completed (VM: {name}, Destination: {to}, Duration: 8 seconds).");
    state.event(63, Severity::Normal, &text, &[path, &host]);
}

fn cancel(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if vm_status::status(call.state, &path)? != VmStatus::Migrating {
        return Err(Fault::conflict("Cannot cancel migration for non migrating VM."));
    }
    call.state.cancel(EffectKind::VmMigrated, &path);
    arrive(call.state, &path, false);
    let text = format!("Migration cancelled by {} (VM: {}).", call.state.actor.user, call.state.name_of(&path));
    call.state.event(161, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}

/// Sends the machines of a host to others, as when it goes into maintenance; gives those that can't leave.
pub(crate) fn migrate_vms_away(state: &mut State, host: &str) -> Vec<String> {
    let mut staying = Vec::new();
    for path in scheduler::vms_on(state, host) {
        let Some(vm) = state.get::<Vm>(&path).cloned() else { continue };
        let target = scheduler::choose(state, &vm, movable(&vm).as_ref(), WHAT);
        let gone = match target {
            Ok(target) if scheduler::may_migrate(&vm) && scheduler::can_move(&vm) => {
                begin(state, &path, &target).is_ok()
            }
            _ => false,
        };
        if !gone {
            staying.push(path);
        }
    }
    staying
}
