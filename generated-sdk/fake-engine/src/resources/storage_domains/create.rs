//! Adding and importing storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::bean::Violations;
use crate::resources::common::units::GIB;
use crate::resources::common::{logical_unit, names, references, storage_connection, storage_domain};
use crate::resources::paths::{DISK_PROFILES, HOSTS, REMOVED_STORAGE_DOMAINS, STORAGE_CONNECTIONS, STORAGE_DOMAINS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    DiskProfile, Host, HostStatus, HostStorage, StorageConnection, StorageDomain, StorageDomainStatus,
    StorageDomainType, StorageFormat, StorageType,
};

/// The size of a file system.
const FILE_SYSTEM_SIZE: i64 = 500 * GIB;
const ADD: &str = "add Storage";
/// The engine's limit for names.
const LONGEST_NAME: usize = 50;

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domains", "add", add);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["host.id|name", "type", "storage"])?;
    let mut domain: StorageDomain = call.body()?;
    let import = domain.import == Some(true);
    let mut storage = domain.storage.take().map(|storage| *storage).unwrap_or_default();
    let has_connection = storage.id.is_some();
    take_connection(call.state, &mut storage)?;
    if !has_connection {
        check_storage(&storage)?;
    }
    let is_block = matches!(storage.type_, Some(StorageType::Iscsi | StorageType::Fcp));
    if let Some(title) = job_title(&domain, &storage) {
        call.name_job(&title);
    }
    let place = place(&storage);
    if !is_block {
        check_connection(call.state, &place, has_connection, domain.host.as_deref())?;
    }
    if import && let Some(path) = adopt(call.state, &domain, &storage, &place)? {
        return Ok(Reply::Created(path));
    }
    if domain.name.is_none() && !is_block {
        return Err(Fault::incomplete("StorageDomain", &["name"], "add"));
    }
    check_domain(call.state, &domain, is_block)?;
    let units = if is_block { logical_unit::take_free(call.state, &storage, "add")? } else { Vec::new() };
    if is_block && units.is_empty() {
        return Err(Fault::bad("Volume Group (VGs) and Logical Volumes (LVs) are not specified."));
    }
    check_unused_name(call.state, &domain, ADD)?;
    // A removed storage domain at the same place is overwritten.
    if let Some(left) = at(call.state, REMOVED_STORAGE_DOMAINS, &place) {
        call.state.remove(&left);
    }
    storage.host = None;
    domain.id = None;
    domain.status = None;
    let path = insert_storage_domain(call.state, domain.storage(storage));
    logical_unit::assign(call.state, &path, &units);
    let capacity = if is_block { logical_unit::total_size(&units) } else { FILE_SYSTEM_SIZE };
    storage_domain::set_capacity(call.state, &path, capacity, if is_block { 4 * GIB } else { GIB });
    storage_connection::connect(call.state, &path);
    log_added(call.state, &path);
    Ok(Reply::Created(path))
}

/// The description of the job that adds a storage domain.
fn job_title(domain: &StorageDomain, storage: &HostStorage) -> Option<String> {
    let name = domain.name.as_deref().unwrap_or("<UNKNOWN>");
    if domain.import == Some(true) {
        return Some(format!("Adding File Storage Domain {name}"));
    }
    let kind = match storage.type_.as_ref()? {
        StorageType::Nfs => "NFS",
        StorageType::Posixfs => "Posix FS",
        StorageType::Glusterfs => "Gluster FS",
        StorageType::Iscsi | StorageType::Fcp => return Some(format!("Adding SAN Storage Domain {name}")),
        _ => return None,
    };
    Some(format!("Adding {kind} Storage Domain {name} to Data Center <UNKNOWN>"))
}

fn log_added(state: &mut State, path: &str) {
    let (name, user) = (state.name_of(path), references::acting_user(state));
    state.event(956, Severity::Normal, &format!("Storage Domain {name} was added by {user}"), &[path]);
}

/// Checks what the engine's command checks before it looks for the name.
fn check_domain(state: &State, domain: &StorageDomain, is_block: bool) -> Result<(), Fault> {
    check_name_characters(domain)?;
    check_percentages(domain)?;
    check_host(state, domain.host.as_deref(), ADD)?;
    let refused = |kind: &str| {
        let reason = format!("{kind} Storage Domain can only be created on the following storage types: file.");
        Err(Fault::invalid(ADD, &reason))
    };
    match &domain.type_ {
        Some(StorageDomainType::Iso) if is_block => return refused("ISO"),
        Some(StorageDomainType::Export) if is_block => return refused("Export"),
        Some(StorageDomainType::Iso | StorageDomainType::Export) if domain.backup == Some(true) => {
            return Err(Fault::invalid(ADD, "ISO and Export storage domains do not support the backup property."));
        }
        _ => {}
    }
    if let Some(format) = &domain.storage_format
        && !is_format_supported(domain, format, is_block)
    {
        let format = format.as_str().to_uppercase();
        let reason = format!("Storage format {format} is not supported on the selected host version.");
        return Err(Fault::cannot(ADD, &reason));
    }
    match domain.discard_after_delete == Some(true) && !is_block {
        true => Err(Fault::invalid(ADD, "Discard after delete is supported only by block domains.")),
        false => Ok(()),
    }
}

fn is_format_supported(domain: &StorageDomain, format: &StorageFormat, is_block: bool) -> bool {
    let is_data = domain.type_ == Some(StorageDomainType::Data);
    match format {
        StorageFormat::V1 => true,
        StorageFormat::V2 => is_data && is_block,
        _ => is_data,
    }
}

/// Fails if a storage domain can't discard what is deleted.
pub(crate) fn check_discard(state: &State, path: &str, action: &str) -> Result<(), Fault> {
    let domain = state.find::<StorageDomain>(path)?;
    if !storage_domain::is_block(state, path) {
        return Err(Fault::invalid(action, "Discard after delete is supported only by block domains."));
    }
    if domain.supports_discard == Some(true) {
        return Ok(());
    }
    let name = domain.name.as_deref().unwrap_or_default();
    let reason = format!("Discard after delete is not supported by the underlying storage of {name}.");
    Err(Fault::invalid(action, &reason))
}

pub(crate) fn check_name_characters(domain: &StorageDomain) -> Result<(), Fault> {
    let Some(name) = &domain.name else { return Ok(()) };
    if name.is_empty() || !names::is_plain(name) {
        return Err(Fault::bad(
            "Storage Domain name must be formed of 'a-z', 'A-Z', '0-9', '_' or '-' characters, Attribute: \
             privateStorageDomain.name",
        ));
    }
    match name.len() > LONGEST_NAME {
        true => Err(Fault::invalid(ADD, "The given name is too long.")),
        false => Ok(()),
    }
}

pub(crate) fn check_percentages(domain: &StorageDomain) -> Result<(), Fault> {
    let mut violations = Violations::default();
    if domain.warning_low_space_indicator.is_some_and(|percentage| !(0..=100).contains(&percentage)) {
        violations.add(
            "privateStorageDomain.warningLowSpaceIndicator",
            "Storage Domain's \"Warning Low Space Indicator\" must be an integer between 0 and 100.",
        );
    }
    if domain.critical_space_action_blocker.is_some_and(|size| size < 0) {
        violations.add(
            "privateStorageDomain.criticalSpaceActionBlocker",
            "Storage Domain's \"Critical Space Action Blocker\" must be a non-negative integer.",
        );
    }
    violations.into_result()
}

/// Fails if another storage domain has the name.
pub(crate) fn check_unused_name(state: &State, domain: &StorageDomain, action: &str) -> Result<(), Fault> {
    let taken = domain.name.as_deref().and_then(|name| state.by_name(STORAGE_DOMAINS, name));
    match taken {
        Some(_) => Err(Fault::cannot(action, "The Storage Domain name is already in use.")),
        None => Ok(()),
    }
}

/// Fails if a host doesn't exist or isn't up.
pub(crate) fn check_host(state: &State, host: Option<&Host>, action: &str) -> Result<(), Fault> {
    let path = host.and_then(|host| state.reference(HOSTS, host).ok().flatten());
    let Some(host) = path.and_then(|path| state.get::<Host>(&path)) else {
        return Err(Fault::invalid(action, "Invalid Host Id."));
    };
    match host.status {
        None | Some(HostStatus::Up) => Ok(()),
        _ => Err(Fault::cannot(action, "There is no active Host in the Data Center.")),
    }
}

/// Fails if a connection to file storage can't be used for a new storage domain. A new connection is added by a command
/// of its own.
fn check_connection(state: &State, place: &Place, has_connection: bool, host: Option<&Host>) -> Result<(), Fault> {
    let action = if has_connection { ADD } else { "add Storage Connection" };
    if let Some(other) = at(state, STORAGE_DOMAINS, place) {
        if has_connection {
            let reason = format!(
                "Storage connection parameters are used by the following storage domains : {}.",
                state.name_of(&other)
            );
            return Err(Fault::cannot(action, &reason));
        }
        let connections = storage_connection::of_domain(state, &other);
        let id = connections.first().map(|path| last(path)).unwrap_or_default();
        let reason = format!("Storage connection {id} already exists for {}.", state.name_of(&other));
        return Err(Fault::cannot(action, &reason));
    }
    let path = host.and_then(|host| state.reference(HOSTS, host).ok().flatten());
    match path.and_then(|path| state.get::<Host>(&path)).map(|host| &host.status) {
        Some(None | Some(HostStatus::Up)) => Ok(()),
        Some(_) => Err(Fault::conflict("Cannot add storage server connection when Host status is not up")),
        None => Err(Fault::invalid(action, "Invalid Host Id.")),
    }
}

/// Completes storage that the request describes by the identifier of a connection.
fn take_connection(state: &State, storage: &mut HostStorage) -> Result<(), Fault> {
    let Some(id) = storage.id.take() else { return Ok(()) };
    let path = format!("{STORAGE_CONNECTIONS}/{id}");
    let Some(connection) = state.get::<StorageConnection>(&path).cloned() else {
        let detail = format!("Can't find storage server connection for id '{id}'.");
        return Err(Fault::new(500, "Operation Failed", detail));
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

/// Fails if the description of storage is incomplete. The engine reports one field at a time.
fn check_storage(storage: &HostStorage) -> Result<(), Fault> {
    check_range("nfs_timeio", storage.nfs_timeo)?;
    check_range("nfs_retrans", storage.nfs_retrans)?;
    let Some(type_) = &storage.type_ else {
        return Err(Fault::incomplete("StorageDomain", &["storage.type"], "add"));
    };
    let is_file =
        matches!(type_, StorageType::Nfs | StorageType::Localfs | StorageType::Posixfs | StorageType::Glusterfs);
    let missing = match type_ {
        _ if is_file && storage.path.is_none() => "path",
        StorageType::Nfs if storage.address.is_none() => "address",
        StorageType::Posixfs | StorageType::Glusterfs if storage.vfs_type.is_none() => "vfs_type",
        _ => return Ok(()),
    };
    Err(Fault::incomplete("HostStorage", &[missing], "add"))
}

/// Fails if a number isn't in the range that the API allows. `attribute` is the engine's name for it.
fn check_range(attribute: &str, value: Option<i64>) -> Result<(), Fault> {
    match value.filter(|value| !(0..=65535).contains(value)) {
        Some(value) => {
            let detail = format!("The value {value} of attribute '{attribute}' is outside of range 0 to 65535.");
            Err(Fault::new(400, "Value out of range", detail))
        }
        None => Ok(()),
    }
}

/// The identity of storage: its type, its address and its path.
type Place = (Option<StorageType>, Option<String>, Option<String>);

fn place(storage: &HostStorage) -> Place {
    (storage.type_.clone(), storage.address.clone(), storage.path.clone())
}

/// The path of the storage domain of a collection with a place.
fn at(state: &State, collection: &str, wanted: &Place) -> Option<String> {
    let is_there = |domain: &StorageDomain| domain.storage.as_ref().is_some_and(|storage| place(storage) == *wanted);
    state.list::<StorageDomain>(collection).find(|(_, domain)| is_there(domain)).map(|(path, _)| path)
}

/// Imports a storage domain that was removed; returns `None` if there is none and a new one can be created.
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
            true => {
                let id = wanted.id.as_deref().unwrap_or_default();
                Err(Fault::new(404, "Operation Failed", format!("Storage Domain id {id} Does not exists")))
            }
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
        let profile = DiskProfile::new().name(name);
        state.insert(DISK_PROFILES, profile.storage_domain(StorageDomain::with_id(last(&path))));
    }
    storage_connection::connect(state, &path);
    log_added(state, &path);
    Ok(Some(path))
}

/// Stores a storage domain with defaults and, for disks, a profile; returns its path.
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
            true => StorageFormat::V5,
            false => StorageFormat::V1,
        });
    }
    domain.external_status.get_or_insert(ovirt_sdk::types::ExternalStatus::Ok);
    domain.master.get_or_insert(false);
    domain.status.get_or_insert(StorageDomainStatus::Unattached);
    (domain.data_centers, domain.data_center, domain.host, domain.import) = (None, None, None, None);
    (domain.available, domain.used, domain.committed) = (None, None, None);
    let path = state.insert(STORAGE_DOMAINS, domain);
    if is_data && storage_domain::default_profile(state, &path).is_none() {
        let profile = DiskProfile::new().name(name).storage_domain(StorageDomain::with_id(last(&path)));
        state.insert(DISK_PROFILES, profile);
    }
    path
}
