//! Stopping virtual machines, at once or in an orderly way.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect, on_signal};
use crate::effect::{Effect, EffectKind};
use crate::resources::common::scheduler;
use crate::resources::common::vm_status::{self, wrong_status};
use crate::resources::vms::cdroms::CURRENT;
use crate::resources::vms::snapshots::stateless::end_stateless;
use crate::resources::vms::start::START_PAUSED;
use crate::resources::vms::{guest, next_run};
use crate::signal::Signal;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Vm, VmStatus};

const STOP: Duration = Duration::from_secs(1);
const SHUTDOWN: Duration = Duration::from_secs(5);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "stop", stop);
    registry.on("vm", "shutdown", shutdown);
    on_effect!(registry, |state, VmStopped { vm }| stopped(state, vm));
    on_signal!(registry, |state, HostLost { host }| stop_vms_of_lost_host(state, host));
}

/// Refuses while a snapshot or another task holds a machine, unless that is to be overridden.
pub(crate) fn free(call: &Call<'_>, path: &str, what: &str) -> Result<(), Fault> {
    if call.flag("force") == Some(true) {
        return Ok(());
    }
    vm_status::check_not_locked(call.state, path, what)
}

fn stop(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const STOP_VM: &str = "stop VM";
    let path = call.path();
    free(call, &path, STOP_VM)?;
    let reason = call.parameter::<String>("reason").unwrap_or_default();
    let name = call.state.name_of(&path);
    let user = call.state.actor.user.clone();
    if vm_status::status(call.state, &path)? == VmStatus::Suspended {
        call.job(&format!("Stopping VM {name}"));
        call.state.event(
            111,
            Severity::Normal,
            &format!("VM {name} was stopped by {user}, saved memory is lost."),
            &[&path],
        );
        end_run(call.state, &path);
        return Ok(Reply::Started);
    }
    vm_status::check_running(call.state, &path, STOP_VM)?;
    abandon(call.state, &path);
    call.job(&format!("Stopping VM {name}"));
    leave(call.state, &path, reason)?;
    let text = format!("VM {name} powered off by {user}.");
    call.state.event(33, Severity::Normal, &text, &[&path]);
    call.state.after(STOP, Effect::VmStopped { vm: path });
    Ok(Reply::Started)
}

fn shutdown(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const SHUT_DOWN: &str = "shutdown VM";
    let path = call.path();
    free(call, &path, SHUT_DOWN)?;
    match vm_status::check_running(call.state, &path, SHUT_DOWN)? {
        VmStatus::Up | VmStatus::PoweringUp | VmStatus::PoweringDown | VmStatus::RebootInProgress => {}
        status @ (VmStatus::WaitForLaunch | VmStatus::RestoringState | VmStatus::SavingState | VmStatus::Migrating) => {
            return Err(wrong_status(&status, SHUT_DOWN));
        }
        VmStatus::Paused => return Err(wrong_status(&VmStatus::Paused, SHUT_DOWN)),
        _ => {}
    }
    abandon(call.state, &path);
    let reason = call.parameter::<String>("reason").unwrap_or_default();
    let name = call.state.name_of(&path);
    call.job(&format!("Shutting down VM {name}"));
    leave(call.state, &path, reason)?;
    let text = format!("VM shutdown initiated by {} on VM {name}.", call.state.actor.user);
    call.state.event(73, Severity::Normal, &text, &[&path]);
    call.state.after(SHUTDOWN, Effect::VmStopped { vm: path });
    Ok(Reply::Started)
}

/// Notes that a machine is going down, and why.
fn leave(state: &mut State, path: &str, reason: String) -> Result<(), Fault> {
    let vm = state.find_mut::<Vm>(path)?;
    vm.status = Some(VmStatus::PoweringDown);
    vm.stop_reason = Some(reason);
    Ok(())
}

fn stopped(state: &mut State, path: &str) {
    if state.get::<Vm>(path).is_none_or(|vm| vm.status != Some(VmStatus::PoweringDown)) {
        return;
    }
    end_run(state, path);
    let text = format!("VM {} is down.", state.name_of(path));
    state.event(61, Severity::Normal, &text, &[path]);
}

/// Puts a machine into the state of one that does not run; what was kept for its next start becomes its own.
fn end_run(state: &mut State, path: &str) {
    guest::disappear(state, path);
    let now = state.now();
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.status = Some(VmStatus::Down);
        vm.status_detail = None;
        vm.host = None;
        vm.run_once = Some(false);
        vm.stop_time = Some(now);
    }
    state.clear_note(path, CURRENT);
    end_stateless(state, path);
    next_run::settle(state, path);
    state.emit(&Signal::VmStopped { vm: path.to_owned() });
}

/// Stops every VM on a host that was lost.
fn stop_vms_of_lost_host(state: &mut State, host: &str) {
    for path in scheduler::vms_on(state, host) {
        abandon(state, &path);
        end_run(state, &path);
        let text = format!("VM {} was set to the Down status.", state.name_of(&path));
        state.event(143, Severity::Normal, &text, &[&path, host]);
    }
}

/// Forgets what was going to happen to a machine that starts.
pub(crate) fn abandon(state: &mut State, path: &str) {
    state.clear_note(path, START_PAUSED);
    for kind in [EffectKind::VmLaunched, EffectKind::VmBooted, EffectKind::VmStopped] {
        state.cancel(kind, path);
    }
}
