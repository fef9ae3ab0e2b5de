//! Starting virtual machines.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::note::Note;
use crate::path::last;
use crate::resources::common::scheduler::{self, Placement};
use crate::resources::common::vm_status::{self, wrong_status};
use crate::resources::common::{
    command_locks, disk, disk_attachment, display, locks, network, quota_usage, references, vm_validation,
};
use crate::resources::paths::{CLUSTERS, HOSTS, NETWORKS, NICS, VNIC_PROFILES};
use crate::resources::vms::run_end::end_run;
use crate::resources::vms::snapshots::stateless::begin_stateless;
use crate::resources::vms::{graphics_consoles, guest, next_run};
use crate::state::{Severity, State};
use ovirt_sdk::types::{BootDevice, Disk, Host, Nic, OperatingSystem, Vm, VmStatus, VnicProfile};

/// A starting VM that is paused before it boots.
pub(crate) const START_PAUSED: Note<bool> = Note::new("start paused");
/// How long the host needs to start the process, and how long the guest needs to boot.
const LAUNCH: Duration = Duration::from_secs(2);
pub(crate) const BOOT: Duration = Duration::from_secs(5);
const RESUME: Duration = Duration::from_secs(1);
const RUN: &str = "run VM";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "start", start);
    on_effect!(registry, |state, VmLaunched { vm }| launched(state, vm));
    on_effect!(registry, |state, VmBooted { vm }| booted(state, vm));
}

fn start(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let once = call.object::<Vm>("vm");
    let flags = ["use_sysprep", "use_cloud_init", "use_ignition"];
    if flags.iter().filter(|flag| call.flag(flag) == Some(true)).count() > 1 {
        let reason = "Cannot use multiple initialization tags simultaneously when running VM.";
        return Err(Fault::reason(409, reason));
    }
    command_locks::check_exclusive(call.state, &path, RUN)?;
    let status = vm_status::status(call.state, &path)?;
    if status == VmStatus::Paused {
        resume(call, &path);
        return Ok(Reply::Completed);
    }
    let stored = call.state.find::<Vm>(&path)?;
    let settings = next_run::with_run(stored, once.as_ref());
    match status {
        VmStatus::Suspended => {
            check_storage(call.state, &path, RUN)?;
        }
        _ => check_runnable(call.state, &path, &settings, once.as_ref(), RUN)?,
    }
    // Only the first host of a placement for one run counts.
    let only = once.as_ref().and_then(|once| once.placement_policy.as_ref()?.hosts.as_ref()?.first()?.id.clone());
    let placement = Placement { vm: &path, settings: &settings, only: only.as_deref(), except: None, action: RUN };
    let host = scheduler::choose(call.state, &placement)?;
    locks::check_not_in_backup(call.state, &path, RUN)?;
    quota_usage::check_run(call.state, &settings, RUN)?;
    launch(call, &path, &host, &settings, once)?;
    Ok(Reply::Completed)
}

/// Places a virtual machine on a host, after the checks.
fn launch(call: &mut Call<'_>, path: &str, host: &str, settings: &Vm, once: Option<Vm>) -> Result<(), Fault> {
    let is_hibernated = vm_status::status(call.state, path)? == VmStatus::Suspended;
    let pause = call.flag("pause").or(settings.start_paused).unwrap_or(false);
    let (name, on) = (call.state.name_of(path), call.state.name_of(host));
    call.job();
    let is_once = once.is_some();
    if settings.stateless == Some(true) && !is_hibernated {
        begin_stateless(call.state, path);
    }
    if let Some(once) = once.filter(|_| !is_hibernated) {
        next_run::set_this_run(call.state, path, once);
    }
    set_launching(call.state, path, host)?;
    let vm = call.state.find_mut::<Vm>(path)?;
    vm.run_once = Some(is_once);
    if is_hibernated {
        vm.status = Some(VmStatus::RestoringState);
    }
    let user = references::acting_user(call.state);
    let text = format!("VM {name} was started by {user} (Host: {on}).");
    call.state.event(153, Severity::Normal, &text, &[path, host]);
    if pause && !is_hibernated {
        call.state.set_note(path, START_PAUSED, true);
    }
    Ok(())
}

/// Assigns a virtual machine to a host, which is going to launch it.
fn set_launching(state: &mut State, path: &str, host: &str) -> Result<(), Fault> {
    let now = state.now();
    let vm = state.find_mut::<Vm>(path)?;
    vm.host = Some(Box::new(Host::with_id(last(host))));
    vm.status = Some(VmStatus::WaitForLaunch);
    vm.start_time = Some(now);
    vm.stop_reason = None;
    graphics_consoles::assign_ports(state, path);
    state.after(LAUNCH, Effect::VmLaunched { vm: path.to_owned() });
    Ok(())
}

/// Fails if a virtual machine that is not suspended can't run.
fn check_runnable(state: &State, path: &str, settings: &Vm, once: Option<&Vm>, action: &str) -> Result<(), Fault> {
    check_boot_devices(state, path, settings, action)?;
    display::check_runnable(state, path, settings, once, action)?;
    vm_status::check_not_locked(state, path, action)?;
    locks::check_no_locked_snapshot(state, path, action)?;
    match vm_status::status(state, path)? {
        VmStatus::Down => {}
        status => return Err(wrong_status(&status, action)),
    }
    if settings.stateless == Some(true) && settings.high_availability.as_ref().and_then(|it| it.enabled) == Some(true) {
        return Err(Fault::cannot(action, "Highly Available Virtual servers can not be run as stateless."));
    }
    check_storage(state, path, action)?;
    check_networks(state, path, settings)
}

/// Fails if there is nothing to boot from.
fn check_boot_devices(state: &State, path: &str, settings: &Vm, action: &str) -> Result<(), Fault> {
    let boot = |os: &OperatingSystem| os.boot.as_ref().and_then(|boot| boot.devices.clone());
    let devices = settings.os.as_deref().and_then(boot).map(|it| it.into_iter().collect()).unwrap_or_default();
    let devices: Vec<BootDevice> = devices;
    let has_active_disk = disk_attachment::disks_and_activity(state, path).iter().any(|(_, is_active)| *is_active);
    if devices.iter().all(|device| *device == BootDevice::Hd) && !has_active_disk {
        return Err(Fault::conflict(&format!(
            "Cannot {action} without at least one bootable disk.\nAlternatives:\n- Create a disk for this VM, and rerun \
             the VM.\n- Change the boot sequence using the Edit VM command (Boot Option Sub-Tab).\n- Use the 'Run \
             Once' command to select a different boot option and rerun the VM.",
        )));
    }
    let only_network = !devices.is_empty() && devices.iter().all(|device| *device == BootDevice::Network);
    if only_network && state.list::<Nic>(&format!("{path}/{NICS}")).next().is_none() {
        return Err(Fault::conflict(
            "VM is configured to be 'Network bootable', but no Network Interface is configured.\nAlternatives:\n- \
             Select a different boot device (using the 'Run Once' command or 'Edit VM' command on Boot Option \
             Sub-Tab).\n- Configure Network Interface and rerun the VM.",
        ));
    }
    Ok(())
}

/// Fails if the images of a virtual machine can't be used: its data center, their storage domains, or they themselves.
fn check_storage(state: &State, path: &str, action: &str) -> Result<(), Fault> {
    let is_image = |disk: &String| state.get::<Disk>(disk).is_some_and(disk::is_layered);
    let active = disk_attachment::disks_and_activity(state, path).into_iter().filter(|(_, is_active)| *is_active);
    let images: Vec<String> = active.map(|(disk, _)| disk).filter(is_image).collect();
    if images.is_empty() {
        return Ok(());
    }
    vm_validation::check_data_center(state, path, action)?;
    disk::check_domains(state, &images, action)?;
    locks::check_disks_not_locked(state, path, action)
}

/// Fails if a NIC is in a network that the cluster doesn't have, or that isn't for virtual machines.
fn check_networks(state: &State, path: &str, settings: &Vm) -> Result<(), Fault> {
    let Some(cluster) = references::path_of(CLUSTERS, &settings.cluster) else { return Ok(()) };
    let network = |nic: &Nic| {
        let profile = nic.vnic_profile.as_ref()?.id.as_deref()?;
        let profile = state.get::<VnicProfile>(&format!("{VNIC_PROFILES}/{profile}"))?;
        references::path_of(NETWORKS, &profile.network)
    };
    let networks: Vec<String> =
        state.list::<Nic>(&format!("{path}/{NICS}")).filter_map(|(_, nic)| network(nic)).collect();
    let names = |is_wrong: &dyn Fn(&String) -> bool| {
        let mut names: Vec<String> = networks.iter().filter(|it| is_wrong(it)).map(|it| state.name_of(it)).collect();
        names.sort();
        names.dedup();
        names.join(",")
    };
    let is_missing = |network: &String| !state.contains(&format!("{cluster}/{NETWORKS}/{}", last(network)));
    let missing = names(&is_missing);
    if !missing.is_empty() {
        return Err(Fault::conflict(&format!(
            "Failed run VM. The following networks ({missing}) are not defined in the cluster."
        )));
    }
    let is_not_for_vms = |network: &String| state.get(network).is_some_and(|network| !network::is_for_vms(network));
    let others = names(&is_not_for_vms);
    if !others.is_empty() {
        return Err(Fault::conflict(&format!(
            "Failed run VM. The following networks ({others}) are not defined as VM networks."
        )));
    }
    Ok(())
}

fn resume(call: &mut Call<'_>, path: &str) {
    let name = call.state.name_of(path);
    call.job();
    call.state.event(40, Severity::Normal, &format!("VM {name} is resumed."), &[path]);
    call.state.after(RESUME, Effect::VmBooted { vm: path.to_owned() });
}

fn launched(state: &mut State, path: &str) {
    let is_paused = state.has_note(path, START_PAUSED);
    state.clear_note(path, START_PAUSED);
    let disks = disk_attachment::disks_and_activity(state, path);
    if disks.iter().any(|(disk, is_active)| *is_active && disk::is_illegal(state, disk)) {
        return fail_launch(state, path, "Bad volume specification");
    }
    let Some(vm) = state.get_mut::<Vm>(path) else { return };
    let next = match vm.status {
        Some(VmStatus::RestoringState) => return booted(state, path),
        Some(VmStatus::WaitForLaunch) if is_paused => VmStatus::Paused,
        Some(VmStatus::WaitForLaunch) => VmStatus::PoweringUp,
        _ => return,
    };
    vm.status = Some(next);
    if is_paused {
        vm.status_detail = Some("none".to_owned());
        let text = format!("VM {} has been paused.", state.name_of(path));
        state.event(1025, Severity::Normal, &text, &[path]);
        return;
    }
    state.after(BOOT, Effect::VmBooted { vm: path.to_owned() });
}

/// Ends a start that failed on the host. The message is that of the host.
pub(crate) fn fail_launch(state: &mut State, path: &str, message: &str) {
    let Some(vm) = state.get::<Vm>(path) else { return };
    let host = references::path_of(HOSTS, &vm.host).unwrap_or_default();
    let (name, user) = (state.name_of(path), references::acting_user(state));
    state.clear_note(path, START_PAUSED);
    let text = format!("VM {name} is down with error. Exit message: {message}.");
    state.observed(119, Severity::Error, &text, &[path, &host]);
    let text = format!("Failed to run VM {name} (User: {user}).");
    state.event(54, Severity::Error, &text, &[path]);
    end_run(state, path);
    state.fail_job();
}

fn booted(state: &mut State, path: &str) {
    let Some(vm) = state.get_mut::<Vm>(path) else { return };
    let is_reboot = match vm.status {
        Some(VmStatus::RebootInProgress) => true,
        Some(VmStatus::PoweringUp | VmStatus::RestoringState | VmStatus::Paused) => false,
        _ => return,
    };
    vm.status = Some(VmStatus::Up);
    vm.status_detail = None;
    let host = references::path_of(HOSTS, &vm.host).unwrap_or_default();
    guest::report(state, path);
    if !is_reboot {
        let text = format!("VM {} started on Host {}", state.name_of(path), state.name_of(&host));
        state.event(32, Severity::Normal, &text, &[path, &host]);
    }
}

/// Sets a virtual machine to running on a host, as if it had been started a while ago: for seeds.
pub(crate) fn set_running(state: &mut State, path: &str, host: &str) {
    let now = state.now();
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.host = Some(Box::new(Host::with_id(last(host))));
        vm.status = Some(VmStatus::Up);
        vm.start_time = Some(now);
    }
    graphics_consoles::assign_ports(state, path);
    guest::report(state, path);
}

/// Fails if a virtual machine of a pool can't run for a user.
pub(crate) fn check_pooled_vm(state: &State, path: &str, action: &str) -> Result<(), Fault> {
    check_runnable(state, path, state.find::<Vm>(path)?, None, action)
}

/// Starts a virtual machine on any host, as a part of the current job: for pools.
pub(crate) fn launch_vm(state: &mut State, path: &str, is_stateful: bool) -> Result<(), Fault> {
    let settings = state.find::<Vm>(path)?;
    let host = scheduler::choose(state, &Placement { vm: path, settings, only: None, except: None, action: RUN })?;
    if !is_stateful {
        begin_stateless(state, path);
    }
    set_launching(state, path, &host)?;
    let text = format!("VM {} was started on Host {}.", state.name_of(path), state.name_of(&host));
    state.event(153, Severity::Normal, &text, &[path, &host]);
    Ok(())
}
