//! Rebooting and resetting virtual machines.

use crate::api::{Call, Fault, Registry, Reply};
use crate::effect::Effect;
use crate::resources::common::{locks, references, vm_status};
use crate::resources::vms::start::BOOT;
use crate::resources::vms::{next_run, stop};
use crate::state::{Severity, State};
use ovirt_sdk::types::VmStatus;

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "reboot", reboot);
    registry.on("vm", "reset", reset);
}

fn reboot(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const RESTART: &str = "restart VM";
    let path = call.path();
    if call.flag("force") != Some(true) {
        locks::check_not_in_backup(call.state, &path, RESTART)?;
    }
    vm_status::check_status(call.state, &path, RESTART, &[VmStatus::Up, VmStatus::PoweringUp])?;
    let name = call.state.name_of(&path);
    call.job();
    let text = format!("User {} initiated reboot of VM {name}.", references::acting_user(call.state));
    call.state.event(157, Severity::Normal, &text, &[&path]);
    begin_reboot(call.state, &path);
    next_run::apply_next_run(call.state, &path);
    Ok(Reply::Completed)
}

fn reset(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ALLOWED: [VmStatus; 5] =
        [VmStatus::Up, VmStatus::PoweringUp, VmStatus::PoweringDown, VmStatus::RebootInProgress, VmStatus::Migrating];
    const RESET: &str = "reset VM";
    let path = call.path();
    vm_status::check_status(call.state, &path, RESET, &ALLOWED)?;
    let name = call.state.name_of(&path);
    call.job();
    let text = format!("User {} initiated reset of VM {name}.", references::acting_user(call.state));
    call.state.event(221, Severity::Normal, &text, &[&path]);
    begin_reboot(call.state, &path);
    Ok(Reply::Completed)
}

fn begin_reboot(state: &mut State, path: &str) {
    stop::cancel_start(state, path);
    vm_status::set_status(state, path, VmStatus::RebootInProgress);
    state.after(BOOT, Effect::VmBooted { vm: path.to_owned() });
}
