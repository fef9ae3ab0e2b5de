//! Rebooting and resetting virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::effect::Effect;
use crate::resources::common::vm_status::{self, wrong_status};
use crate::resources::vms::start::BOOT;
use crate::resources::vms::{guest, stop};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Vm, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "reboot", reboot);
    registry.on("vm", "reset", reset);
}

fn reboot(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const REBOOT: &str = "reboot VM";
    let path = call.path();
    stop::free(call, &path, REBOOT)?;
    match vm_status::check_running(call.state, &path, REBOOT)? {
        VmStatus::Up | VmStatus::PoweringUp => {}
        status => return Err(wrong_status(&status, REBOOT)),
    }
    stop::abandon(call.state, &path);
    let name = call.state.name_of(&path);
    call.job(&format!("Rebooting VM {name}"));
    let text = format!("User {} initiated reboot of VM {name}.", call.state.actor.user);
    call.state.event(157, Severity::Normal, &text, &[&path]);
    begin_reboot(call.state, &path);
    Ok(Reply::Started)
}

fn reset(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const RESET: &str = "reset VM";
    let path = call.path();
    match vm_status::check_running(call.state, &path, RESET)? {
        VmStatus::Up | VmStatus::PoweringUp | VmStatus::RebootInProgress => {}
        status => return Err(wrong_status(&status, RESET)),
    }
    stop::abandon(call.state, &path);
    let name = call.state.name_of(&path);
    call.job(&format!("Resetting VM {name}"));
    call.state.event(221, Severity::Normal, &format!("VM {name} was reset."), &[&path]);
    begin_reboot(call.state, &path);
    Ok(Reply::Started)
}

/// Makes a guest boot that is rebooting.
fn begin_reboot(state: &mut State, path: &str) {
    guest::disappear(state, path);
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.status = Some(VmStatus::RebootInProgress);
    }
    state.after(BOOT, Effect::VmBooted { vm: path.to_owned() });
}
