//! Storage by blocks: the LUNs that the hosts see, and the targets that offer them.

use super::{DOMAINS, GIB};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{State, last};
use ovirt_sdk::types::{
    Disk, DiskStorageType, Host, HostStatus, HostStorage, IscsiDetails, LogicalUnit, LunStatus, StorageDomain,
    StorageType,
};

/// Where the engine keeps what hosts see: hidden from clients, an object for each LUN.
const UNITS: &str = "logicalunits";
/// The portal of the iSCSI targets that there are.
const ADDRESS: &str = "192.168.122.50";
const PORT: i64 = 3260;

pub(super) fn register(registry: &mut Registry) {
    registry.on("host_storage", "list", list);
    registry.on("storage", "get", get);
    registry.compute("host_storage", |state, host| {
        let all = state.paths(UNITS);
        let seen = all.iter().filter_map(|path| seen(state, host, path, true));
        seen.map(|storage| Box::new(storage) as Box<dyn ovirt_sdk::object::Object>).collect()
    });
    registry.on("host", "iscsi_discover", discover_names);
    registry.on("host", "discover_iscsi", discover);
    registry.on("host", "iscsi_login", log_in);
    registry.on("storage_domain", "refresh_luns", refresh);
    registry.on("storage_domain", "reduce_luns", reduce);
}

/// Puts LUNs into an inventory: two of iSCSI targets for each of Fibre Channel.
pub(crate) fn fill(state: &mut State) {
    for number in 1..=6_i64 {
        let iscsi = number <= 4;
        let tail = state.random_below(u64::MAX);
        let unit = LogicalUnit::new()
            .id(format!("36001405{:024x}", u128::from(tail) << 16 | u128::from(number.unsigned_abs())))
            .lun_mapping(number)
            .size((10 * number).saturating_mul(GIB))
            .vendor_id(if iscsi { "LIO-ORG" } else { "NETAPP" })
            .product_id(if iscsi { format!("lun{number}") } else { "LUN C-Mode".to_owned() })
            .serial(format!("SLIO-ORG_lun{number}_{tail:016x}"))
            .paths(1)
            .active_paths(1)
            .discard_max_size(1 << 23)
            .discard_zeroes_data(false);
        let unit = match iscsi {
            true => unit.address(ADDRESS).port(PORT).portal(format!("{ADDRESS}:{PORT},1")).target(target(number)),
            false => unit,
        };
        let type_ = if iscsi { StorageType::Iscsi } else { StorageType::Fcp };
        let id = unit.id.clone().unwrap_or_default();
        state.insert(UNITS, HostStorage::with_id(id).type_(type_).logical_units(vec![unit]));
    }
}

fn target(number: i64) -> String {
    format!("iqn.2003-01.org.linux-iscsi.storage1.x8664:sn.target{}", (number + 1) / 2)
}

fn unit_of(storage: &HostStorage) -> Option<&LogicalUnit> {
    storage.logical_units.iter().flatten().next()
}

/// A LUN as it is known, by its identifier.
pub(super) fn known(state: &State, id: &str) -> Option<LogicalUnit> {
    unit_of(state.get::<HostStorage>(&format!("{UNITS}/{id}"))?).cloned()
}

/// Remembers who uses a LUN, or that nobody does.
fn mark(state: &mut State, id: &str, change: impl FnOnce(&mut LogicalUnit)) {
    let storage = state.get_mut::<HostStorage>(&format!("{UNITS}/{id}"));
    let unit = storage.and_then(|storage| storage.logical_units.as_mut()).and_then(|units| units.first_mut());
    if let Some(unit) = unit {
        change(unit);
    }
}

/// What a host sees; told who uses it, and whether it is free when that is asked for.
fn list(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let host = call.parent();
    check_up(call.state, &host, "get device list of")?;
    let status = call.asked.flag("report_status").unwrap_or(true);
    let found: Vec<String> = call.state.paths(UNITS);
    let shown = found.iter().filter_map(|path| seen(call.state, &host, path, status));
    Ok(Reply::Values(shown.map(|storage| Box::new(storage) as Box<dyn ovirt_sdk::object::Object>).collect()))
}

fn get(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let (host, path) = (call.parent(), format!("{UNITS}/{}", call.id()));
    let status = call.asked.flag("report_status").unwrap_or(true);
    seen(call.state, &host, &path, status).map(|it| Reply::Value(Box::new(it))).ok_or_else(Fault::not_found)
}

fn seen(state: &State, host: &str, path: &str, report: bool) -> Option<HostStorage> {
    let mut storage = state.get::<HostStorage>(path)?.clone();
    let unit = storage.logical_units.as_mut()?.first_mut()?;
    let in_use = unit.storage_domain_id.is_some() || unit.disk_id.is_some();
    unit.status = report.then_some(if in_use { LunStatus::Used } else { LunStatus::Free });
    storage.host = Some(Box::new(Host::with_id(last(host))));
    Some(storage)
}

fn check_up(state: &State, host: &str, verb: &str) -> Result<(), Fault> {
    match state.find::<Host>(host)?.status {
        None | Some(HostStatus::Up) => Ok(()),
        _ => Err(Fault::conflict(&format!("Cannot {verb} Host. Host status is illegal."))),
    }
}

/// The targets that a portal offers.
fn targets(call: &Call<'_>) -> Result<Vec<LogicalUnit>, Fault> {
    let iscsi: Option<IscsiDetails> = call.object("iscsi");
    let address = iscsi.and_then(|iscsi| iscsi.address);
    let Some(address) = address else { return Err(Fault::incomplete("Action", &["iscsi.address"], call.method.name)) };
    check_up(call.state, &call.path(), "discover targets of")?;
    let mut found: Vec<LogicalUnit> = Vec::new();
    for (_, storage) in call.state.list::<HostStorage>(UNITS) {
        let Some(unit) = unit_of(storage).filter(|unit| unit.target.is_some()) else { continue };
        if !found.iter().any(|other| other.target == unit.target) {
            found.push(unit.clone());
        }
    }
    if address != ADDRESS && address.parse::<std::net::Ipv4Addr>().is_ok_and(|it| it.octets().first() == Some(&0)) {
        found.clear();
    }
    Ok(found)
}

fn discover_names(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let names: Vec<String> = targets(call)?.into_iter().filter_map(|unit| unit.target).collect();
    Ok(Reply::Out("iscsi_targets", Box::new(Some(names))))
}

fn discover(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let found = targets(call)?.into_iter().map(|unit| {
        let mut details = IscsiDetails::new();
        (details.address, details.port, details.portal) = (unit.address, unit.port, unit.portal);
        details.target = unit.target;
        details
    });
    let found: ovirt_sdk::types::List<IscsiDetails> = found.collect();
    Ok(Reply::Out("discovered_targets", Box::new(Some(found))))
}

fn log_in(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let iscsi: IscsiDetails = call.object("iscsi").unwrap_or_default();
    let missing = [("iscsi.address", iscsi.address.is_none()), ("iscsi.target", iscsi.target.is_none())];
    let missing: Vec<&str> = missing.into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
    if !missing.is_empty() {
        return Err(Fault::incomplete("Action", &missing, "iscsiLogin"));
    }
    check_up(call.state, &call.path(), "login to target of")?;
    let mut units = call.state.list::<HostStorage>(UNITS).filter_map(|(_, storage)| unit_of(storage));
    match units.any(|unit| unit.target == iscsi.target) {
        true => Ok(Reply::Done),
        false => Err(Fault::conflict("Failed to log in to the iSCSI target: the target was not found")),
    }
}

/// The LUNs of a new or larger storage domain; those that nobody may take are refused.
pub(super) fn take(state: &State, storage: &HostStorage, verb: &str) -> Result<Vec<LogicalUnit>, Fault> {
    let of_group = storage.volume_group.iter().filter_map(|group| group.logical_units.as_ref());
    let wanted = storage.logical_units.iter().chain(of_group).flatten();
    let (mut units, mut used): (Vec<LogicalUnit>, Vec<String>) = (Vec::new(), Vec::new());
    for unit in wanted {
        let Some(id) = &unit.id else { return Err(Fault::incomplete("LogicalUnit", &["id"], verb)) };
        let Some(known) = known(state, id) else {
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
pub(super) fn assign(state: &mut State, domain: &str, units: &[LogicalUnit]) {
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
        mark(state, id, |unit| {
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
pub(super) fn release(state: &mut State, user: &str) {
    let id = last(user);
    let uses = |unit: &LogicalUnit| [&unit.storage_domain_id, &unit.disk_id].contains(&&Some(id.to_owned()));
    let all = state.list::<HostStorage>(UNITS).filter_map(|(_, storage)| unit_of(storage));
    let released: Vec<String> = all.filter(|unit| uses(unit)).filter_map(|unit| unit.id.clone()).collect();
    for unit in released {
        mark(state, &unit, |unit| (unit.storage_domain_id, unit.disk_id, unit.volume_group_id) = (None, None, None));
    }
}

/// The LUNs of a storage domain, as it shows them.
pub(super) fn show_units(state: &State, domain: &mut StorageDomain) {
    let group = domain.storage.as_mut().and_then(|storage| storage.volume_group.as_mut());
    let Some(units) = group.and_then(|group| group.logical_units.as_mut()) else { return };
    for unit in units {
        if let Some(known) = unit.id.as_ref().and_then(|id| known(state, id)) {
            *unit = known;
        }
    }
}

/// How many bytes LUNs have.
pub(super) fn size(units: &[LogicalUnit]) -> i64 {
    units.iter().filter_map(|unit| unit.size).fold(0, i64::saturating_add)
}

/// Checks a disk that is a LUN.
pub(super) fn check_disk(state: &State, disk: &mut Disk) -> Result<(), Fault> {
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
    let Some(known) = known(state, &id) else {
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
pub(super) fn used_by(state: &mut State, path: &str) {
    let Some(disk) = state.get::<Disk>(path) else { return };
    let storage = disk.lun_storage.as_deref();
    let Some(id) = storage.and_then(unit_of).and_then(|unit| unit.id.clone()) else { return };
    let disk_id = last(path).to_owned();
    mark(state, &id, |unit| unit.disk_id = Some(disk_id));
}

/// The engine looks again how large LUNs are; these never change by themselves.
fn refresh(call: &mut Call<'_>) -> Result<Reply, Fault> {
    check_block(call, "refresh")?;
    Ok(Reply::Done)
}

fn check_block(call: &Call<'_>, verb: &str) -> Result<(), Fault> {
    let path = call.path();
    call.state.find::<StorageDomain>(&path)?;
    match super::domains::is_block(call.state, &path) {
        true => Ok(()),
        false => Err(Fault::conflict(&format!("Cannot {verb} LUNs. Storage Domain type is illegal."))),
    }
}

/// Takes LUNs out of a storage domain.
fn reduce(call: &mut Call<'_>) -> Result<Reply, Fault> {
    check_block(call, "reduce")?;
    let path = call.path();
    let units: ovirt_sdk::types::List<LogicalUnit> = call.parameter("logical_units").unwrap_or_default();
    let wanted: Vec<String> = units.iter().filter_map(|unit| unit.id.clone()).collect();
    let storage = call.state.find_mut::<StorageDomain>(&path)?.storage.as_mut();
    let group = storage.and_then(|storage| storage.volume_group.as_mut());
    let Some(own) = group.and_then(|group| group.logical_units.as_mut()) else { return Err(Fault::not_found()) };
    let left = own.iter().filter(|unit| unit.id.as_ref().is_none_or(|id| !wanted.contains(id))).count();
    if left == 0 {
        return Err(Fault::conflict("Cannot reduce Storage. A Block Storage Domain cannot remain without any LUNs."));
    }
    own.retain(|unit| unit.id.as_ref().is_none_or(|id| !wanted.contains(id)));
    let ids: Vec<String> = own.iter().filter_map(|unit| unit.id.clone()).collect();
    for id in &wanted {
        mark(call.state, id, |unit| (unit.storage_domain_id, unit.volume_group_id) = (None, None));
    }
    let kept: Vec<LogicalUnit> = ids.iter().filter_map(|id| known(call.state, id)).collect();
    super::domains::set_capacity(call.state, &format!("{DOMAINS}/{}", last(&path)), size(&kept), GIB);
    Ok(Reply::Done)
}
