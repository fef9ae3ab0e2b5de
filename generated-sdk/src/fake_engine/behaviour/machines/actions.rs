//! What else can be done with a virtual machine.

use std::time::Duration;

use super::guard::{self, wrong_status};
use crate::fake_engine::api::call::{Call, Reply};
use crate::fake_engine::api::fault::Fault;
use crate::fake_engine::behaviour::Registry;
use crate::fake_engine::state::{Severity, State, last};
use crate::object::Struct as _;
use crate::types::{CpuPinningPolicy, Host, Mac, Nic, Session, StorageDomain, StorageDomainType, User, Vm, VmStatus};

/// What happens when a machine has been exported.
const EXPORTED: &str = "machine exported";
const EXPORT: Duration = Duration::from_secs(10);

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm", "freeze_filesystems", freeze);
    registry.on("vm", "thaw_filesystems", thaw);
    registry.on("vm", "logon", logon);
    registry.on("vm", "screenshot", screenshot);
    registry.on("vm", "maintenance", maintenance);
    registry.on("vm", "detach", detach);
    registry.on("vm", "reorder_mac_addresses", reorder);
    registry.on("vm", "auto_pin_cpu_and_numa_nodes", pin);
    registry.on("vm", "export", export);
    registry.effect(EXPORTED, exported);
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

fn detach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const DETACH: &str = "detach VM from VM-Pool";
    let path = call.path();
    guard::not_locked(call.state, &path, DETACH)?;
    let vm = call.state.find_mut::<Vm>(&path)?;
    let Some(pool) = &vm.vm_pool else {
        return Err(Fault::conflict(&format!("Cannot {DETACH}. VM is not attached to a VM-Pool.")));
    };
    if vm.status != Some(VmStatus::Down) {
        return Err(Fault::conflict(&format!("Cannot {DETACH}. VM is running.")));
    }
    let pool = format!("vmpools/{}", pool.id.clone().unwrap_or_default());
    vm.vm_pool = None;
    let (name, of) = (call.state.name_of(&path), call.state.name_of(&pool));
    let text = format!("VM {name} was detached from VM-Pool {of} by {}.", call.state.actor.user);
    call.state.event(308, Severity::Normal, &text, &[&path]);
    Ok(Reply::Done)
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
            nic.mac = Some(Box::new(Mac::new().address(mac.clone())));
        }
        super::macs::take(call.state, &mac, nic);
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

/// Exports to an export domain, or into a file on a host.
fn export(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const EXPORT_VM: &str = "export VM";
    let path = call.path();
    guard::not_locked(call.state, &path, EXPORT_VM)?;
    guard::disks_not_locked(call.state, &path, EXPORT_VM)?;
    let name = call.state.name_of(&path);
    let domain = match (call.object::<StorageDomain>("storage_domain"), call.object::<Host>("host")) {
        (Some(domain), _) => call.state.reference("storagedomains", &domain)?,
        (None, Some(host)) => {
            call.state.reference("hosts", &host)?.ok_or_else(|| Fault::no_such(Host::INFO, ""))?;
            if call.parameter::<String>("directory").is_none() {
                return Err(Fault::incomplete("Action", &["directory"], "exportToPathOnHost"));
            }
            None
        }
        (None, None) => return Err(Fault::incomplete("Action", &["storageDomain.id|name"], "exportToExportDomain")),
    };
    if guard::is_running(call.state, &path) && domain.is_some() {
        return Err(Fault::conflict("Cannot export VM. VM is running."));
    }
    if let Some(domain) = &domain {
        let kind = call.state.find::<StorageDomain>(domain)?.type_.clone();
        if kind != Some(StorageDomainType::Export) {
            return Err(Fault::conflict("Cannot export VM. The target Storage Domain is not an export domain."));
        }
        let there = format!("{domain}/vms/{}", last(&path));
        if call.state.contains(&there) && call.flag("exclusive") != Some(true) {
            return Err(Fault::conflict("Cannot export VM. VM with the same identifier already exists."));
        }
    }
    call.job(&format!("Exporting VM {name}"));
    let before = guard::status(call.state, &path)?;
    if before == VmStatus::Down {
        call.state.find_mut::<Vm>(&path)?.status = Some(VmStatus::ImageLocked);
    }
    call.state.after(EXPORT, EXPORTED, &[&path, domain.as_deref().unwrap_or_default()]);
    Ok(Reply::Done)
}

fn exported(state: &mut State, arguments: &[String]) {
    let [path, domain] = arguments else { return };
    let Some(vm) = state.get_mut::<Vm>(path) else { return };
    if vm.status == Some(VmStatus::ImageLocked) {
        vm.status = Some(VmStatus::Down);
    }
    let copy = vm.clone();
    let name = state.name_of(path);
    if !domain.is_empty() {
        state.insert(&format!("{domain}/vms"), copy);
    }
    let text = format!("Vm {name} was exported successfully.");
    state.event(1162, Severity::Normal, &text, &[path]);
}
