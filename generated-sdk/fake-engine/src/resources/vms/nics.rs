//! NICs of virtual machines, of templates and of instance types.

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::nic::{self, ADD};
use crate::resources::common::{mac_address, references, vm_status};
use crate::resources::paths::{NETWORK_FILTER_PARAMETERS, NICS, REPORTED_DEVICES, SNAPSHOTS, VMS, is_below, is_in};
use crate::resources::vms::guest;
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{List, Mac, NetworkFilterParameter, Nic, ReportedDevice, VmStatus};

const EDIT: &str = "edit Interface";
const REMOVE: &str = "remove Interface";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_nics", "add", add);
    registry.on("vm_nic", "update", update);
    registry.on("vm_nic", "remove", remove);
    registry.on("vm_nic", "activate", |call| plug(call, true));
    registry.on("vm_nic", "deactivate", |call| plug(call, false));
    registry.on("nic_network_filter_parameters", "add", add_parameter);
    registry.view("vm_reported_devices", reported);
    registry.render("nic", show);
}

/// The devices that the guest of a machine reports; those of a NIC are those with its address.
fn reported(state: &State, parent: &str) -> Vec<String> {
    let of = format!("{}/{REPORTED_DEVICES}", references::top_level_object(parent));
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
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    let shown: &mut dyn std::any::Any = shown;
    let Some(nic) = shown.downcast_mut::<Nic>() else { return };
    if !is_in(path, VMS) || is_below(path, SNAPSHOTS) {
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

/// Refuses while the machine is neither quite there nor quite gone.
fn settled(state: &State, vm: &str, what: &str) -> Result<(), Fault> {
    vm_status::check_not_locked(state, vm, what)?;
    match vm_status::status(state, vm)? {
        VmStatus::Up | VmStatus::Down | VmStatus::Paused | VmStatus::PoweringUp | VmStatus::Suspended => Ok(()),
        status => Err(vm_status::wrong_status(&status, what)),
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let nic: Nic = call.body()?;
    let vm = call.parent();
    settled(call.state, &vm, ADD)?;
    nic::check_free_name(call.state, &format!("{vm}/{NICS}"), nic.name.as_deref(), None)?;
    let path = nic::insert(call.state, &vm, nic)?;
    tell(call.state, 932, &path, "was added to");
    guest::appear(call.state, &vm);
    Ok(Reply::Created(path))
}

/// Tells what happened to a NIC.
fn tell(state: &mut State, code: i64, nic: &str, what: &str) {
    let vm = references::top_level_object(nic);
    let (name, of) = (state.name_of(nic), state.name_of(&vm));
    let text = format!("Interface {name} (VirtIO) {what} VM {of}. (User: {})", state.actor.user);
    state.event(code, Severity::Normal, &text, &[&vm]);
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: Nic = call.body()?;
    let path = call.path();
    let vm = references::top_level_object(&path);
    settled(call.state, &vm, EDIT)?;
    nic::check_free_name(call.state, above(&path, 1), change.name.as_deref(), Some(&path))?;
    let old = call.state.find::<Nic>(&path)?.clone();
    let hot = vm_status::is_running(call.state, &vm) && old.plugged != Some(false) && change.plugged != Some(false);
    let address = change.mac.as_ref().and_then(|mac| mac.address.clone());
    let moved = address.filter(|address| {
        old.mac.as_ref().and_then(|mac| mac.address.as_deref()).is_none_or(|old| !old.eq_ignore_ascii_case(address))
    });
    if hot && (moved.is_some() || change.interface.is_some() && change.interface != old.interface) {
        return Err(Fault::conflict(&format!("Cannot {EDIT}. The VM Network Interface is plugged to a running VM.")));
    }
    if let Some(address) = &moved {
        let mac = mac_address::check(call.state, &vm, address, EDIT)?;
        change.mac = Some(Box::new(Mac::new().address(mac)));
    }
    let unlinks = change.vnic_profile.as_ref().is_some_and(|profile| profile.id.is_none() && profile.name.is_none());
    nic::resolve_profile(call.state, &vm, &mut change)?;
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
    let vm = references::top_level_object(&path);
    settled(call.state, &vm, REMOVE)?;
    let plugged = call.state.find::<Nic>(&path)?.plugged != Some(false);
    if plugged && vm_status::is_running(call.state, &vm) {
        return Err(Fault::conflict(&format!("Cannot {REMOVE}. The VM Network Interface is plugged to a running VM.")));
    }
    tell(call.state, 930, &path, "was removed from");
    call.remove()
}

fn plug(call: &mut Call<'_>, plugged: bool) -> Result<Reply, Fault> {
    let path = call.path();
    let vm = references::top_level_object(&path);
    let what = if plugged { "hot plug Interface" } else { "hot unplug Interface" };
    vm_status::check_not_locked(call.state, &vm, what)?;
    match vm_status::status(call.state, &vm)? {
        VmStatus::Up | VmStatus::Down => {}
        status => return Err(vm_status::wrong_status(&status, what)),
    }
    call.state.find_mut::<Nic>(&path)?.plugged = Some(plugged);
    let (code, text) = if plugged { (1012, "was plugged to") } else { (1014, "was unplugged from") };
    tell(call.state, code, &path, text);
    guest::appear(call.state, &vm);
    Ok(Reply::Completed)
}

fn add_parameter(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "value"])?;
    let mut parameter: NetworkFilterParameter = call.body()?;
    let nic = call.parent();
    parameter.nic = Some(Box::new(Nic::with_id(last(&nic)).href(nic.clone())));
    let path = call.state.insert(&format!("{nic}/{NETWORK_FILTER_PARAMETERS}"), parameter);
    Ok(Reply::Created(path))
}
