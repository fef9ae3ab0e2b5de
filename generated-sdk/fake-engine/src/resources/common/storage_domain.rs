//! Facts about storage domains.

use crate::api::{Fault, capitalized};
use crate::note::Note;
use crate::path::last;
use crate::resources::common::disk;
use crate::resources::common::units::GIB;
use crate::resources::paths::{DATA_CENTERS, DISK_PROFILES, DISKS, STORAGE_DOMAINS, UNREGISTERED_DISKS};
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskProfile, StorageDomain, StorageDomainStatus, StorageDomainType, StorageType};

/// Notes of a storage domain: how many bytes it has, and how many it needs itself.
const CAPACITY: Note<i64> = Note::new("capacity");
const OVERHEAD: Note<i64> = Note::new("overhead");

/// The path of the storage domain at the root that is meant by a path of it in a data center.
pub(crate) fn root(path: &str) -> String {
    format!("{STORAGE_DOMAINS}/{}", last(path))
}

/// The state of a storage domain: in its data center, or unattached.
pub(crate) fn status(state: &State, domain: &str) -> Option<StorageDomainStatus> {
    state.get::<StorageDomain>(&root(domain))?.status.clone()
}

/// Whether a storage domain is made of LUNs.
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

/// A state as it stands in refusals: `PreparingForMaintenance`.
fn status_text(status: Option<&StorageDomainStatus>) -> String {
    status.map_or("unknown", StorageDomainStatus::as_str).split('_').map(capitalized).collect()
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
pub(crate) fn illegal_status(verb: &str, what: &str, status: Option<&StorageDomainStatus>) -> Fault {
    Fault::conflict(&format!("Cannot {verb} {what}. The relevant Storage Domain's status is {}.", status_text(status)))
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
    state.set_note(domain, CAPACITY, capacity);
    state.set_note(domain, OVERHEAD, overhead);
}

/// Bytes that are available, used and promised to disks; nothing when the size is not known.
pub(crate) fn sizes(state: &State, domain: &str) -> Option<(i64, i64, i64)> {
    let capacity = state.note(domain, CAPACITY)?;
    let (mut used, mut committed) = (state.note(domain, OVERHEAD).unwrap_or(0), 0_i64);
    let id = last(domain);
    let unregistered = format!("{domain}/{UNREGISTERED_DISKS}");
    let on_it = state.list::<Disk>(DISKS).chain(state.list::<Disk>(&unregistered));
    for (_, disk) in on_it.filter(|(_, disk)| disk::is_on(disk, id)) {
        used = used.saturating_add(disk.total_size.max(disk.actual_size).unwrap_or(0));
        committed = committed.saturating_add(disk.provisioned_size.unwrap_or(0));
    }
    // The engine knows sizes of domains in whole GiB.
    let used = used.saturating_add(GIB - 1) / GIB * GIB;
    Some((capacity.saturating_sub(used).max(0), used, committed))
}

/// The profile of a storage domain that disks get when none is asked for.
pub(crate) fn default_profile(state: &State, domain: &str) -> Option<DiskProfile> {
    let id = last(domain);
    let is_its = |profile: &DiskProfile| profile.storage_domain.as_ref().is_some_and(|it| it.id.as_deref() == Some(id));
    let profile = state.list::<DiskProfile>(DISK_PROFILES).find(|(_, profile)| is_its(profile));
    profile.map(|(path, _)| DiskProfile::with_id(last(&path)))
}

/// A storage domain for disks.
pub(crate) fn first_data_domain(state: &State) -> Option<String> {
    let is_data = |domain: &StorageDomain| domain.type_ == Some(ovirt_sdk::types::StorageDomainType::Data);
    let mut domains = state.list::<StorageDomain>(STORAGE_DOMAINS);
    domains.find(|(_, domain)| is_data(domain)).map(|(path, _)| last(&path).to_owned())
}

/// Whether a storage domain is one for exports.
pub(crate) fn is_export(state: &State, domain: &str) -> bool {
    state.get::<StorageDomain>(domain).is_some_and(|domain| domain.type_ == Some(StorageDomainType::Export))
}
