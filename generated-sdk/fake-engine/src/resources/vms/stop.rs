//! Stopping virtual machines, at once or in an orderly way.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect, on_signal};
use crate::effect::{Effect, EffectKind};
use crate::resources::common::vm_status;
use crate::resources::common::{command_locks, locks, references, scheduler};
use crate::resources::vms::run_end::end_run;
use crate::resources::vms::start::START_PAUSED;
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

fn stop(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    match check_stoppable(call, &path, "stop VM")? {
        VmStatus::Down => skip(call, &path, "Stop VM"),
        VmStatus::Suspended => discard_memory(call, &path),
        _ => {
            let user = references::acting_user(call.state);
            let name = call.state.name_of(&path);
            begin(call, &path, STOP)?;
            let text = format!("VM {name} powered off by {user}{}.", in_parentheses(call));
            call.state.event(33, Severity::Normal, &text, &[&path]);
        }
    }
    Ok(Reply::Completed)
}

fn shutdown(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let name = call.state.name_of(&path);
    let user = references::acting_user(call.state);
    match check_stoppable(call, &path, "shutdown VM")? {
        VmStatus::Down => skip(call, &path, "Shutdown VM"),
        VmStatus::Suspended => discard_memory(call, &path),
        VmStatus::Up => {
            begin(call, &path, SHUTDOWN)?;
            let text = format!("VM shutdown initiated by {user} on VM {name}{}.", in_parentheses(call));
            call.state.event(73, Severity::Normal, &text, &[&path]);
        }
        // Only a guest that is up can shut down.
        _ => {
            begin(call, &path, STOP)?;
            let text = format!("VM {name} was powered off ungracefully by {user}{}.", in_parentheses(call));
            call.state.event(76, Severity::Normal, &text, &[&path]);
        }
    }
    Ok(Reply::Completed)
}

/// Fails if a virtual machine can't be stopped; returns its status.
fn check_stoppable(call: &Call<'_>, path: &str, action: &str) -> Result<VmStatus, Fault> {
    let status = vm_status::status(call.state, path)?;
    if status == VmStatus::Down {
        return Ok(status);
    }
    if call.flag("force") != Some(true) {
        locks::check_not_in_backup(call.state, path, action)?;
    }
    match status {
        VmStatus::SavingState | VmStatus::RestoringState => Err(vm_status::saving_or_restoring(action)),
        VmStatus::ImageLocked => Err(Fault::cannot(action, "VM is not running.")),
        status => Ok(status),
    }
}

/// The reason that the client sent, as events show it.
fn in_parentheses(call: &Call<'_>) -> String {
    let reason = call.parameter::<String>("reason").filter(|reason| !reason.is_empty());
    reason.map(|reason| format!(" (Reason: {reason})")).unwrap_or_default()
}

/// Logs that a virtual machine is down already.
fn skip(call: &mut Call<'_>, path: &str, action: &str) {
    let name = call.state.name_of(path);
    let user = references::acting_user(call.state);
    call.job();
    let text = format!("VM {name} is already Down, {action} was skipped. User: {user}.");
    call.state.event(254, Severity::Normal, &text, &[path]);
}

/// Stops a suspended virtual machine, which loses its saved memory.
fn discard_memory(call: &mut Call<'_>, path: &str) {
    let name = call.state.name_of(path);
    let user = references::acting_user(call.state);
    call.job();
    let text = format!("VM {name} was powered off by {user}. Its saved memory was discarded.");
    call.state.event(111, Severity::Normal, &text, &[path]);
    end_run(call.state, path);
}

/// Starts the job that stops a virtual machine. Without a reason, the engine stores an empty one when it powers a virtual
/// machine off.
fn begin(call: &mut Call<'_>, path: &str, delay: Duration) -> Result<(), Fault> {
    let reason = call.parameter::<String>("reason");
    cancel_start(call.state, path);
    call.job();
    let vm = call.state.find_mut::<Vm>(path)?;
    vm.status = Some(VmStatus::PoweringDown);
    vm.stop_reason = if delay == STOP { Some(reason.unwrap_or_default()) } else { reason };
    call.state.after(delay, Effect::VmStopped { vm: path.to_owned() });
    Ok(())
}

fn stopped(state: &mut State, path: &str) {
    if vm_status::status_or_down(state, path) != VmStatus::PoweringDown {
        return;
    }
    let text = format!("VM {} is down.", state.name_of(path));
    state.observed(61, Severity::Normal, &text, &[path]);
    end_run(state, path);
}

fn stop_vms_of_lost_host(state: &mut State, host: &str) {
    for path in scheduler::vms_on(state, host) {
        cancel_start(state, &path);
        command_locks::release(state, &path);
        end_run(state, &path);
        let text = format!("VM {} was set to the Down status.", state.name_of(&path));
        state.event(143, Severity::Normal, &text, &[&path, host]);
    }
}

/// Cancels what a start, a reboot or an earlier stop has scheduled.
pub(crate) fn cancel_start(state: &mut State, path: &str) {
    state.clear_note(path, START_PAUSED);
    for kind in [EffectKind::VmLaunched, EffectKind::VmBooted, EffectKind::VmStopped, EffectKind::VmMigrated] {
        state.abandon(kind, path);
    }
}
