//! Storage domains as data centers use them: what state they are in, and what room they have.

use super::{DISKS, DOMAINS, GIB, disks};
use crate::api::call::{Call, Reply};
use crate::api::fault::{Fault, capital};
use crate::behaviour::Registry;
use crate::exchange::Asked;
use crate::state::{Severity, State, last};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{
    DataCenter, Disk, DiskProfile, Host, StorageDomain, StorageDomainStatus, StorageDomainType, StorageType,
};

/// The collections, hidden from clients, of what is on a storage domain and in no data center.
pub(super) const UNREGISTERED_DISKS: &str = "unregistereddisks";
pub(super) const UNREGISTERED_VMS: &str = "unregisteredvms";
pub(super) const UNREGISTERED_TEMPLATES: &str = "unregisteredtemplates";

/// Notes of a storage domain: how many bytes it has, and how many it needs itself.
const CAPACITY: &str = "capacity";
const OVERHEAD: &str = "overhead";

pub(super) fn register(registry: &mut Registry) {
    registry.show("storage_domain", show);
    registry.on("storage_domain", "is_attached", is_attached);
    registry.on("storage_domain", "update_ovf_store", update_ovf_store);
}

/// The path of the storage domain at the root that is meant by a path of it in a data center.
pub(super) fn root(path: &str) -> String {
    format!("{DOMAINS}/{}", last(path))
}

/// The state of a storage domain: in its data center, or unattached.
pub(crate) fn status(state: &State, domain: &str) -> Option<StorageDomainStatus> {
    state.get::<StorageDomain>(&root(domain))?.status.clone()
}

/// Whether a storage domain is made of LUNs.
pub(super) fn is_block(state: &State, domain: &str) -> bool {
    let storage = state.get::<StorageDomain>(domain).and_then(|domain| domain.storage.as_deref());
    matches!(storage.and_then(|storage| storage.type_.as_ref()), Some(StorageType::Iscsi | StorageType::Fcp))
}

/// The data centers to which a storage domain is attached.
pub(super) fn data_centers(state: &State, domain: &str) -> Vec<String> {
    let id = last(domain);
    let attached = |center: &String| state.contains(&format!("{center}/{DOMAINS}/{id}"));
    state.paths("datacenters").into_iter().filter(attached).collect()
}

/// A state as it stands in refusals: `PreparingForMaintenance`.
pub(super) fn told(status: Option<&StorageDomainStatus>) -> String {
    status.map_or("unknown", StorageDomainStatus::as_str).split('_').map(capital).collect()
}

/// Refuses to use a storage domain that is not active.
pub(crate) fn check_usable(state: &State, domain: &str, verb: &str, what: &str) -> Result<(), Fault> {
    let Some(found) = state.get::<StorageDomain>(domain) else {
        return Err(Fault::conflict(&format!("Cannot {verb} {what}. Storage Domain doesn't exist.")));
    };
    match &found.status {
        Some(StorageDomainStatus::Active) => Ok(()),
        Some(StorageDomainStatus::Inactive | StorageDomainStatus::UnknownValue) => Err(Fault::conflict(&format!(
            "Cannot {verb} {what}. The relevant Storage Domain is inaccessible.\n-Please handle Storage Domain issues \
             and retry the operation."
        ))),
        other => Err(illegal_status(verb, what, other.as_ref())),
    }
}

/// The refusal of what a storage domain in its state does not allow.
pub(super) fn illegal_status(verb: &str, what: &str, status: Option<&StorageDomainStatus>) -> Fault {
    Fault::conflict(&format!("Cannot {verb} {what}. The relevant Storage Domain's status is {}.", told(status)))
}

/// Refuses what would leave less room than the storage domain is told to keep.
pub(crate) fn check_space(state: &State, domain: &str, bytes: i64, verb: &str, what: &str) -> Result<(), Fault> {
    let Some((available, ..)) = sizes(state, domain) else { return Ok(()) };
    let found = state.find::<StorageDomain>(domain)?;
    let kept = found.critical_space_action_blocker.unwrap_or(0).saturating_mul(GIB);
    if available.saturating_sub(bytes) >= kept {
        return Ok(());
    }
    let name = found.name.clone().unwrap_or_default();
    Err(Fault::conflict(&format!("Cannot {verb} {what}. Low disk space on Storage Domain {name}.")))
}

/// Gives a storage domain its size.
pub(crate) fn set_capacity(state: &mut State, domain: &str, capacity: i64, overhead: i64) {
    state.set_note(domain, CAPACITY, capacity.to_string());
    state.set_note(domain, OVERHEAD, overhead.to_string());
}

/// Bytes that are available, used and promised to disks; nothing when the size is not known.
fn sizes(state: &State, domain: &str) -> Option<(i64, i64, i64)> {
    let number = |key| state.note(domain, key).and_then(|text| text.parse::<i64>().ok());
    let capacity = number(CAPACITY)?;
    let (mut used, mut committed) = (number(OVERHEAD).unwrap_or(0), 0_i64);
    let id = last(domain);
    let unregistered = format!("{domain}/{UNREGISTERED_DISKS}");
    let on_it = state.list::<Disk>(DISKS).chain(state.list::<Disk>(&unregistered));
    for (_, disk) in on_it.filter(|(_, disk)| disks::is_on(disk, id)) {
        used = used.saturating_add(disk.total_size.max(disk.actual_size).unwrap_or(0));
        committed = committed.saturating_add(disk.provisioned_size.unwrap_or(0));
    }
    // The engine knows sizes of domains in whole GiB.
    let used = used.saturating_add(GIB - 1) / GIB * GIB;
    Some((capacity.saturating_sub(used).max(0), used, committed))
}

/// Completes what is shown: sizes, and the state where it is told. That of a data center's stands in for the whole.
fn show(state: &State, path: &str, _asked: &Asked, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(shown) = shown.downcast_mut::<StorageDomain>() else { return };
    let whole = root(path);
    let is_attached = path != whole;
    if is_attached && let Some(domain) = state.get::<StorageDomain>(&whole) {
        let (status, center) = (shown.status.take(), shown.data_center.take());
        *shown = domain.clone();
        shown.status = status;
        shown.data_center = center;
    }
    if let Some((available, used, committed)) = sizes(state, &whole) {
        (shown.available, shown.used, shown.committed) = (Some(available), Some(used), Some(committed));
    }
    let centers = data_centers(state, path);
    let centers = centers.iter().map(|center| DataCenter::with_id(last(center))).collect::<Vec<_>>();
    shown.data_centers = (!centers.is_empty()).then(|| centers.into());
    if !is_attached && shown.status != Some(StorageDomainStatus::Unattached) {
        shown.status = None;
    }
    if is_block(state, &whole) {
        super::block::show_units(state, shown);
    }
}

/// The profile of a storage domain that disks get when none is asked for.
pub(super) fn default_profile(state: &State, domain: &str) -> Option<DiskProfile> {
    let id = last(domain);
    let is_its = |profile: &DiskProfile| profile.storage_domain.as_ref().is_some_and(|it| it.id.as_deref() == Some(id));
    let profile = state.list::<DiskProfile>("diskprofiles").find(|(_, profile)| is_its(profile));
    profile.map(|(path, _)| DiskProfile::with_id(last(&path)))
}

/// Puts a storage domain into the engine with what every one has: defaults, and a profile for disks. Gives its path.
pub(crate) fn insert(state: &mut State, mut domain: StorageDomain) -> String {
    let name = domain.name.clone().unwrap_or_default();
    let is_data = domain.type_ == Some(StorageDomainType::Data);
    domain.description.get_or_insert_default();
    domain.comment.get_or_insert_default();
    if domain.type_ != Some(StorageDomainType::Image) {
        for (slot, value) in [
            (&mut domain.backup, false),
            (&mut domain.discard_after_delete, false),
            (&mut domain.supports_discard, false),
            (&mut domain.supports_discard_zeroes_data, false),
            (&mut domain.wipe_after_delete, false),
        ] {
            slot.get_or_insert(value);
        }
        domain.block_size.get_or_insert(512);
        domain.critical_space_action_blocker.get_or_insert(5);
        domain.warning_low_space_indicator.get_or_insert(10);
        domain.storage_format.get_or_insert(match is_data {
            true => ovirt_sdk::types::StorageFormat::V5,
            false => ovirt_sdk::types::StorageFormat::V1,
        });
    }
    domain.external_status.get_or_insert(ovirt_sdk::types::ExternalStatus::Ok);
    domain.master.get_or_insert(false);
    domain.status.get_or_insert(StorageDomainStatus::Unattached);
    (domain.data_centers, domain.data_center, domain.host, domain.import) = (None, None, None, None);
    (domain.available, domain.used, domain.committed) = (None, None, None);
    let path = state.insert(DOMAINS, domain);
    if is_data && default_profile(state, &path).is_none() {
        let profile = DiskProfile::new().name(name).description("").storage_domain(StorageDomain::with_id(last(&path)));
        state.insert("diskprofiles", profile);
    }
    path
}

/// Removes the snapshots of a disk that virtual machines keep.
pub(super) fn forget_snapshots(state: &mut State, disk: &str) {
    let id = last(disk);
    for vm in state.paths("vms") {
        for snapshot in state.paths(&format!("{vm}/snapshots")) {
            state.remove(&format!("{snapshot}/disks/{id}"));
        }
    }
}

/// Whether hosts find a data center's mark on the storage.
fn is_attached(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    call.state.find::<StorageDomain>(&path)?;
    let host: Option<Host> = call.object("host");
    if host.is_none() {
        return Err(Fault::incomplete("Action", &["host.id|name"], "isAttached"));
    }
    let attached = !data_centers(call.state, &path).is_empty();
    Ok(Reply::Out("is_attached", Box::new(Some(attached))))
}

fn update_ovf_store(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check_usable(call.state, &path, "update OVF for", "Storage")?;
    let name = call.state.name_of(&path);
    call.job(&format!("Updating OVF stores of storage domain {name}"));
    let text = format!("The OVF stores of storage domain {name} are being updated");
    call.state.event(199, Severity::Normal, &text, &[&path]);
    Ok(Reply::Done)
}
