//! NICs of virtual machines.

use crate::api::{Call, Context, Fault, Registry, Reply};
use crate::path::{above, join};
use crate::resources::common::nic::{self, ADD};
use crate::resources::common::{mac_address, network, references, vm_status, vm_validation};
use crate::resources::paths::{
    DISK_ATTACHMENTS, HOSTS, NETWORKS, NICS, REPORTED_DEVICES, SNAPSHOTS, VMS, VNIC_PROFILES, WATCHDOGS, is_below,
    is_in,
};
use crate::resources::vms::guest;
use crate::state::{Severity, State};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{
    DiskAttachment, DiskInterface, List, Mac, Network, Nic, NicInterface, ReportedDevice, Vm, VmStatus, VnicProfile,
};

const EDIT: &str = "edit Interface";
const REMOVE: &str = "remove Interface";

pub(super) fn register(registry: &mut Registry) {
    registry.on("vm_nics", "add", add);
    registry.on("vm_nic", "update", update);
    registry.on("vm_nic", "remove", remove);
    registry.on("vm_nic", "activate", |call| set_plugged(call, true));
    registry.on("vm_nic", "deactivate", |call| set_plugged(call, false));
    registry.resolves_names("nic", "vnic_profile");
    registry.view("vm_reported_devices", reported);
    registry.render("nic", show);
}

/// The devices that the guest of a virtual machine reports. Those of a NIC have its MAC address.
fn reported(state: &State, parent: &str) -> Vec<String> {
    let paths = state.paths(&format!("{}/{REPORTED_DEVICES}", references::top_level_object(parent)));
    match state.get::<Nic>(parent) {
        Some(nic) => paths.into_iter().filter(|path| address_of(state, path) == nic.mac).collect(),
        None => paths,
    }
}

fn address_of(state: &State, device: &str) -> Option<Box<Mac>> {
    state.get::<ReportedDevice>(device)?.mac.clone()
}

/// Adds the devices that the guest reports.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    let shown: &mut dyn std::any::Any = shown;
    let Some(nic) = shown.downcast_mut::<Nic>() else { return };
    if is_below(path, SNAPSHOTS) {
        nic.href = Some(String::new());
        return;
    }
    if !is_in(path, VMS) {
        return;
    }
    let collection = join(&references::top_level_object(path), REPORTED_DEVICES);
    let own = state.list::<ReportedDevice>(&collection).filter(|(_, device)| device.mac == nic.mac);
    let device = |(path, device): (String, &ReportedDevice)| {
        let mut device = device.clone();
        device.vm = None;
        device.href(path)
    };
    let devices: List<ReportedDevice> = own.map(device).collect();
    if !devices.is_empty() {
        nic.reported_devices = Some(devices);
    }
}

/// Fails if the status of a virtual machine doesn't allow changes of NICs.
fn check_status(state: &State, vm: &str, verb: &str) -> Result<(), Fault> {
    match vm_status::status(state, vm)? {
        VmStatus::Up | VmStatus::Down | VmStatus::ImageLocked => Ok(()),
        _ => {
            Err(Fault::conflict(&format!("Cannot {verb} a Network Interface when VM is not Down, Up or Image-Locked.")))
        }
    }
}

/// Fails if the devices of a virtual machine with these NICs need more slots than it has.
fn check_slots(state: &State, vm: &str, nics: Vec<NicInterface>, action: &str) -> Result<(), Fault> {
    let disks: Vec<DiskInterface> = state
        .list::<DiskAttachment>(&format!("{vm}/{DISK_ATTACHMENTS}"))
        .filter_map(|(_, attachment)| attachment.interface.clone())
        .collect();
    let has_watchdog = !state.paths(&format!("{vm}/{WATCHDOGS}")).is_empty();
    vm_validation::check_slots_of(state.find::<Vm>(vm)?, &nics, &disks, has_watchdog, action)
}

fn interface_of(nic: &Nic) -> NicInterface {
    nic.interface.clone().unwrap_or(NicInterface::Virtio)
}

/// The interfaces of the NICs of a virtual machine, without the one at a path.
fn other_interfaces(state: &State, vm: &str, own: &str) -> Vec<NicInterface> {
    let nics = state.list::<Nic>(&format!("{vm}/{NICS}"));
    nics.filter(|(path, _)| path != own).map(|(_, nic)| interface_of(nic)).collect()
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut nic: Nic = call.body()?;
    let vm = call.parent();
    nic::check_values(&nic)?;
    check_status(call.state, &vm, "add")?;
    nic::check_free_name(call.state, &format!("{vm}/{NICS}"), nic.name.as_deref(), None)?;
    let mut interfaces = other_interfaces(call.state, &vm, "");
    interfaces.push(interface_of(&nic));
    check_slots(call.state, &vm, interfaces, ADD)?;
    nic::resolve_profile(call.state, &mut nic, ADD)?;
    nic::check_settings(call.state, &vm, &nic, ADD)?;
    if nic.plugged != Some(false) && vm_status::is_running(call.state, &vm) {
        check_network_on_host(call.state, &vm, &nic)?;
    }
    let path = nic::insert(call.state, &vm, nic)?;
    log(call.state, 932, &path, "Interface", "was added to", "");
    guest::report(call.state, &vm);
    Ok(Reply::Created(path))
}

/// Logs what happened to a NIC.
fn log(state: &mut State, code: i64, nic: &str, what: &str, happened: &str, details: &str) {
    let vm = references::top_level_object(nic);
    let kind = match state.get::<Nic>(nic).map(interface_of) {
        Some(NicInterface::E1000) => "e1000",
        Some(NicInterface::E1000e) => "e1000e",
        Some(NicInterface::PciPassthrough) => "PCI Passthrough",
        Some(NicInterface::Rtl8139) => "rtl8139",
        Some(NicInterface::Rtl8139Virtio) => "Dual mode rtl8139, VirtIO",
        Some(NicInterface::SpaprVlan) => "sPAPR VLAN",
        _ => "VirtIO",
    };
    let (name, vm_name, user) = (state.name_of(nic), state.name_of(&vm), references::acting_user(state));
    let text = format!("{what} {name} ({kind}) {happened} VM {vm_name}.{details} (User: {user})");
    state.event(code, Severity::Normal, &text, &[&vm]);
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: Nic = call.body()?;
    let path = call.path();
    change_nic(call.state, &path, change)?;
    Ok(Reply::Object(path))
}

fn change_nic(state: &mut State, path: &str, mut change: Nic) -> Result<(), Fault> {
    let vm = references::top_level_object(path);
    nic::check_values(&change)?;
    check_status(state, &vm, "edit")?;
    nic::check_free_name(state, above(path, 1), change.name.as_deref(), Some(path))?;
    let old = state.find::<Nic>(path)?.clone();
    let has_profile = change.vnic_profile.is_some();
    nic::resolve_profile(state, &mut change, EDIT)?;
    let mut new = old.clone();
    new.name = change.name.clone().or(new.name);
    new.interface = change.interface.clone().or(new.interface);
    new.linked = change.linked.or(new.linked);
    new.plugged = change.plugged.or(new.plugged);
    if nic::address_of(&change).is_some() {
        new.mac = change.mac;
    }
    if has_profile {
        new.vnic_profile = change.vnic_profile;
    }
    let mut interfaces = other_interfaces(state, &vm, path);
    interfaces.push(interface_of(&new));
    check_slots(state, &vm, interfaces, EDIT)?;
    let is_moved = !same_address(&old, &new);
    let is_up = vm_status::status(state, &vm)? == VmStatus::Up;
    let stays_plugged = is_up && old.plugged == Some(true) && new.plugged == Some(true);
    if stays_plugged && (is_moved || new.interface != old.interface) {
        return Err(Fault::cannot(
            EDIT,
            "Updating some of the properties is not supported while the interface is plugged into a running virtual \
             machine. Please un-plug the interface, update the properties, and then plug it back.",
        ));
    }
    let is_hot = stays_plugged && (new.vnic_profile != old.vnic_profile || new.linked != old.linked);
    if is_hot && (mirrors_ports(state, &old) || mirrors_ports(state, &new)) {
        return Err(Fault::cannot(
            EDIT,
            "Update is not possible when 'Port Mirroring' is set on the interface of a running virtual machine.",
        ));
    }
    nic::check_settings(state, &vm, &new, EDIT)?;
    let is_plugged_now = is_up && new.plugged == Some(true) && old.plugged != Some(true);
    if is_hot || is_plugged_now {
        check_network_on_host(state, &vm, &new)?;
    }
    if let Some(mac) = nic::address_of(&new).filter(|_| is_moved).map(str::to_owned) {
        mac_address::check_free(state, &vm, &mac)?;
    }
    let (is_linked, is_plugged) = (new.linked, new.plugged);
    let details = match is_linked.filter(|linked| old.linked != Some(*linked)) {
        Some(true) => " Link State is UP.",
        Some(false) => " Link State is DOWN.",
        None => "",
    };
    *state.find_mut::<Nic>(path)? = new;
    log(state, 934, path, "Interface", "was updated for", details);
    if is_plugged != old.plugged {
        match is_plugged {
            Some(false) => log(state, 1014, path, "Network Interface", "was unplugged from", ""),
            _ => log(state, 1012, path, "Network Interface", "was plugged to", ""),
        }
    }
    guest::report(state, &vm);
    Ok(())
}

fn same_address(one: &Nic, other: &Nic) -> bool {
    match (nic::address_of(one), nic::address_of(other)) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
        (one, other) => one == other,
    }
}

fn profile_of<'s>(state: &'s State, nic: &Nic) -> Option<&'s VnicProfile> {
    state.get(&format!("{VNIC_PROFILES}/{}", nic.vnic_profile.as_ref()?.id.as_deref()?))
}

fn mirrors_ports(state: &State, nic: &Nic) -> bool {
    profile_of(state, nic).is_some_and(|profile| profile.port_mirroring == Some(true))
}

/// Fails if the host of a running virtual machine doesn't have the network of a NIC.
fn check_network_on_host(state: &State, vm: &str, nic: &Nic) -> Result<(), Fault> {
    let host = references::path_of(HOSTS, &state.find::<Vm>(vm)?.host);
    let network = profile_of(state, nic).and_then(|profile| references::path_of(NETWORKS, &profile.network));
    let (Some(host), Some(network)) = (host, network) else { return Ok(()) };
    let is_external = state.get::<Network>(&network).is_some_and(|network| network.external_provider.is_some());
    if is_external || network::attachment_of(state, &host, &network).is_some() {
        return Ok(());
    }
    Err(Fault::conflict(
        "The Network does not exist on the host the VM is running on.\n Either add the Network to the Host, migrate the \
         VM to a Host that has this Network, or add the vNic as unplugged.",
    ))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let vm = references::top_level_object(&path);
    let is_plugged = call.state.find::<Nic>(&path)?.plugged != Some(false);
    if is_plugged && !matches!(vm_status::status(call.state, &vm)?, VmStatus::Down | VmStatus::ImageLocked) {
        return Err(Fault::cannot(REMOVE, "The VM Network Interface is plugged to a running VM."));
    }
    log(call.state, 930, &path, "Interface", "was removed from", "");
    call.remove()
}

/// Plugs or unplugs a NIC, as an update of it does.
fn set_plugged(call: &mut Call<'_>, plugged: bool) -> Result<Reply, Fault> {
    let path = call.path();
    change_nic(call.state, &path, Nic::new().plugged(plugged))?;
    Ok(Reply::Completed)
}
