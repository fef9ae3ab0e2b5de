//! NICs of virtual machines, of templates and of instance types.

use super::defaults::refer;
use super::guard::{self, machine_of};
use super::{guest, macs};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::behaviour::infrastructure::networks::{data_center_of, find_profile};
use crate::exchange::Asked;
use crate::state::{Severity, State, above, last};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{List, Mac, NetworkFilterParameter, Nic, NicInterface, ReportedDevice, VmStatus, VnicProfile};

const ADD: &str = "add Interface";
const EDIT: &str = "edit Interface";
const REMOVE: &str = "remove Interface";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_nics", "add", add);
    registry.on("vm_nic", "update", update);
    registry.on("vm_nic", "remove", remove);
    registry.on("vm_nic", "activate", |call| plug(call, true));
    registry.on("vm_nic", "deactivate", |call| plug(call, false));
    registry.on("template_nics", "add", add_without_address);
    registry.on("instance_type_nics", "add", add_without_address);
    registry.on("nic_network_filter_parameters", "add", add_parameter);
    registry.view("vm_reported_devices", reported);
    registry.show("nic", show);
}

/// The devices that the guest of a machine reports; those of a NIC are those with its address.
fn reported(state: &State, parent: &str) -> Vec<String> {
    let of = format!("{}/reporteddevices", machine_of(parent));
    let paths = state.paths(&of);
    match state.get::<Nic>(parent) {
        Some(nic) => paths.into_iter().filter(|path| address_of(state, path) == nic.mac).collect(),
        None => paths,
    }
}

fn address_of(state: &State, device: &str) -> Option<Box<Mac>> {
    state.get::<ReportedDevice>(device)?.mac.clone()
}

/// NICs are shown with what the guest reports of them.
fn show(state: &State, path: &str, _asked: &Asked, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(nic) = shown.downcast_mut::<Nic>() else { return };
    if !path.starts_with("vms/") || path.contains("/snapshots/") {
        return;
    }
    let device = |path: String| {
        let mut device = state.get::<ReportedDevice>(&path)?.clone();
        device.vm = None;
        Some(device.href(path))
    };
    let devices: List<ReportedDevice> = reported(state, path).into_iter().filter_map(device).collect();
    if !devices.is_empty() {
        nic.reported_devices = Some(devices);
    }
}

/// Gives a NIC to a machine: with an address of its own, and everything that a NIC has; gives its path. For whoever
/// makes machines, too.
pub(crate) fn insert(state: &mut State, vm: &str, mut nic: Nic) -> Result<String, Fault> {
    let given = nic.mac.as_ref().and_then(|mac| mac.address.clone()).filter(|address| !address.is_empty());
    let mac = match given {
        Some(given) => macs::check(state, vm, &given, ADD)?,
        None => macs::allocate(state, vm)?,
    };
    profile(state, vm, &mut nic)?;
    nic.mac = Some(Box::new(Mac::new().address(mac)));
    nic.interface.get_or_insert(NicInterface::Virtio);
    nic.linked.get_or_insert(true);
    nic.plugged.get_or_insert(true);
    nic.synced.get_or_insert(true);
    let parameters = nic.network_filter_parameters.take();
    nic.reported_devices = None;
    nic.statistics = None;
    nic.href = None;
    let path = state.insert(&format!("{vm}/nics"), refer(nic, vm));
    for parameter in parameters.into_iter().flatten() {
        state.insert(&format!("{path}/networkfilterparameters"), parameter);
    }
    Ok(path)
}

/// Finds the profile of a NIC: as it was said, or one of the network that was named.
fn profile(state: &State, vm: &str, nic: &mut Nic) -> Result<(), Fault> {
    let named = nic.network.take();
    let data_center = data_center_of(state, vm).unwrap_or_default();
    if let Some(given) = &mut nic.vnic_profile {
        let network = given.network.clone();
        if given.id.is_none() && given.name.is_none() && network.is_none() {
            nic.vnic_profile = None;
            return Ok(());
        }
        let name = given.name.clone();
        let found = match &given.id {
            Some(id) => Some(format!("vnicprofiles/{id}")).filter(|path| state.contains(path)),
            None => find_profile(state, &data_center, network.as_deref(), name.as_deref()),
        };
        let path = found.ok_or_else(|| {
            Fault::conflict(&format!("Cannot {ADD}. The specified VM network interface profile doesn't exist."))
        })?;
        nic.vnic_profile = Some(Box::new(VnicProfile::with_id(last(&path))));
    } else if let Some(network) = named {
        let path = find_profile(state, &data_center, Some(&network), None).ok_or_else(|| {
            Fault::conflict(&format!(
                "Cannot {ADD}. There is no VM network interface profile for the network the user can use."
            ))
        })?;
        nic.vnic_profile = Some(Box::new(VnicProfile::with_id(last(&path))));
    }
    Ok(())
}

/// Refuses a name that another NIC of the machine has.
fn free_name(state: &State, collection: &str, name: Option<&str>, own: Option<&str>) -> Result<(), Fault> {
    let taken = name.and_then(|name| state.by_name(collection, name));
    match taken {
        Some(taken) if Some(taken.as_str()) != own => Err(Fault::conflict("Network interface name is already in use")),
        _ => Ok(()),
    }
}

/// Refuses while the machine is neither quite there nor quite gone.
fn settled(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    guard::not_locked(state, vm, what)?;
    match guard::status(state, vm)? {
        VmStatus::Up | VmStatus::Down | VmStatus::Paused | VmStatus::PoweringUp | VmStatus::Suspended => Ok(()),
        status => Err(guard::wrong_status(&status, what)),
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let nic: Nic = call.body()?;
    let vm = call.parent();
    settled(call.state, &vm, ADD)?;
    free_name(call.state, &format!("{vm}/nics"), nic.name.as_deref(), None)?;
    let path = insert(call.state, &vm, nic)?;
    tell(call.state, 932, &path, "was added to");
    guest::appear(call.state, &vm);
    Ok(Reply::Created(path))
}

/// Tells what happened to a NIC.
fn tell(state: &mut State, code: i64, nic: &str, what: &str) {
    let vm = machine_of(nic);
    let (name, of) = (state.name_of(nic), state.name_of(&vm));
    let text = format!("Interface {name} (VirtIO) {what} VM {of}. (User: {})", state.actor.user);
    state.event(code, Severity::Normal, &text, &[&vm]);
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Nic = call.body()?;
    let path = call.path();
    let vm = machine_of(&path);
    settled(call.state, &vm, EDIT)?;
    free_name(call.state, above(&path, 1), change.name.as_deref(), Some(&path))?;
    let old = call.state.find::<Nic>(&path)?.clone();
    let hot = guard::is_running(call.state, &vm) && old.plugged != Some(false) && change.plugged != Some(false);
    let address = change.mac.as_ref().and_then(|mac| mac.address.clone());
    let moved = address.filter(|address| {
        old.mac.as_ref().and_then(|mac| mac.address.as_deref()).is_none_or(|old| !old.eq_ignore_ascii_case(address))
    });
    if hot && (moved.is_some() || change.interface.is_some() && change.interface != old.interface) {
        return Err(Fault::conflict(&format!("Cannot {EDIT}. The VM Network Interface is plugged to a running VM.")));
    }
    if let Some(address) = &moved {
        let mac = macs::check(call.state, &vm, address, EDIT)?;
        change.mac = Some(Box::new(Mac::new().address(mac)));
    }
    let unlinks = change.vnic_profile.as_ref().is_some_and(|profile| profile.id.is_none() && profile.name.is_none());
    profile(call.state, &vm, &mut change)?;
    change.vm = None;
    change.reported_devices = None;
    change.network_filter_parameters = None;
    let reply = call.update(&change)?;
    if unlinks && let Some(nic) = call.state.get_mut::<Nic>(&path) {
        nic.vnic_profile = None;
    }
    tell(call.state, 934, &path, "was updated for");
    if let Some(linked) = change.linked.filter(|linked| old.linked != Some(*linked)) {
        let (code, state) = if linked { (1116, "linked") } else { (1117, "unlinked") };
        tell(call.state, code, &path, &format!("was {state} at"));
    }
    guest::appear(call.state, &vm);
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let vm = machine_of(&path);
    settled(call.state, &vm, REMOVE)?;
    let plugged = call.state.find::<Nic>(&path)?.plugged != Some(false);
    if plugged && guard::is_running(call.state, &vm) {
        return Err(Fault::conflict(&format!("Cannot {REMOVE}. The VM Network Interface is plugged to a running VM.")));
    }
    tell(call.state, 930, &path, "was removed from");
    call.remove()
}

fn plug(call: &mut Call<'_>, plugged: bool) -> Result<Reply, Fault> {
    let path = call.path();
    let vm = machine_of(&path);
    let what = if plugged { "hot plug Interface" } else { "hot unplug Interface" };
    guard::not_locked(call.state, &vm, what)?;
    match guard::status(call.state, &vm)? {
        VmStatus::Up | VmStatus::Down => {}
        status => return Err(guard::wrong_status(&status, what)),
    }
    call.state.find_mut::<Nic>(&path)?.plugged = Some(plugged);
    let (code, text) = if plugged { (1012, "was plugged to") } else { (1014, "was unplugged from") };
    tell(call.state, code, &path, text);
    guest::appear(call.state, &vm);
    Ok(Reply::Done)
}

/// NICs of what never runs have no addresses.
fn add_without_address(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut nic: Nic = call.body()?;
    let owner = call.parent();
    free_name(call.state, &format!("{owner}/nics"), nic.name.as_deref(), None)?;
    profile(call.state, &owner, &mut nic)?;
    nic.mac = None;
    nic.interface.get_or_insert(NicInterface::Virtio);
    nic.linked.get_or_insert(true);
    nic.plugged.get_or_insert(true);
    let path = call.state.insert(&format!("{owner}/nics"), refer(nic, &owner));
    Ok(Reply::Created(path))
}

fn add_parameter(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "value"])?;
    let mut parameter: NetworkFilterParameter = call.body()?;
    let nic = call.parent();
    parameter.nic = Some(Box::new(Nic::with_id(last(&nic)).href(nic.clone())));
    let path = call.state.insert(&format!("{nic}/networkfilterparameters"), parameter);
    Ok(Reply::Created(path))
}
