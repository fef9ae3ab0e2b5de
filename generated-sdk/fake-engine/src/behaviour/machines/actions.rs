//! What else can be done with a virtual machine.

use super::guard::{self, wrong_status};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{Severity, last};
use ovirt_sdk::types::{CpuPinningPolicy, Mac, Nic, Session, User, Vm, VmStatus};

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "freeze_filesystems", freeze);
    registry.on("vm", "thaw_filesystems", thaw);
    registry.on("vm", "logon", logon);
    registry.on("vm", "screenshot", screenshot);
    registry.on("vm", "maintenance", maintenance);
    registry.on("vm", "reorder_mac_addresses", reorder);
    registry.on("vm", "auto_pin_cpu_and_numa_nodes", pin);
}

fn freeze(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    guard::up(call.state, &path, "freeze VM")?;
    let text = format!("Guest filesystems on VM {} have been frozen successfully.", call.state.name_of(&path));
    call.state.set_note(&path, "frozen", "yes");
    call.state.event(10767, Severity::Normal, &text, &[&path]);
    Ok(Reply::Done)
}

fn thaw(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    guard::up(call.state, &path, "thaw VM")?;
    let text = format!("Guest filesystems on VM {} have been thawed successfully.", call.state.name_of(&path));
    call.state.clear_note(&path, "frozen");
    call.state.event(10768, Severity::Normal, &text, &[&path]);
    Ok(Reply::Done)
}

/// Logs the user of the session in to the guest, where the agent then sees them.
fn logon(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    guard::up(call.state, &path, "log on VM")?;
    let user = call.state.actor.user.clone();
    let mut session = Session::new().console_user(true).protocol("spice").vm(Vm::with_id(last(&path)));
    session.user = Some(Box::new(User::new().user_name(user.clone())));
    call.state.insert(&format!("{path}/sessions"), session);
    let text = format!("User {user} is connected to VM {}.", call.state.name_of(&path));
    call.state.event(456, Severity::Normal, &text, &[&path]);
    Ok(Reply::Done)
}

fn screenshot(call: &mut Call<'_>) -> Result<Reply, Fault> {
    guard::running(call.state, &call.path(), "screenshot VM")?;
    Ok(Reply::Done)
}

/// Only the machine in which an engine runs has a maintenance of its own.
fn maintenance(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.flag("maintenance_enabled").is_none() {
        return Err(Fault::incomplete("Action", &["maintenanceEnabled"], "maintenance"));
    }
    let path = call.path();
    let vm = call.state.find::<Vm>(&path)?;
    match vm.origin.as_deref() {
        Some("hosted_engine" | "managed_hosted_engine") => Ok(Reply::Done),
        _ => Err(Fault::conflict("Cannot set HA maintenance. The VM is not the hosted engine.")),
    }
}

/// The NICs get the addresses of the machine in the order of their names.
fn reorder(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const REORDER: &str = "reorder VM network interfaces";
    let path = call.path();
    guard::not_locked(call.state, &path, REORDER)?;
    match guard::status(call.state, &path)? {
        VmStatus::Down => {}
        status => return Err(wrong_status(&status, REORDER)),
    }
    let mut nics: Vec<(Option<String>, String, String)> = call
        .state
        .list::<Nic>(&format!("{path}/nics"))
        .filter_map(|(nic, it)| Some((it.name.clone(), nic, it.mac.as_ref()?.address.clone()?)))
        .collect();
    let mut macs: Vec<String> = nics.iter().map(|(_, _, mac)| mac.clone()).collect();
    nics.sort();
    macs.sort();
    for ((_, nic, _), mac) in nics.iter().zip(macs) {
        if let Some(nic) = call.state.get_mut::<Nic>(nic) {
            nic.mac = Some(Box::new(Mac::new().address(mac)));
        }
    }
    Ok(Reply::Done)
}

fn pin(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const PIN: &str = "edit VM";
    if call.flag("optimize_cpu_settings").is_none() {
        return Err(Fault::incomplete("Action", &["optimizeCpuSettings"], "autoPinCpuAndNumaNodes"));
    }
    let path = call.path();
    guard::not_locked(call.state, &path, PIN)?;
    let vm = call.state.find_mut::<Vm>(&path)?;
    if vm.placement_policy.as_ref().and_then(|policy| policy.hosts.as_ref()).is_none_or(|hosts| hosts.is_empty()) {
        return Err(Fault::conflict(&format!("Cannot {PIN}. VM must be pinned to at least one host.")));
    }
    vm.cpu_pinning_policy = Some(CpuPinningPolicy::ResizeAndPinNuma);
    Ok(Reply::Done)
}
