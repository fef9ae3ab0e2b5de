//! Stopping virtual machines: by force, in an orderly way, and for a while.

use std::time::Duration;

use super::guard::{self, wrong_status};
use super::{guest, hosts, pending, run};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::{Registry, pools, stateless};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Vm, VmStatus};

/// What happens when the process of a machine has ended.
pub(super) const STOPPED: &str = "machine stopped";
/// What happens when the memory of a machine has been saved.
const HIBERNATED: &str = "machine hibernated";
const STOP: Duration = Duration::from_secs(1);
const SHUTDOWN: Duration = Duration::from_secs(5);
const HIBERNATE: Duration = Duration::from_secs(10);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "stop", stop);
    registry.on("vm", "shutdown", shutdown);
    registry.on("vm", "reboot", reboot);
    registry.on("vm", "reset", reset);
    registry.on("vm", "suspend", suspend);
    registry.effect(STOPPED, stopped);
    registry.effect(HIBERNATED, hibernated);
}

/// Refuses while a snapshot or another task holds a machine, unless that is to be overridden.
fn free(call: &Call<'_>, path: &str, what: &str) -> Result<(), Fault> {
    if call.flag("force") == Some(true) {
        return Ok(());
    }
    guard::not_locked(call.state, path, what)
}

fn stop(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const STOP_VM: &str = "stop VM";
    let path = call.path();
    free(call, &path, STOP_VM)?;
    let reason = call.parameter::<String>("reason").unwrap_or_default();
    let name = call.state.name_of(&path);
    let user = call.state.actor.user.clone();
    if guard::status(call.state, &path)? == VmStatus::Suspended {
        call.job(&format!("Stopping VM {name}"));
        call.state.event(
            111,
            Severity::Normal,
            &format!("VM {name} was stopped by {user}, saved memory is lost."),
            &[&path],
        );
        end(call.state, &path);
        return Ok(Reply::Begun);
    }
    guard::running(call.state, &path, STOP_VM)?;
    run::abandon(call.state, &path);
    call.job(&format!("Stopping VM {name}"));
    leave(call.state, &path, reason)?;
    let text = format!("VM {name} powered off by {user}.");
    call.state.event(33, Severity::Normal, &text, &[&path]);
    call.state.after(STOP, STOPPED, &[&path]);
    Ok(Reply::Begun)
}

fn shutdown(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const SHUT_DOWN: &str = "shutdown VM";
    let path = call.path();
    free(call, &path, SHUT_DOWN)?;
    match guard::running(call.state, &path, SHUT_DOWN)? {
        VmStatus::Up | VmStatus::PoweringUp | VmStatus::PoweringDown | VmStatus::RebootInProgress => {}
        status @ (VmStatus::WaitForLaunch | VmStatus::RestoringState | VmStatus::SavingState | VmStatus::Migrating) => {
            return Err(wrong_status(&status, SHUT_DOWN));
        }
        VmStatus::Paused => return Err(wrong_status(&VmStatus::Paused, SHUT_DOWN)),
        _ => {}
    }
    run::abandon(call.state, &path);
    let reason = call.parameter::<String>("reason").unwrap_or_default();
    let name = call.state.name_of(&path);
    call.job(&format!("Shutting down VM {name}"));
    leave(call.state, &path, reason)?;
    let text = format!("VM shutdown initiated by {} on VM {name}.", call.state.actor.user);
    call.state.event(73, Severity::Normal, &text, &[&path]);
    call.state.after(SHUTDOWN, STOPPED, &[&path]);
    Ok(Reply::Begun)
}

/// Notes that a machine is going down, and why.
fn leave(state: &mut State, path: &str, reason: String) -> Result<(), Fault> {
    let vm = state.find_mut::<Vm>(path)?;
    vm.status = Some(VmStatus::PoweringDown);
    vm.stop_reason = Some(reason);
    Ok(())
}

fn stopped(state: &mut State, arguments: &[String]) {
    let Some(path) = arguments.first() else { return };
    if state.get::<Vm>(path).is_none_or(|vm| vm.status != Some(VmStatus::PoweringDown)) {
        return;
    }
    end(state, path);
    let text = format!("VM {} is down.", state.name_of(path));
    state.event(61, Severity::Normal, &text, &[path]);
}

/// Puts a machine into the state of one that does not run; what was kept for its next start becomes its own.
pub(crate) fn end(state: &mut State, path: &str) {
    guest::disappear(state, path);
    let now = state.now();
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.status = Some(VmStatus::Down);
        vm.status_detail = None;
        vm.host = None;
        vm.run_once = Some(false);
        vm.stop_time = Some(now);
    }
    state.clear_note(path, super::cdroms::CURRENT);
    stateless::bring_back(state, path);
    pending::settle(state, path);
    pools::give_back(state, path);
}

fn reboot(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const REBOOT: &str = "reboot VM";
    let path = call.path();
    free(call, &path, REBOOT)?;
    match guard::running(call.state, &path, REBOOT)? {
        VmStatus::Up | VmStatus::PoweringUp => {}
        status => return Err(wrong_status(&status, REBOOT)),
    }
    run::abandon(call.state, &path);
    let name = call.state.name_of(&path);
    call.job(&format!("Rebooting VM {name}"));
    let text = format!("User {} initiated reboot of VM {name}.", call.state.actor.user);
    call.state.event(157, Severity::Normal, &text, &[&path]);
    run::reboot(call.state, &path);
    Ok(Reply::Begun)
}

fn reset(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const RESET: &str = "reset VM";
    let path = call.path();
    match guard::running(call.state, &path, RESET)? {
        VmStatus::Up | VmStatus::PoweringUp | VmStatus::RebootInProgress => {}
        status => return Err(wrong_status(&status, RESET)),
    }
    run::abandon(call.state, &path);
    let name = call.state.name_of(&path);
    call.job(&format!("Resetting VM {name}"));
    call.state.event(221, Severity::Normal, &format!("VM {name} was reset."), &[&path]);
    run::reboot(call.state, &path);
    Ok(Reply::Begun)
}

fn suspend(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const HIBERNATE_VM: &str = "hibernate VM";
    let path = call.path();
    match guard::running(call.state, &path, HIBERNATE_VM)? {
        VmStatus::Up => {}
        status => return Err(wrong_status(&status, HIBERNATE_VM)),
    }
    let vm = call.state.find::<Vm>(&path)?;
    if vm.stateless == Some(true) || stateless::kept(call.state, &path).is_some() {
        return Err(Fault::conflict("Cannot suspend VM, VM is stateless."));
    }
    if vm.vm_pool.is_some() {
        return Err(Fault::conflict("Cannot suspend VM that belongs to a VM-Pool."));
    }
    guard::disks_not_locked(call.state, &path, HIBERNATE_VM)?;
    let name = call.state.name_of(&path);
    call.job(&format!("Hibernating VM {name}"));
    call.state.find_mut::<Vm>(&path)?.status = Some(VmStatus::SavingState);
    let text = format!("Suspending VM {name} was initiated by User {}.", call.state.actor.user);
    call.state.event(501, Severity::Normal, &text, &[&path]);
    call.state.after(HIBERNATE, HIBERNATED, &[&path]);
    Ok(Reply::Done)
}

fn hibernated(state: &mut State, arguments: &[String]) {
    let Some(path) = arguments.first() else { return };
    if state.get::<Vm>(path).is_none_or(|vm| vm.status != Some(VmStatus::SavingState)) {
        return;
    }
    guest::disappear(state, path);
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.status = Some(VmStatus::Suspended);
        vm.host = None;
    }
    let text = format!("VM {} is suspended.", state.name_of(path));
    state.event(503, Severity::Normal, &text, &[path]);
}

/// Stops at once every machine that runs on a host, as when it was fenced.
pub(crate) fn lose_host(state: &mut State, host: &str) {
    for path in hosts::machines_on(state, host) {
        run::abandon(state, &path);
        end(state, &path);
        let text = format!("VM {} was set to the Down status.", state.name_of(&path));
        state.event(143, Severity::Normal, &text, &[&path, host]);
    }
}
