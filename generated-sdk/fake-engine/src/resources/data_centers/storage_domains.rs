//! Attaching, activating, deactivating and detaching storage domains.

use std::time::Duration;

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::path::{above, last};
use crate::resources::common::disk::{self, TRANSFER};
use crate::resources::common::storage_domain::{self, active, attached, status_at, type_of};
use crate::resources::common::{network, references, snapshot, vm_status};
use crate::resources::paths::{HOSTS, STORAGE_DOMAINS, VMS};
use crate::resources::storage_domains::unregistered::{self, set_aside_contents};
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    DataCenter, DataCenterStatus, Host, HostStatus, StorageDomain, StorageDomainStatus, StorageDomainType, StorageType,
    Template, Vm,
};

const ACTIVATION: Duration = Duration::from_secs(2);
const DEACTIVATION: Duration = Duration::from_secs(3);
const ATTACH: &str = "attach Storage";
const SWITCH: &str = "switch master storage domain";
const LOCKED: &str = "Related operation is currently in progress. Please try again later.";

pub(super) fn register(registry: &mut Registry) {
    registry.view_with_addresses("attached_storage_domains", attached);
    registry.on("attached_storage_domains", "add", attach);
    registry.on("attached_storage_domain", "activate", activate);
    registry.on("attached_storage_domain", "deactivate", deactivate);
    registry.on("attached_storage_domain", "remove", detach);
    registry.on("data_center", "set_master", set_master);
    on_effect!(registry, |state, StorageDomainActivated { storage_domain }| activated(state, storage_domain));
    on_effect!(registry, |state, StorageDomainDeactivated { storage_domain }| deactivated(state, storage_domain));
}

/// Sets the status of a storage domain in a data center.
pub(crate) fn set_status(state: &mut State, attached: &str, status: StorageDomainStatus) {
    if let Some(domain) = state.get_mut::<StorageDomain>(attached) {
        domain.status = Some(status.clone());
    }
    let root = storage_domain::root(attached);
    // A storage domain that several data centers share is active if it is active in one of them.
    let centers = storage_domain::data_centers(state, &root);
    let elsewhere = centers.iter().map(|center| format!("{center}/{STORAGE_DOMAINS}/{}", last(&root)));
    let active = elsewhere.filter_map(|path| status_at(state, &path)).any(|it| it == StorageDomainStatus::Active);
    if let Some(domain) = state.get_mut::<StorageDomain>(&root) {
        domain.status = Some(if active { StorageDomainStatus::Active } else { status });
    }
}

fn is_master(state: &State, domain: &str) -> bool {
    state.get::<StorageDomain>(&storage_domain::root(domain)).is_some_and(|domain| domain.master == Some(true))
}

pub(crate) fn set_data_center_status(state: &mut State, center: &str, status: DataCenterStatus) {
    let old = state.get::<DataCenter>(center).and_then(|it| it.status.clone());
    if old.as_ref() == Some(&status) {
        return;
    }
    let is_up = status == DataCenterStatus::Up;
    if let Some(center) = state.get_mut::<DataCenter>(center) {
        center.status = Some(status);
    }
    if is_up {
        let text = format!("Data Center {} is up", state.name_of(center));
        state.event(976, Severity::Normal, &text, &[center]);
    }
}

/// Chooses a master for a data center unless its master is active, and sets the status of the data center.
pub(crate) fn elect(state: &mut State, center: &str) {
    let data = active(state, center, true);
    let master = data.iter().find(|path| is_master(state, path)).or(data.first()).cloned();
    let Some(master) = master else {
        let any = attached(state, center).iter().any(|path| type_of(state, path) == Some(StorageDomainType::Data));
        set_data_center_status(
            state,
            center,
            if any { DataCenterStatus::Maintenance } else { DataCenterStatus::Uninitialized },
        );
        return;
    };
    make_master(state, center, &master);
    set_data_center_status(state, center, DataCenterStatus::Up);
}

fn make_master(state: &mut State, center: &str, master: &str) {
    for path in attached(state, center) {
        if let Some(domain) = state.get_mut::<StorageDomain>(&storage_domain::root(&path)) {
            domain.master = Some(path == master);
        }
    }
}

/// Whether a host of a data center is up.
fn has_host(state: &State, center: &str) -> bool {
    let is_up = |host: &Host| matches!(host.status, None | Some(HostStatus::Up));
    let mut hosts = state.list::<Host>(HOSTS).filter(|(_, host)| is_up(host));
    hosts.any(|(path, _)| network::data_center_of(state, &path).as_deref() == Some(center))
}

/// The engine answers after the storage domain is active.
fn attach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let wanted: StorageDomain = call.body()?;
    let center = call.parent();
    let domain = match (&wanted.id, &wanted.name) {
        (None, Some(name)) => call.state.by_name(STORAGE_DOMAINS, name),
        (id, _) => id.as_ref().map(|id| format!("{STORAGE_DOMAINS}/{id}")),
    };
    let domain = domain.unwrap_or_default();
    check_attach(call.state, &center, &domain)?;
    let (name, place) = (call.state.name_of(&domain), call.state.name_of(&center));
    call.job();
    let stub = StorageDomain::with_id(last(&domain)).data_center(DataCenter::with_id(last(&center)));
    let path = call.state.insert(&format!("{center}/{STORAGE_DOMAINS}"), stub);
    storage_domain::store_data_centers(call.state, &domain);
    let user = references::acting_user(call.state);
    let text = format!("Storage Domain {name} was attached to Data Center {place} by {user}");
    call.state.event(962, Severity::Normal, &text, &[&center, &domain]);
    activated(call.state, &path);
    Ok(Reply::Created(path))
}

fn check_attach(state: &State, center: &str, domain: &str) -> Result<(), Fault> {
    let Some(target) = state.get::<DataCenter>(center) else {
        return Err(Fault::bad("Data Center doesn't exist."));
    };
    check_host(state, center, ATTACH)?;
    let Some(found) = state.get::<StorageDomain>(domain) else {
        return Err(Fault::invalid(ATTACH, "Storage Domain doesn't exist."));
    };
    let is_iso = found.type_ == Some(StorageDomainType::Iso);
    if is_iso || found.type_ == Some(StorageDomainType::Export) {
        check_only_one(state, center, found, is_iso)?;
    } else {
        if !storage_domain::data_centers(state, domain).is_empty() {
            let reason = "The relevant Storage Domain is inaccessible.\n-Please handle Storage Domain issues and retry \
                          the operation.";
            return Err(Fault::cannot(ATTACH, reason));
        }
        let is_local = found.storage.as_ref().is_some_and(|it| it.type_ == Some(StorageType::Localfs));
        if is_local && target.local != Some(true) {
            return Err(Fault::conflict("Cannot attach a local Storage Domain to a shared storage Data Center."));
        }
    }
    let is_data = found.type_ == Some(StorageDomainType::Data);
    if target.status == Some(DataCenterStatus::Uninitialized) {
        let reason = "Cannot attach Storage Domain.\n-Please attach Data Domain to the Data Center first.";
        return if is_data { Ok(()) } else { Err(Fault::conflict(reason)) };
    }
    check_master(state, center, "attach")
}

/// Fails if a data center has a storage domain of a type of which it can have only one.
fn check_only_one(state: &State, center: &str, domain: &StorageDomain, is_iso: bool) -> Result<(), Fault> {
    if !attached(state, center).iter().any(|path| type_of(state, path) == domain.type_) {
        return Ok(());
    }
    let kind = if is_iso { "ISO" } else { "Import/Export" };
    Err(Fault::conflict(&format!(
        "Cannot attach more than one {kind} Storage Domain to the same Data Center. If you want to use a newly created \
         Domain, detach the existing attached Domain and attach the new one."
    )))
}

fn check_host(state: &State, center: &str, action: &str) -> Result<(), Fault> {
    match has_host(state, center) {
        true => Ok(()),
        false => Err(Fault::cannot(action, "There is no active Host in the Data Center.")),
    }
}

/// Fails if the master of a data center isn't active.
fn check_master(state: &State, center: &str, verb: &str) -> Result<(), Fault> {
    if !active(state, center, true).is_empty() {
        return Ok(());
    }
    Err(Fault::conflict(&format!(
        "Failed to {verb} Storage due to an error on the Data Center master Storage Domain.\n-Please activate the master \
         Storage Domain first."
    )))
}

/// Fails if the status of a storage domain isn't one of the allowed ones. While it changes, the engine's reason is that it
/// is locked.
fn check_status(state: &State, path: &str, action: &str, allowed: &[StorageDomainStatus]) -> Result<(), Fault> {
    let status = state.find::<StorageDomain>(path)?.status.clone();
    match &status {
        Some(status) if allowed.contains(status) => Ok(()),
        Some(
            StorageDomainStatus::Locked
            | StorageDomainStatus::Activating
            | StorageDomainStatus::PreparingForMaintenance
            | StorageDomainStatus::Detaching,
        ) => Err(Fault::cannot(action, LOCKED)),
        other => Err(storage_domain::illegal_status(action, other.as_ref())),
    }
}

pub(crate) fn label(state: &State, path: &str) -> String {
    state.name_of(&storage_domain::root(path))
}

fn activate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let center = above(&path, 2).to_owned();
    let allowed = [StorageDomainStatus::Maintenance, StorageDomainStatus::Inactive, StorageDomainStatus::UnknownValue];
    check_status(call.state, &path, "activate Storage", &allowed)?;
    if type_of(call.state, &path) != Some(StorageDomainType::Data) {
        check_master(call.state, &center, "activate")?;
    }
    check_host(call.state, &center, "activate Storage")?;
    call.job();
    set_status(call.state, &path, StorageDomainStatus::Activating);
    call.state.after(ACTIVATION, Effect::StorageDomainActivated { storage_domain: path });
    Ok(Reply::Completed)
}

fn activated(state: &mut State, path: &str) {
    if !state.contains(path) {
        return;
    }
    let center = above(path, 2).to_owned();
    set_status(state, path, StorageDomainStatus::Active);
    let (name, place, user) = (label(state, path), state.name_of(&center), references::acting_user(state));
    let text = format!("Storage Domain {name} (Data Center {place}) was activated by {user}");
    state.event(966, Severity::Normal, &text, &[&center, &storage_domain::root(path)]);
    elect(state, &center);
}

fn deactivate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check_deactivate(call.state, &path, call.flag("force") == Some(true))?;
    let center = above(&path, 2).to_owned();
    let (name, place) = (label(call.state, &path), call.state.name_of(&center));
    call.job();
    set_status(call.state, &path, StorageDomainStatus::PreparingForMaintenance);
    let text = format!(
        "Storage Domain {name} (Data Center {place}) was deactivated and has moved to 'Preparing for maintenance' until \
         it will no longer be accessed by any Host of the Data Center."
    );
    call.state.event(968, Severity::Normal, &text, &[&center, &storage_domain::root(&path)]);
    call.state.after(DEACTIVATION, Effect::StorageDomainDeactivated { storage_domain: path });
    Ok(Reply::Completed)
}

fn check_deactivate(state: &State, path: &str, is_forced: bool) -> Result<(), Fault> {
    let allowed = [StorageDomainStatus::Active, StorageDomainStatus::Inactive, StorageDomainStatus::UnknownValue];
    let status = storage_domain::status(state, path);
    let is_stuck = matches!(status, Some(StorageDomainStatus::Locked | StorageDomainStatus::PreparingForMaintenance));
    if !(is_forced && is_stuck) {
        check_status(state, path, "deactivate Storage", &allowed)?;
    }
    let on_it = disk::on_domain(state, path);
    if on_it.iter().any(|disk| state.has_note(disk, TRANSFER)) {
        return Err(Fault::cannot(
            "deactivate Storage",
            "Please pause or cancel all active disk uploads and downloads first.",
        ));
    }
    let center = above(path, 2);
    let others = active(state, center, true).iter().filter(|other| *other != path).count();
    if is_master(state, path) && others == 0 {
        check_master_deactivation(state, center)?;
    }
    check_no_leases(state, path)?;
    check_no_iso_images(state, &on_it)?;
    if on_it.iter().any(|disk| !disk::running_owners(state, disk).is_empty()) {
        return Err(Fault::cannot(
            "deactivate Storage",
            "VMs in a state other than \"Down\" or \"Suspended\" were detected.\n-Please ensure all VMs associated with \
             this Storage Domain are stopped and in the Down or Suspended state first.",
        ));
    }
    match !is_forced && on_it.iter().any(|disk| disk::is_locked(state, disk)) {
        true => Err(Fault::conflict(
            "Cannot deactivate Storage while there are running tasks on this Storage.\n-Tasks running: ${tasksNames}\n\
             -Please wait until tasks will finish and try again.",
        )),
        false => Ok(()),
    }
}

/// Fails if running virtual machines have leases on a storage domain.
fn check_no_leases(state: &State, path: &str) -> Result<(), Fault> {
    let has_lease = |vm: &Vm| {
        storage_domain::with_lease(vm) == Some(last(path)) && vm.status.as_ref().is_some_and(vm_status::has_process)
    };
    let vms: Vec<String> = state.each::<Vm>(VMS).filter(|vm| has_lease(vm)).filter_map(|vm| vm.name.clone()).collect();
    match vms.is_empty() {
        true => Ok(()),
        false => Err(Fault::conflict(&format!(
            "Cannot deactivate domain, the domain contains leases for the following running VMs: {}",
            vms.join(", ")
        ))),
    }
}

/// Fails if running virtual machines have ISO images among disks in their CD drives.
fn check_no_iso_images(state: &State, disks: &[String]) -> Result<(), Fault> {
    let vms = disks.iter().flat_map(|disk| disk::vms_with_iso(state, disk));
    let vms: Vec<String> = vms.filter(|vm| vm_status::is_running(state, vm)).map(|vm| state.name_of(&vm)).collect();
    if vms.is_empty() {
        return Ok(());
    }
    let why = format!("The Storage Domain has ISO image(s) attached to the following VM(s): {}.", vms.join(","));
    Err(Fault::cannot("deactivate Storage", &why))
}

/// Fails if the only active storage domain for disks can't be deactivated.
fn check_master_deactivation(state: &State, center: &str) -> Result<(), Fault> {
    if !active(state, center, false).is_empty() {
        return Err(Fault::conflict(
            "Cannot deactivate a Master Storage Domain while there are active non-data domains in the Data \
             Center.\n-Please deactivate all the non-data domains first.",
        ));
    }
    let is_changing = |path: &String| {
        matches!(
            status_at(state, path),
            Some(
                StorageDomainStatus::Locked
                    | StorageDomainStatus::Activating
                    | StorageDomainStatus::PreparingForMaintenance
            )
        )
    };
    match attached(state, center).iter().any(is_changing) {
        true => Err(Fault::conflict(
            "You are trying to deactivate a Master storage domain while there are locked domains in the Data Center. \
             Please wait for the operations on those domains to finish first.",
        )),
        false => Ok(()),
    }
}

fn deactivated(state: &mut State, path: &str) {
    if !state.contains(path) {
        return;
    }
    let center = above(path, 2).to_owned();
    set_status(state, path, StorageDomainStatus::Maintenance);
    let (name, place) = (label(state, path), state.name_of(&center));
    let text = format!(
        "Storage Domain {name} (Data Center {place}) successfully moved to Maintenance as it's no longer accessed by any \
         Host of the Data Center."
    );
    state.event(1029, Severity::Normal, &text, &[&center, &storage_domain::root(path)]);
    elect(state, &center);
}

fn detach(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let center = above(&path, 2).to_owned();
    check_contents(call.state, &path)?;
    check_status(call.state, &path, "detach Storage", &[StorageDomainStatus::Maintenance])?;
    let is_master = is_master(call.state, &path);
    if !is_master {
        check_master(call.state, &center, "detach")?;
    } else if attached(call.state, &center).len() > 1 {
        return Err(Fault::conflict(
            "Cannot detach the master Storage Domain from the Data Center while there are other storage domains \
             attached to it.\n-Please try to activate another Storage Domain in the Data Center.",
        ));
    }
    let (name, place) = (label(call.state, &path), call.state.name_of(&center));
    call.job();
    detach_storage_domain(call.state, &path);
    let user = references::acting_user(call.state);
    let text = format!("Storage Domain {name} was detached from Data Center {place} by {user}");
    call.state.event(964, Severity::Normal, &text, &[&center, &storage_domain::root(&path)]);
    Ok(Reply::Completed)
}

/// Fails if virtual machines or templates on a storage domain can't be unregistered.
fn check_contents(state: &State, path: &str) -> Result<(), Fault> {
    if type_of(state, path) != Some(StorageDomainType::Data) {
        return Ok(());
    }
    let all = unregistered::contents(state, path);
    let vms = || all.iter().filter_map(|(path, is_whole)| Some((path, state.get::<Vm>(path)?, *is_whole)));
    let templates = all.iter().filter(|(_, is_whole)| *is_whole).filter_map(|(path, _)| state.get::<Template>(path));
    let protected = vms().filter(|(_, vm, is_whole)| *is_whole && vm.delete_protected == Some(true));
    let mut protected: Vec<String> = protected.filter_map(|(_, vm, _)| vm.name.clone()).collect();
    protected.extend(templates.filter(|it| it.delete_protected == Some(true)).filter_map(|it| it.name.clone()));
    let pooled = vms().filter(|(_, vm, is_whole)| *is_whole && vm.vm_pool.is_some());
    let pooled: Vec<String> = pooled.filter_map(|(_, vm, _)| vm.name.clone()).collect();
    let previewing = vms().filter(|(path, ..)| snapshot::previewed(state, path).is_some());
    let previewing: Vec<String> = previewing.filter_map(|(_, vm, _)| vm.name.clone()).collect();
    let reasons = [
        ("The following VMs/Templates are delete protected", protected),
        ("The following VMs/Templates are attached to pool", pooled),
        ("The following VMs are previewing a snapshot", previewing),
    ];
    let reasons: Vec<(&str, Vec<String>)> = reasons.into_iter().filter(|(_, names)| !names.is_empty()).collect();
    // The engine fills in all messages with the names of the last one.
    let Some(names) = reasons.last().map(|(_, names)| names.join(",")) else { return Ok(()) };
    let messages: Vec<String> =
        reasons.iter().map(|(reason, _)| format!("Cannot detach Storage. {reason}: {names}.")).collect();
    Err(Fault::conflict(&messages.join(", ")))
}

/// Detaches a storage domain from a data center. Its disks, virtual machines and templates become unregistered.
pub(crate) fn detach_storage_domain(state: &mut State, path: &str) {
    let (center, root) = (above(path, 2).to_owned(), storage_domain::root(path));
    state.remove(path);
    storage_domain::store_data_centers(state, &root);
    set_aside_contents(state, &root);
    let is_shared = !storage_domain::data_centers(state, &root).is_empty();
    if let Some(domain) = state.get_mut::<StorageDomain>(&root)
        && !is_shared
    {
        domain.status = Some(StorageDomainStatus::Unattached);
        domain.master = Some(false);
    }
    elect(state, &center);
}

fn set_master(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let center = call.path();
    let wanted: Option<StorageDomain> = call.object("storage_domain");
    let domain = wanted.map(|domain| call.state.reference(STORAGE_DOMAINS, &domain)).transpose()?.flatten();
    let Some(domain) = domain else {
        return Err(Fault::incomplete("Action", &["storage_domain.id|name"], "setMaster"));
    };
    let path = format!("{center}/{STORAGE_DOMAINS}/{}", last(&domain));
    let found = call.state.find::<StorageDomain>(&path)?;
    if is_master(call.state, &path) {
        return Err(Fault::cannot(SWITCH, "The storage domain is already the master storage domain."));
    }
    if type_of(call.state, &path) != Some(StorageDomainType::Data) {
        return Err(Fault::invalid(SWITCH, "Action is only applicable for Data domains."));
    }
    if found.status != Some(StorageDomainStatus::Active) {
        let reason = format!("Storage domain {} must be active.", label(call.state, &path));
        return Err(Fault::cannot(SWITCH, &reason));
    }
    if disk::has_tasks(call.state, &center) {
        return Err(Fault::cannot(SWITCH, "The storage pool has running tasks."));
    }
    let old = attached(call.state, &center).into_iter().find(|path| is_master(call.state, path));
    let old = old.map(|path| label(call.state, &path)).unwrap_or_default();
    let new = label(call.state, &path);
    call.job_titled(&format!("Switching master storage domain from {old} to {new}"));
    make_master(call.state, &center, &path);
    let text = format!("Completed switching master role from storage domain {old} to {new}.");
    call.state.event(1480, Severity::Normal, &text, &[&center, &domain]);
    Ok(Reply::Completed)
}
