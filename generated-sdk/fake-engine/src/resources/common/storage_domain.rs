//! Facts about storage domains.

use crate::api::{Fault, pascal_case};
use crate::note::Note;
use crate::path::last;
use crate::resources::common::units::GIB;
use crate::resources::paths::{DATA_CENTERS, DISK_PROFILES, DISKS, STORAGE_DOMAINS, UNREGISTERED_DISKS};
use crate::state::State;
use ovirt_sdk::types::{
    DataCenter, Disk, DiskProfile, StorageDomain, StorageDomainStatus, StorageDomainType, StorageType, Vm,
};

/// The size of a storage domain in bytes.
const CAPACITY: Note<i64> = Note::new("capacity");
/// The bytes that a storage domain needs for itself.
const OVERHEAD: Note<i64> = Note::new("overhead");

/// The path of a storage domain in the top-level collection, from its path there or in a data center.
pub(crate) fn root(path: &str) -> String {
    format!("{STORAGE_DOMAINS}/{}", last(path))
}

/// The status of a storage domain: in its data center, or unattached.
pub(crate) fn status(state: &State, domain: &str) -> Option<StorageDomainStatus> {
    state.get::<StorageDomain>(&root(domain))?.status.clone()
}

/// The status of a storage domain in the data center of its path.
pub(crate) fn status_at(state: &State, attached: &str) -> Option<StorageDomainStatus> {
    state.get::<StorageDomain>(attached)?.status.clone()
}

/// The type of a storage domain, by its path there or in a data center.
pub(crate) fn type_of(state: &State, domain: &str) -> Option<StorageDomainType> {
    state.get::<StorageDomain>(&root(domain))?.type_.clone()
}

/// Whether a storage domain consists of LUNs.
pub(crate) fn is_block(state: &State, domain: &str) -> bool {
    let storage = state.get::<StorageDomain>(domain).and_then(|domain| domain.storage.as_deref());
    matches!(storage.and_then(|storage| storage.type_.as_ref()), Some(StorageType::Iscsi | StorageType::Fcp))
}

/// The data centers to which a storage domain is attached.
pub(crate) fn data_centers(state: &State, domain: &str) -> Vec<String> {
    let id = last(domain);
    let attached = |center: &String| state.contains(&format!("{center}/{STORAGE_DOMAINS}/{id}"));
    state.paths(DATA_CENTERS).into_iter().filter(attached).collect()
}

/// The storage domains of a data center, by their paths there.
pub(crate) fn attached(state: &State, center: &str) -> Vec<String> {
    state.paths(&format!("{center}/{STORAGE_DOMAINS}"))
}

/// The active storage domains of a data center, by their paths there: those for disks, or the others.
pub(crate) fn active(state: &State, center: &str, is_data: bool) -> Vec<String> {
    let fits = |path: &String| {
        status_at(state, path) == Some(StorageDomainStatus::Active)
            && (type_of(state, path) == Some(StorageDomainType::Data)) == is_data
    };
    attached(state, center).into_iter().filter(fits).collect()
}

/// The first active storage domain for disks of a data center.
pub(crate) fn first_data(state: &State, center: &str) -> Option<String> {
    active(state, center, true).first().map(|path| root(path))
}

/// Stores the data centers of a storage domain in it, where searches find them.
pub(crate) fn store_data_centers(state: &mut State, domain: &str) {
    let centers = data_centers(state, domain);
    let centers = centers.iter().map(|center| DataCenter::with_id(last(center))).collect::<Vec<_>>();
    if let Some(domain) = state.get_mut::<StorageDomain>(&root(domain)) {
        domain.data_centers = (!centers.is_empty()).then(|| centers.into());
    }
}

/// Whether a disk is on the storage domain with an identifier.
pub(crate) fn holds(domain: &str, disk: &Disk) -> bool {
    disk.storage_domains.iter().flatten().any(|it| it.id.as_deref() == Some(domain))
}

/// A status as the engine's messages name it: `PreparingForMaintenance`.
fn status_text(status: Option<&StorageDomainStatus>) -> String {
    pascal_case(status.map_or("unknown", StorageDomainStatus::as_str))
}

/// Fails if a storage domain isn't active. `action` is an action such as "edit Virtual Disk".
pub(crate) fn check_usable(state: &State, domain: &str, action: &str) -> Result<(), Fault> {
    let Some(found) = state.get::<StorageDomain>(domain) else {
        return Err(Fault::invalid(action, "Storage Domain doesn't exist."));
    };
    match &found.status {
        Some(StorageDomainStatus::Active) => Ok(()),
        other => Err(illegal_status(action, other.as_ref())),
    }
}

/// The fault for an action that the status of a storage domain doesn't allow.
pub(crate) fn illegal_status(action: &str, status: Option<&StorageDomainStatus>) -> Fault {
    Fault::cannot(action, &format!("The relevant Storage Domain's status is {}.", status_text(status)))
}

/// Fails if disks can't be on a storage domain because of its type.
pub(crate) fn check_destination(state: &State, domain: &str, action: &str) -> Result<(), Fault> {
    let type_ = state.get::<StorageDomain>(domain).and_then(|domain| domain.type_.clone());
    match type_ {
        None | Some(StorageDomainType::Data | StorageDomainType::ManagedBlockStorage) => Ok(()),
        _ => Err(Fault::invalid(action, "Storage Domain type is illegal.")),
    }
}

/// Fails if a storage domain has less space than needed, or less than its threshold.
pub(crate) fn check_space(state: &State, domain: &str, bytes: i64, action: &str) -> Result<(), Fault> {
    let Some((available, ..)) = sizes(state, domain) else { return Ok(()) };
    let found = state.find::<StorageDomain>(domain)?;
    let threshold = found.critical_space_action_blocker.unwrap_or(0).saturating_mul(GIB);
    if available >= bytes && available >= threshold {
        return Ok(());
    }
    let name = found.name.clone().unwrap_or_default();
    Err(Fault::cannot(action, &format!("Low disk space on Storage Domain {name}.")))
}

/// Sets the size of a storage domain.
pub(crate) fn set_capacity(state: &mut State, domain: &str, capacity: i64, overhead: i64) {
    state.set_note(domain, CAPACITY, capacity);
    state.set_note(domain, OVERHEAD, overhead);
}

/// The bytes of a storage domain that are available, used, and committed to disks; `None` if its size is unknown.
pub(crate) fn sizes(state: &State, domain: &str) -> Option<(i64, i64, i64)> {
    let capacity = state.note(domain, CAPACITY)?;
    let (mut used, mut committed) = (state.note(domain, OVERHEAD).unwrap_or(0), 0_i64);
    let id = last(domain);
    let unregistered = format!("{domain}/{UNREGISTERED_DISKS}");
    let on_it = state.list::<Disk>(DISKS).chain(state.list::<Disk>(&unregistered));
    for (_, disk) in on_it.filter(|(_, disk)| holds(id, disk)) {
        used = used.saturating_add(disk.total_size.max(disk.actual_size).unwrap_or(0));
        committed = committed.saturating_add(disk.provisioned_size.unwrap_or(0));
    }
    // The engine stores sizes of domains in whole GiB.
    let used = used.saturating_add(GIB - 1) / GIB * GIB;
    Some((capacity.saturating_sub(used).max(0), used, committed))
}

/// The profile that disks on a storage domain have by default.
pub(crate) fn default_profile(state: &State, domain: &str) -> Option<DiskProfile> {
    let id = last(domain);
    let is_its = |profile: &DiskProfile| profile.storage_domain.as_ref().is_some_and(|it| it.id.as_deref() == Some(id));
    let profile = state.list::<DiskProfile>(DISK_PROFILES).find(|(_, profile)| is_its(profile));
    profile.map(|(path, _)| DiskProfile::with_id(last(&path)))
}

/// The identifier of the first storage domain for disks.
pub(crate) fn first_data_domain(state: &State) -> Option<String> {
    let is_data = |domain: &StorageDomain| domain.type_ == Some(ovirt_sdk::types::StorageDomainType::Data);
    let mut domains = state.list::<StorageDomain>(STORAGE_DOMAINS);
    domains.find(|(_, domain)| is_data(domain)).map(|(path, _)| last(&path).to_owned())
}

/// The identifier of the storage domain with the lease of a virtual machine.
pub(crate) fn with_lease(vm: &Vm) -> Option<&str> {
    vm.lease.as_ref()?.storage_domain.as_ref()?.id.as_deref()
}

/// Whether a storage domain is an export domain.
pub(crate) fn is_export(state: &State, domain: &str) -> bool {
    state.get::<StorageDomain>(domain).is_some_and(|domain| domain.type_ == Some(StorageDomainType::Export))
}
