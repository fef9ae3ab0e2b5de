//! LUNs on block storage, and the storage domains and disks that use them.

use crate::api::Fault;
use crate::path::last;
use crate::resources::paths::{DISKS, LOGICAL_UNITS, STORAGE_DOMAINS};
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskStorageType, Host, HostStorage, LogicalUnit, LunStatus, StorageDomain, StorageType};

const ADD: &str = "add Virtual Disk";

/// The portal of the iSCSI targets.
pub(crate) const ADDRESS: &str = "192.168.122.50";
pub(crate) const PORT: i64 = 3260;

pub(crate) fn first_unit(storage: &HostStorage) -> Option<&LogicalUnit> {
    storage.logical_units.iter().flatten().next()
}

/// The LUN with an identifier.
pub(crate) fn find(state: &State, id: &str) -> Option<LogicalUnit> {
    first_unit(state.get::<HostStorage>(&format!("{LOGICAL_UNITS}/{id}"))?).cloned()
}

/// Changes a LUN, for example its user.
pub(crate) fn change_unit(state: &mut State, id: &str, change: impl FnOnce(&mut LogicalUnit)) {
    let storage = state.get_mut::<HostStorage>(&format!("{LOGICAL_UNITS}/{id}"));
    let unit = storage.and_then(|storage| storage.logical_units.as_mut()).and_then(|units| units.first_mut());
    if let Some(unit) = unit {
        change(unit);
    }
}

pub(crate) fn as_seen_by_host(state: &State, host: &str, path: &str, report: bool) -> Option<HostStorage> {
    let mut storage = state.get::<HostStorage>(path)?.clone();
    let unit = storage.logical_units.as_mut()?.first_mut()?;
    let in_use = unit.storage_domain_id.is_some() || unit.disk_id.is_some();
    unit.status = report.then_some(if in_use { LunStatus::Used } else { LunStatus::Free });
    storage.host = Some(Box::new(Host::with_id(last(host))));
    Some(storage)
}

/// The LUNs of a new or larger storage domain. Fails if one of them is unknown or in use.
pub(crate) fn take_free(state: &State, storage: &HostStorage, verb: &str) -> Result<Vec<LogicalUnit>, Fault> {
    let of_group = storage.volume_group.iter().filter_map(|group| group.logical_units.as_ref());
    let wanted = storage.logical_units.iter().chain(of_group).flatten();
    let (mut units, mut of_domains, mut of_disks) = (Vec::new(), Vec::new(), Vec::new());
    for unit in wanted {
        let Some(id) = &unit.id else { return Err(Fault::incomplete("LogicalUnit", &["id"], "add")) };
        let Some(known) = find(state, id) else {
            return Err(Fault::conflict(&format!(
                "Cannot {verb} Storage. The following LUNs are not visible by the specified host: {id}."
            )));
        };
        if let Some(domain) = &known.storage_domain_id {
            of_domains.push(format!("{id} ({})", state.name_of(&format!("{STORAGE_DOMAINS}/{domain}"))));
        }
        if let Some(disk) = &known.disk_id {
            of_disks.push(format!("{id} ({})", state.name_of(&format!("{DISKS}/{disk}"))));
        }
        units.push(known);
    }
    let mut messages = Vec::new();
    if !of_domains.is_empty() {
        messages.push(format!(
            "Cannot {verb} Storage. The following LUNs are already part of existing storage domains: {}.",
            of_domains.join(", ")
        ));
    }
    if !of_disks.is_empty() {
        messages.push(format!(
            "Cannot {verb} Storage. The following LUNs are already used by DirectLUN disks: {}.",
            of_disks.join(", ")
        ));
    }
    if messages.is_empty() { Ok(units) } else { Err(Fault::conflict(&messages.join(", "))) }
}

/// Adds LUNs to a storage domain.
pub(crate) fn assign(state: &mut State, domain: &str, units: &[LogicalUnit]) {
    let Some(mut group) = state.get::<StorageDomain>(domain).and_then(|domain| {
        let storage = domain.storage.as_deref()?;
        Some(storage.volume_group.as_deref().cloned().unwrap_or_default())
    }) else {
        return;
    };
    let group_id = group.id.get_or_insert_with(|| {
        let id = last(domain).replace('-', "");
        let part = |from: usize, to: usize| id.get(from..to).unwrap_or_default().to_owned();
        [part(0, 6), part(6, 10), part(10, 14), part(14, 18), part(18, 22), part(22, 26), part(26, 32)].join("-")
    });
    for id in units.iter().filter_map(|unit| unit.id.as_ref()) {
        change_unit(state, id, |unit| {
            unit.storage_domain_id = Some(last(domain).to_owned());
            unit.volume_group_id = Some(group_id.clone());
        });
    }
    if let Some(storage) = state.get_mut::<StorageDomain>(domain).and_then(|domain| domain.storage.as_mut()) {
        let mut all = group.logical_units.take().unwrap_or_default().into_vec();
        all.extend(units.iter().filter_map(|unit| unit.id.clone()).map(|id| LogicalUnit::new().id(id)));
        group.logical_units = Some(all.into());
        storage.volume_group = Some(Box::new(group));
        storage.logical_units = None;
    }
}

/// Frees the LUNs of a storage domain or of a disk.
pub(crate) fn release(state: &mut State, user: &str) {
    let id = last(user);
    let uses = |unit: &LogicalUnit| [&unit.storage_domain_id, &unit.disk_id].contains(&&Some(id.to_owned()));
    let all = state.list::<HostStorage>(LOGICAL_UNITS).filter_map(|(_, storage)| first_unit(storage));
    let released: Vec<String> = all.filter(|unit| uses(unit)).filter_map(|unit| unit.id.clone()).collect();
    for unit in released {
        change_unit(state, &unit, |unit| {
            (unit.storage_domain_id, unit.disk_id, unit.volume_group_id) = (None, None, None)
        });
    }
}

/// Adds details to the LUNs of a storage domain.
pub(crate) fn show_units(state: &State, domain: &mut StorageDomain) {
    let group = domain.storage.as_mut().and_then(|storage| storage.volume_group.as_mut());
    let Some(units) = group.and_then(|group| group.logical_units.as_mut()) else { return };
    for unit in units {
        if let Some(known) = unit.id.as_ref().and_then(|id| find(state, id)) {
            *unit = known;
        }
    }
}

/// The size of LUNs in bytes.
pub(crate) fn total_size(units: &[LogicalUnit]) -> i64 {
    units.iter().filter_map(|unit| unit.size).fold(0, i64::saturating_add)
}

/// Whether a new disk is a direct LUN.
pub(crate) fn is_direct(disk: &Disk) -> bool {
    disk.lun_storage.is_some()
}

/// Checks a new disk that is a direct LUN, and completes it.
pub(crate) fn check_lun_disk(state: &State, disk: &mut Disk) -> Result<(), Fault> {
    disk.storage_type = Some(DiskStorageType::Lun);
    let Some(storage) = &mut disk.lun_storage else { return Ok(()) };
    let host = storage.host.take();
    let Some(unit) = storage.logical_units.as_mut().and_then(|units| units.first_mut()) else {
        return Err(Fault::incomplete("LogicalUnit", &[], "add"));
    };
    let Some(type_) = &storage.type_ else { return Err(Fault::incomplete("HostStorage", &["type"], "add")) };
    check_connection(unit, type_)?;
    let id = unit.id.clone().unwrap_or_default();
    match find(state, &id) {
        Some(known) if known.disk_id.is_some() || known.storage_domain_id.is_some() => {
            return Err(Fault::cannot(ADD, "The provided lun is used by another disk."));
        }
        Some(known) => *unit = known,
        // Without a host, the engine can't know which LUNs exist.
        None if host.is_none() => {}
        None => {
            let reason =
                "The provided LUN is not visible by the specified host, please check storage server connectivity.";
            return Err(Fault::invalid(ADD, reason));
        }
    }
    storage.id = Some(id);
    (disk.format, disk.sparse, disk.storage_domains) = (None, None, None);
    (disk.provisioned_size, disk.disk_profile) = (None, None);
    Ok(())
}

/// Fails if a LUN lacks what a host needs to find it.
fn check_connection(unit: &LogicalUnit, type_: &StorageType) -> Result<(), Fault> {
    if *type_ != StorageType::Iscsi {
        return if unit.id.is_some() { Ok(()) } else { Err(Fault::incomplete("LogicalUnit", &["id"], "add")) };
    }
    let fields = [
        ("address", unit.address.is_none()),
        ("target", unit.target.is_none()),
        ("port", unit.port.is_none()),
        ("id", unit.id.is_none()),
    ];
    let missing: Vec<&str> = fields.into_iter().filter_map(|(name, is_missing)| is_missing.then_some(name)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Fault::incomplete("LogicalUnit", &missing, "add")) }
}

/// Marks the LUN of a disk as used by the disk.
pub(crate) fn set_used_by_disk(state: &mut State, path: &str) {
    let Some(disk) = state.get::<Disk>(path) else { return };
    let storage = disk.lun_storage.as_deref();
    let Some(id) = storage.and_then(first_unit).and_then(|unit| unit.id.clone()) else { return };
    let disk_id = last(path).to_owned();
    change_unit(state, &id, |unit| unit.disk_id = Some(disk_id));
}
