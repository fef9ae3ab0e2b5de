//! Adding and importing storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::units::GIB;
use crate::resources::common::{logical_unit, storage_connection, storage_domain};
use crate::resources::paths::{DISK_PROFILES, HOSTS, REMOVED_STORAGE_DOMAINS, STORAGE_CONNECTIONS, STORAGE_DOMAINS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    DiskProfile, Host, HostStatus, HostStorage, StorageDomain, StorageDomainStatus, StorageDomainType, StorageType,
};

/// What a file system has where nobody said how much.
const USUAL_SIZE: i64 = 500 * GIB;

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domains", "add", add);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["host.id|name", "type", "storage"])?;
    let mut domain: StorageDomain = call.body()?;
    let import = domain.import == Some(true);
    check_name(call, &domain, import)?;
    check_host(call.state, domain.host.as_deref())?;
    let mut storage = domain.storage.take().map(|storage| *storage).unwrap_or_default();
    take_connection(call.state, &mut storage)?;
    let missing = missing(&storage, import);
    if !missing.is_empty() {
        return Err(Fault::incomplete("StorageDomain", &missing, "add"));
    }
    if storage.type_ == Some(StorageType::Nfs) {
        storage.nfs_version.get_or_insert(ovirt_sdk::types::NfsVersion::Auto);
    }
    let is_block = matches!(storage.type_, Some(StorageType::Iscsi | StorageType::Fcp));
    if domain.type_ == Some(StorageDomainType::Iso) && is_block {
        return Err(Fault::conflict("Cannot add Storage. Storage Domain type is illegal."));
    }
    let place = place(&storage);
    if let (false, Some(other)) = (is_block, at(call.state, STORAGE_DOMAINS, &place)) {
        let id = storage_connection::of_domain(call.state, &other)
            .first()
            .map(|path| last(path).to_owned())
            .unwrap_or_default();
        let name = call.state.name_of(&other);
        return Err(Fault::conflict(&format!(
            "Cannot add Storage Connection. Storage connection {id} already exists for {name}."
        )));
    }
    if import && let Some(path) = adopt(call.state, &domain, &storage, &place)? {
        return Ok(Reply::Created(path));
    }
    let units = if is_block { logical_unit::take_free(call.state, &storage, "add")? } else { Vec::new() };
    if is_block && units.is_empty() {
        return Err(Fault::conflict("Cannot add Storage. At least one storage device is required."));
    }
    if domain.name.is_none() {
        domain.name = Some(last(&place.2.clone().unwrap_or_default()).to_owned());
    }
    // What was left there is overwritten.
    if let Some(left) = at(call.state, REMOVED_STORAGE_DOMAINS, &place) {
        call.state.remove(&left);
    }
    storage.host = None;
    domain.id = None;
    domain.status = None;
    let name = domain.name.clone().unwrap_or_default();
    let path = insert_storage_domain(call.state, domain.storage(storage));
    logical_unit::assign(call.state, &path, &units);
    let capacity = if is_block { logical_unit::total_size(&units) } else { USUAL_SIZE };
    storage_domain::set_capacity(call.state, &path, capacity, if is_block { 4 * GIB } else { GIB });
    storage_connection::connect(call.state, &path);
    call.state.event(956, Severity::Normal, &format!("Storage Domain {name} was added"), &[&path]);
    Ok(Reply::Created(path))
}

pub(crate) fn check_name(call: &Call<'_>, domain: &StorageDomain, import: bool) -> Result<(), Fault> {
    let Some(name) = &domain.name else {
        return if import { Ok(()) } else { Err(Fault::incomplete("StorageDomain", &["name"], "add")) };
    };
    let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(Fault::bad("Storage Domain name must be formed of alphanumeric characters, numbers or \"-_\"."));
    }
    match call.state.by_name(STORAGE_DOMAINS, name) {
        Some(other) if other != call.path() => {
            Err(Fault::conflict("Cannot add Storage. The Storage Domain name is already in use."))
        }
        _ => Ok(()),
    }
}

pub(crate) fn check_host(state: &State, host: Option<&Host>) -> Result<(), Fault> {
    let path = host.map(|host| state.reference(HOSTS, host)).transpose()?.flatten();
    let host = path.and_then(|path| state.get::<Host>(&path));
    match host.map(|host| &host.status) {
        Some(None | Some(HostStatus::Up)) => Ok(()),
        _ => Err(Fault::conflict("Cannot add Storage. Host status is illegal.")),
    }
}

/// Completes storage that is told by the identifier of a connection.
fn take_connection(state: &State, storage: &mut HostStorage) -> Result<(), Fault> {
    let Some(id) = storage.id.take() else { return Ok(()) };
    let path = format!("{STORAGE_CONNECTIONS}/{id}");
    let Some(connection) = state.get::<ovirt_sdk::types::StorageConnection>(&path).cloned() else {
        return Err(Fault::conflict("Cannot add Storage. Storage connection doesn't exist."));
    };
    storage.type_ = connection.type_.or(storage.type_.take());
    storage.address = connection.address.or(storage.address.take());
    storage.path = connection.path.or(storage.path.take());
    storage.vfs_type = connection.vfs_type;
    storage.mount_options = connection.mount_options;
    storage.nfs_version = connection.nfs_version;
    (storage.nfs_retrans, storage.nfs_timeo) = (connection.nfs_retrans, connection.nfs_timeo);
    Ok(())
}

fn missing(storage: &HostStorage, import: bool) -> Vec<&'static str> {
    let needed: &[(&'static str, bool)] = &match &storage.type_ {
        None => vec![("storage.type", true)],
        Some(StorageType::Nfs) => {
            vec![("storage.address", storage.address.is_none()), ("storage.path", storage.path.is_none())]
        }
        Some(StorageType::Localfs | StorageType::Glusterfs) => vec![("storage.path", storage.path.is_none())],
        Some(StorageType::Posixfs) => {
            vec![("storage.path", storage.path.is_none()), ("storage.vfs_type", storage.vfs_type.is_none())]
        }
        Some(StorageType::Iscsi | StorageType::Fcp) => {
            let none = storage.logical_units.is_none() && storage.volume_group.is_none();
            vec![("storage.logical_units", none && !import)]
        }
        _ => Vec::new(),
    };
    needed.iter().filter_map(|(name, is_missing)| is_missing.then_some(*name)).collect()
}

/// What tells storage from other storage.
type Place = (Option<StorageType>, Option<String>, Option<String>);

fn place(storage: &HostStorage) -> Place {
    (storage.type_.clone(), storage.address.clone(), storage.path.clone())
}

/// The storage domain of a collection that is at a place.
fn at(state: &State, collection: &str, wanted: &Place) -> Option<String> {
    let is_there = |domain: &StorageDomain| domain.storage.as_ref().is_some_and(|storage| place(storage) == *wanted);
    state.list::<StorageDomain>(collection).find(|(_, domain)| is_there(domain)).map(|(path, _)| path)
}

/// Takes over a storage domain that the engine once had; nothing when there is none, so that one is made.
fn adopt(
    state: &mut State,
    wanted: &StorageDomain,
    storage: &HostStorage,
    place: &Place,
) -> Result<Option<String>, Fault> {
    let is_block = matches!(storage.type_, Some(StorageType::Iscsi | StorageType::Fcp));
    let by_id =
        wanted.id.as_ref().map(|id| format!("{REMOVED_STORAGE_DOMAINS}/{id}")).filter(|path| state.contains(path));
    let left = if is_block { by_id } else { at(state, REMOVED_STORAGE_DOMAINS, place) };
    let Some(left) = left else {
        return match is_block && storage.logical_units.is_none() && storage.volume_group.is_none() {
            true => Err(Fault::conflict("Cannot import Storage Domain. Storage Domain doesn't exist.")),
            false => Ok(None),
        };
    };
    let path = format!("{STORAGE_DOMAINS}/{}", last(&left));
    state.relocate(&left, STORAGE_DOMAINS);
    if let Some(domain) = state.get_mut::<StorageDomain>(&path) {
        domain.name = wanted.name.clone().or_else(|| domain.name.take());
        domain.description = wanted.description.clone().or_else(|| domain.description.take());
        domain.status = Some(StorageDomainStatus::Unattached);
        domain.master = Some(false);
    }
    let known = state.get::<StorageDomain>(&path).cloned();
    let name = state.name_of(&path);
    if known.is_some_and(|domain| domain.type_ == Some(StorageDomainType::Data)) {
        let profile = ovirt_sdk::types::DiskProfile::new().name(name.clone()).description("");
        state.insert(DISK_PROFILES, profile.storage_domain(StorageDomain::with_id(last(&path))));
    }
    storage_connection::connect(state, &path);
    state.event(956, Severity::Normal, &format!("Storage Domain {name} was imported"), &[&path]);
    Ok(Some(path))
}

/// Puts a storage domain into the engine with what every one has: defaults, and a profile for disks. Gives its path.
pub(crate) fn insert_storage_domain(state: &mut State, mut domain: StorageDomain) -> String {
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
    let path = state.insert(STORAGE_DOMAINS, domain);
    if is_data && storage_domain::default_profile(state, &path).is_none() {
        let profile = DiskProfile::new().name(name).description("").storage_domain(StorageDomain::with_id(last(&path)));
        state.insert(DISK_PROFILES, profile);
    }
    path
}
