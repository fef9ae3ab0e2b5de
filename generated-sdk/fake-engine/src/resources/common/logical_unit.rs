//! LUNs on block storage, and who uses them.

use crate::api::Fault;
use crate::path::last;
use crate::resources::paths::LOGICAL_UNITS;
use crate::state::State;
use ovirt_sdk::types::{Disk, DiskStorageType, Host, HostStorage, LogicalUnit, LunStatus, StorageDomain};

/// The portal of the iSCSI targets that there are.
pub(crate) const ADDRESS: &str = "192.168.122.50";
pub(crate) const PORT: i64 = 3260;

pub(crate) fn first_unit(storage: &HostStorage) -> Option<&LogicalUnit> {
    storage.logical_units.iter().flatten().next()
}

/// A LUN as it is known, by its identifier.
pub(crate) fn find(state: &State, id: &str) -> Option<LogicalUnit> {
    first_unit(state.get::<HostStorage>(&format!("{LOGICAL_UNITS}/{id}"))?).cloned()
}

/// Remembers who uses a LUN, or that nobody does.
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

/// The LUNs of a new or larger storage domain; those that nobody may take are refused.
pub(crate) fn take_free(state: &State, storage: &HostStorage, verb: &str) -> Result<Vec<LogicalUnit>, Fault> {
    let of_group = storage.volume_group.iter().filter_map(|group| group.logical_units.as_ref());
    let wanted = storage.logical_units.iter().chain(of_group).flatten();
    let (mut units, mut used): (Vec<LogicalUnit>, Vec<String>) = (Vec::new(), Vec::new());
    for unit in wanted {
        let Some(id) = &unit.id else { return Err(Fault::incomplete("LogicalUnit", &["id"], verb)) };
        let Some(known) = find(state, id) else {
            return Err(Fault::conflict(&format!(
                "Cannot {verb} Storage. The following LUNs are not visible by the specified host: {id}."
            )));
        };
        if known.storage_domain_id.is_some() || known.disk_id.is_some() {
            used.push(id.clone());
        }
        units.push(known);
    }
    match used.is_empty() {
        true => Ok(units),
        false => Err(Fault::conflict(&format!(
            "Cannot {verb} Storage. The following LUNs are already part of existing storage domains: {}.",
            used.join(", ")
        ))),
    }
}

/// Makes LUNs those of a storage domain.
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

/// Gives back the LUNs of a storage domain or of a disk.
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

/// The LUNs of a storage domain, as it shows them.
pub(crate) fn show_units(state: &State, domain: &mut StorageDomain) {
    let group = domain.storage.as_mut().and_then(|storage| storage.volume_group.as_mut());
    let Some(units) = group.and_then(|group| group.logical_units.as_mut()) else { return };
    for unit in units {
        if let Some(known) = unit.id.as_ref().and_then(|id| find(state, id)) {
            *unit = known;
        }
    }
}

/// How many bytes LUNs have.
pub(crate) fn total_size(units: &[LogicalUnit]) -> i64 {
    units.iter().filter_map(|unit| unit.size).fold(0, i64::saturating_add)
}

/// Checks a disk that is a LUN.
pub(crate) fn check_lun_disk(state: &State, disk: &mut Disk) -> Result<(), Fault> {
    let refused = |text: &str| Err(Fault::conflict(&format!("Cannot add Virtual Disk. {text}")));
    disk.storage_type = Some(DiskStorageType::Lun);
    let Some(storage) = &mut disk.lun_storage else {
        return Err(Fault::incomplete("Disk", &["lun_storage"], "add"));
    };
    if storage.type_.is_none() {
        return Err(Fault::incomplete("HostStorage", &["type"], "add"));
    }
    let Some(unit) = storage.logical_units.as_mut().and_then(|units| units.first_mut()) else {
        return Err(Fault::incomplete("HostStorage", &["logical_units.id"], "add"));
    };
    let Some(id) = unit.id.clone() else { return Err(Fault::incomplete("LogicalUnit", &["id"], "add")) };
    let Some(known) = find(state, &id) else {
        return refused(
            "The provided LUN is not visible by the specified host, please check storage server connectivity.",
        );
    };
    if known.disk_id.is_some() || known.storage_domain_id.is_some() {
        return refused("The provided lun is used by another disk.");
    }
    disk.provisioned_size = known.size;
    *unit = known;
    storage.id = Some(id);
    disk.sgio.get_or_insert(ovirt_sdk::types::ScsiGenericIO::Disabled);
    (disk.format, disk.sparse, disk.storage_domains) = (None, None, None);
    Ok(())
}

/// Remembers that a disk uses its LUN.
pub(crate) fn set_used_by_disk(state: &mut State, path: &str) {
    let Some(disk) = state.get::<Disk>(path) else { return };
    let storage = disk.lun_storage.as_deref();
    let Some(id) = storage.and_then(first_unit).and_then(|unit| unit.id.clone()) else { return };
    let disk_id = last(path).to_owned();
    change_unit(state, &id, |unit| unit.disk_id = Some(disk_id));
}
