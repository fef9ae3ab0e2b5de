//! Starting virtual machines.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::note::Note;
use crate::path::last;
use crate::resources::common::vm_status::{self, wrong_status};
use crate::resources::common::{disk_attachment, locks, scheduler};
use crate::resources::paths::{HOSTS, NICS};
use crate::resources::vms::snapshots::stateless::begin_stateless;
use crate::resources::vms::{graphics_consoles, guest, next_run};
use crate::state::{Severity, State};
use ovirt_sdk::types::{BootDevice, Host, Nic, OperatingSystem, Vm, VmStatus};

/// A starting VM that is paused before it boots.
pub(crate) const START_PAUSED: Note<bool> = Note::new("start paused");
/// How long the host needs to start the process, and how long the guest needs to boot.
const LAUNCH: Duration = Duration::from_secs(2);
pub(crate) const BOOT: Duration = Duration::from_secs(5);
const RESUME: Duration = Duration::from_secs(1);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "start", start);
    on_effect!(registry, |state, VmLaunched { vm }| launched(state, vm));
    on_effect!(registry, |state, VmBooted { vm }| booted(state, vm));
}

fn start(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const RUN: &str = "run VM";
    let path = call.path();
    vm_status::check_not_locked(call.state, &path, RUN)?;
    let once = call.object::<Vm>("vm");
    let pause = call.flag("pause").or_else(|| once.as_ref()?.start_paused);
    match vm_status::status(call.state, &path)? {
        VmStatus::Down | VmStatus::Suspended => {}
        VmStatus::Paused => {
            resume(call, &path);
            return Ok(Reply::Started);
        }
        VmStatus::Up | VmStatus::PoweringUp | VmStatus::WaitForLaunch | VmStatus::RestoringState => {
            return Err(Fault::conflict("Cannot run VM. VM is running."));
        }
        status => return Err(wrong_status(&status, RUN)),
    }
    locks::check_disks_not_locked(call.state, &path, RUN)?;
    let vm = call.state.find::<Vm>(&path)?;
    bootable(call.state, &path, vm, once.as_ref())?;
    let policy = once.as_ref().and_then(|once| once.placement_policy.as_deref());
    let host = scheduler::choose(call.state, vm, policy.or(vm.placement_policy.as_deref()), RUN)?;
    let hibernated = vm.status == Some(VmStatus::Suspended);
    let pause = pause.or(vm.start_paused).unwrap_or(false);
    let stateless = once.as_ref().and_then(|once| once.stateless).or(vm.stateless).unwrap_or(false);

    let (name, on) = (call.state.name_of(&path), call.state.name_of(&host));
    call.job(&format!("Launching VM {name}"));
    let is_once = once.is_some()
        || ["use_cloud_init", "use_sysprep", "use_ignition", "use_initialization", "volatile", "pause", "attach_wgt"]
            .iter()
            .any(|flag| call.flag(flag) == Some(true));
    if stateless && !hibernated {
        begin_stateless(call.state, &path);
    }
    if let Some(once) = once.filter(|_| !hibernated) {
        next_run::keep_run(call.state, &path, once);
    }
    put(call.state, &path, &host)?;
    let vm = call.state.find_mut::<Vm>(&path)?;
    vm.run_once = Some(is_once);
    if hibernated {
        vm.status = Some(VmStatus::RestoringState);
    }
    let user = call.state.actor.user.clone();
    let text = format!("VM {name} was started by {user} (Host: {on}).");
    call.state.event(153, Severity::Normal, &text, &[&path, &host]);
    if pause && !hibernated {
        call.state.set_note(&path, START_PAUSED, true);
    }
    Ok(Reply::Started)
}

/// Puts a machine on a host, where it is going to be launched.
fn put(state: &mut State, path: &str, host: &str) -> Result<(), Fault> {
    let now = state.now();
    let vm = state.find_mut::<Vm>(path)?;
    vm.host = Some(Box::new(Host::with_id(last(host))));
    vm.status = Some(VmStatus::WaitForLaunch);
    vm.start_time = Some(now);
    vm.stop_reason = Some(String::new());
    graphics_consoles::open(state, path);
    state.after(LAUNCH, Effect::VmLaunched { vm: path.to_owned() });
    Ok(())
}

/// Refuses when there is nothing that the machine could boot from.
fn bootable(state: &State, path: &str, vm: &Vm, once: Option<&Vm>) -> Result<(), Fault> {
    let of = |os: &OperatingSystem| os.boot.as_ref().and_then(|boot| boot.devices.clone());
    let asked = once.and_then(|once| of(once.os.as_deref()?));
    let devices = asked.or_else(|| of(vm.os.as_deref()?)).unwrap_or_default();
    let disks = disk_attachment::disks_and_activity(state, path);
    if devices.iter().all(|device| *device == BootDevice::Hd) && !disks.iter().any(|(_, active)| *active) {
        let missing = if disks.is_empty() { "bootable" } else { "active" };
        return Err(Fault::conflict(&format!("Cannot run VM without at least one {missing} disk.")));
    }
    if devices.contains(&BootDevice::Network) && state.list::<Nic>(&format!("{path}/{NICS}")).next().is_none() {
        return Err(Fault::conflict(
            "VM is configured to be 'Network bootable', but no Network Interface is configured.",
        ));
    }
    Ok(())
}

fn resume(call: &mut Call<'_>, path: &str) {
    let name = call.state.name_of(path);
    call.job(&format!("Launching VM {name}"));
    call.state.event(40, Severity::Normal, &format!("VM {name} is resumed."), &[path]);
    call.state.after(RESUME, Effect::VmBooted { vm: path.to_owned() });
}

fn launched(state: &mut State, path: &str) {
    let paused = state.has_note(path, START_PAUSED);
    state.clear_note(path, START_PAUSED);
    let Some(vm) = state.get_mut::<Vm>(path) else { return };
    let next = match vm.status {
        Some(VmStatus::RestoringState) => return booted(state, path),
        Some(VmStatus::WaitForLaunch) if paused => VmStatus::Paused,
        Some(VmStatus::WaitForLaunch) => VmStatus::PoweringUp,
        _ => return,
    };
    vm.status = Some(next);
    if paused {
        vm.status_detail = Some("none".to_owned());
        let text = format!("VM {} has been paused.", state.name_of(path));
        state.event(1025, Severity::Normal, &text, &[path]);
        return;
    }
    state.after(BOOT, Effect::VmBooted { vm: path.to_owned() });
}

fn booted(state: &mut State, path: &str) {
    let Some(vm) = state.get_mut::<Vm>(path) else { return };
    let fresh = match vm.status {
        Some(VmStatus::PoweringUp) => true,
        Some(VmStatus::RestoringState | VmStatus::Paused | VmStatus::RebootInProgress) => false,
        _ => return,
    };
    let rebooted = vm.status == Some(VmStatus::RebootInProgress);
    vm.status = Some(VmStatus::Up);
    vm.status_detail = None;
    let host = vm.host.as_ref().and_then(|host| host.id.clone()).map(|id| format!("{HOSTS}/{id}")).unwrap_or_default();
    guest::appear(state, path);
    let (name, on) = (state.name_of(path), state.name_of(&host));
    if fresh || !rebooted {
        state.event(32, Severity::Normal, &format!("VM {name} started on Host {on}"), &[path, &host]);
    }
}

/// Puts a machine into the state of one that runs on a host, as if it had been started a while ago: for inventories.
pub(crate) fn set_running(state: &mut State, path: &str, host: &str) {
    let now = state.now();
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.host = Some(Box::new(Host::with_id(last(host))));
        vm.status = Some(VmStatus::Up);
        vm.start_time = Some(now);
    }
    graphics_consoles::open(state, path);
    guest::appear(state, path);
}

/// Starts a machine on whichever host takes it, as a part of what is under way: for pools.
pub(crate) fn launch_vm(state: &mut State, path: &str, keeps: bool) -> Result<(), Fault> {
    let vm = state.find::<Vm>(path)?;
    let host = scheduler::choose(state, vm, vm.placement_policy.as_deref(), "run VM")?;
    if !keeps {
        begin_stateless(state, path);
    }
    put(state, path, &host)?;
    let text = format!("VM {} was started on Host {}.", state.name_of(path), state.name_of(&host));
    state.event(153, Severity::Normal, &text, &[path, &host]);
    Ok(())
}
