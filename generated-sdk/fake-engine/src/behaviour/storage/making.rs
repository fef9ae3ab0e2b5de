//! Storage domains: how they are made, adopted, changed and removed.

use super::{DOMAINS, GIB, attached, block, connections, domains};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::api::merge;
use crate::behaviour::Registry;
use crate::state::{Severity, State, last};
use ovirt_sdk::types::{
    Host, HostStatus, HostStorage, LogicalUnit, StorageDomain, StorageDomainStatus, StorageDomainType, StorageType,
};

/// Where the engine keeps storage domains of which it knows nothing any more, but whose content is still there.
const LEFT: &str = "storageleft";
/// What a file system has where nobody said how much.
const USUAL_SIZE: i64 = 500 * GIB;

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domains", "add", add);
    registry.on("storage_domain", "update", update);
    registry.on("storage_domain", "remove", remove);
    registry.on("host", "unregistered_storage_domains_discover", discover);
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
    if let (false, Some(other)) = (is_block, at(call.state, DOMAINS, &place)) {
        let id = connections::of(call.state, &other).first().map(|path| last(path).to_owned()).unwrap_or_default();
        let name = call.state.name_of(&other);
        return Err(Fault::conflict(&format!(
            "Cannot add Storage Connection. Storage connection {id} already exists for {name}."
        )));
    }
    if import && let Some(path) = adopt(call.state, &domain, &storage, &place)? {
        return Ok(Reply::Created(path));
    }
    let units = if is_block { block::take(call.state, &storage, "add")? } else { Vec::new() };
    if is_block && units.is_empty() {
        return Err(Fault::conflict("Cannot add Storage. At least one storage device is required."));
    }
    if domain.name.is_none() {
        domain.name = Some(last(&place.2.clone().unwrap_or_default()).to_owned());
    }
    // What was left there is overwritten.
    if let Some(left) = at(call.state, LEFT, &place) {
        call.state.remove(&left);
    }
    storage.host = None;
    domain.id = None;
    domain.status = None;
    let name = domain.name.clone().unwrap_or_default();
    let path = domains::insert(call.state, domain.storage(storage));
    block::assign(call.state, &path, &units);
    let capacity = if is_block { block::size(&units) } else { USUAL_SIZE };
    domains::set_capacity(call.state, &path, capacity, if is_block { 4 * GIB } else { GIB });
    connections::connect(call.state, &path);
    call.state.event(956, Severity::Normal, &format!("Storage Domain {name} was added"), &[&path]);
    Ok(Reply::Created(path))
}

fn check_name(call: &Call<'_>, domain: &StorageDomain, import: bool) -> Result<(), Fault> {
    let Some(name) = &domain.name else {
        return if import { Ok(()) } else { Err(Fault::incomplete("StorageDomain", &["name"], "add")) };
    };
    let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(Fault::bad("Storage Domain name must be formed of alphanumeric characters, numbers or \"-_\"."));
    }
    match call.state.by_name(DOMAINS, name) {
        Some(other) if other != call.path() => {
            Err(Fault::conflict("Cannot add Storage. The Storage Domain name is already in use."))
        }
        _ => Ok(()),
    }
}

fn check_host(state: &State, host: Option<&Host>) -> Result<(), Fault> {
    let path = host.map(|host| state.reference("hosts", host)).transpose()?.flatten();
    let host = path.and_then(|path| state.get::<Host>(&path));
    match host.map(|host| &host.status) {
        Some(None | Some(HostStatus::Up)) => Ok(()),
        _ => Err(Fault::conflict("Cannot add Storage. Host status is illegal.")),
    }
}

/// Completes storage that is told by the identifier of a connection.
fn take_connection(state: &State, storage: &mut HostStorage) -> Result<(), Fault> {
    let Some(id) = storage.id.take() else { return Ok(()) };
    let path = format!("{}/{id}", connections::CONNECTIONS);
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
    let by_id = wanted.id.as_ref().map(|id| format!("{LEFT}/{id}")).filter(|path| state.contains(path));
    let left = if is_block { by_id } else { at(state, LEFT, place) };
    let Some(left) = left else {
        return match is_block && storage.logical_units.is_none() && storage.volume_group.is_none() {
            true => Err(Fault::conflict("Cannot import Storage Domain. Storage Domain doesn't exist.")),
            false => Ok(None),
        };
    };
    let path = format!("{DOMAINS}/{}", last(&left));
    state.relocate(&left, DOMAINS);
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
        state.insert("diskprofiles", profile.storage_domain(StorageDomain::with_id(last(&path))));
    }
    connections::connect(state, &path);
    state.event(956, Severity::Normal, &format!("Storage Domain {name} was imported"), &[&path]);
    Ok(Some(path))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: StorageDomain = call.body()?;
    let path = call.path();
    call.state.find::<StorageDomain>(&path)?;
    check_name(call, &change, true)?;
    let storage = change.storage.take();
    (change.status, change.master, change.type_, change.import) = (None, None, None, None);
    (change.data_center, change.data_centers, change.host) = (None, None, None);
    (change.available, change.used, change.committed) = (None, None, None);
    if let Some(storage) = storage.filter(|_| domains::is_block(call.state, &path)) {
        extend(call, &path, &storage)?;
    }
    let object = call.state.object_mut(&path).ok_or_else(Fault::not_found)?;
    merge(object, &change);
    let text = format!("Storage Domain {} was changed", call.state.name_of(&path));
    call.state.event(958, Severity::Normal, &text, &[&path]);
    Ok(Reply::Object(path))
}

/// Adds the LUNs to a storage domain that it does not have.
fn extend(call: &mut Call<'_>, path: &str, storage: &HostStorage) -> Result<(), Fault> {
    let own = call.state.find::<StorageDomain>(path)?.storage.as_deref().and_then(|it| it.volume_group.as_deref());
    let own: Vec<String> = own
        .and_then(|group| group.logical_units.as_ref())
        .into_iter()
        .flatten()
        .filter_map(|it| it.id.clone())
        .collect();
    let is_new = |unit: &LogicalUnit| unit.id.as_ref().is_some_and(|id| !own.contains(id));
    let of_group = storage.volume_group.iter().filter_map(|group| group.logical_units.as_ref());
    let wanted = storage.logical_units.iter().chain(of_group).flatten();
    let new: Vec<LogicalUnit> = wanted.filter(|unit| is_new(unit)).cloned().collect();
    if new.is_empty() {
        return Ok(());
    }
    domains::check_usable(call.state, path, "extend", "Storage")?;
    let units = block::take(call.state, &HostStorage::new().logical_units(new), "extend")?;
    block::assign(call.state, path, &units);
    let kept = own.iter().filter_map(|id| block::known(call.state, id)).collect::<Vec<_>>();
    domains::set_capacity(call.state, path, block::size(&units).saturating_add(block::size(&kept)), 4 * GIB);
    connections::connect(call.state, path);
    let text = format!("Storage Domain {} was extended", call.state.name_of(path));
    call.state.event(972, Severity::Normal, &text, &[path]);
    Ok(())
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let domain = call.state.find::<StorageDomain>(&path)?;
    let (status, is_image) = (domain.status.clone(), domain.type_ == Some(StorageDomainType::Image));
    let (destroy, format) = (call.flag("destroy") == Some(true), call.flag("format") == Some(true));
    if is_image {
        return Err(Fault::conflict("Cannot remove Storage. Storage Domain type is illegal."));
    }
    let centers = domains::data_centers(call.state, &path);
    if destroy {
        return destroy_domain(call, &path, &centers, status.as_ref());
    }
    let host = call.asked.parameter("host").map(|host| host.to_owned()).or_else(|| {
        let host: Option<Host> = call.object("host");
        host.and_then(|host| host.id.or(host.name))
    });
    let Some(host) = host else { return Err(Fault::incomplete("StorageDomain", &["host.id|name"], "remove")) };
    let host = match call.state.contains(&format!("hosts/{host}")) {
        true => Host::with_id(host),
        false => Host::with_name(host),
    };
    if !centers.is_empty() || status.as_ref().is_some_and(|it| *it != StorageDomainStatus::Unattached) {
        return Err(domains::illegal_status("remove", "Storage", status.as_ref()));
    }
    check_host(call.state, Some(&host))
        .map_err(|_| Fault::conflict("Cannot remove Storage. Host status is illegal."))?;
    let text = format!("Storage Domain {} was removed", call.state.name_of(&path));
    drop_domain(call.state, &path, !format);
    call.state.event(960, Severity::Normal, &text, &[]);
    Ok(Reply::Done)
}

/// Forgets a storage domain in any state in which nothing uses it, and leaves its content where it is.
fn destroy_domain(
    call: &mut Call<'_>,
    path: &str,
    centers: &[String],
    status: Option<&StorageDomainStatus>,
) -> Result<Reply, Fault> {
    if matches!(
        status,
        Some(StorageDomainStatus::Active | StorageDomainStatus::Activating | StorageDomainStatus::Locked)
    ) {
        return Err(domains::illegal_status("destroy", "Storage", status));
    }
    let is_master = call.state.get::<StorageDomain>(path).is_some_and(|domain| domain.master == Some(true));
    let crowded = centers.iter().any(|center| call.state.paths(&format!("{center}/{DOMAINS}")).len() > 1);
    if is_master && crowded {
        return Err(Fault::conflict(
            "Cannot destroy the master Storage Domain from the Data Center without another active Storage Domain to \
             take its place.",
        ));
    }
    let text = format!("Storage Domain {} was destroyed", call.state.name_of(path));
    for center in centers {
        attached::leave(call.state, &format!("{center}/{DOMAINS}/{}", last(path)));
    }
    drop_domain(call.state, path, true);
    call.state.event(981, Severity::Normal, &text, &[]);
    Ok(Reply::Done)
}

/// Takes a storage domain away; what it holds may be left for somebody to import.
fn drop_domain(state: &mut State, path: &str, keep: bool) {
    let own = connections::of(state, path);
    let profiles = state.list::<ovirt_sdk::types::DiskProfile>("diskprofiles");
    let id = last(path).to_owned();
    let is_its = |profile: &ovirt_sdk::types::DiskProfile| {
        profile.storage_domain.as_ref().is_some_and(|it| it.id.as_ref() == Some(&id))
    };
    let profiles: Vec<String> = profiles.filter(|(_, profile)| is_its(profile)).map(|(path, _)| path).collect();
    for profile in profiles {
        state.remove(&profile);
    }
    match keep {
        true => {
            state.relocate(path, LEFT);
        }
        false => {
            block::release(state, path);
            state.remove(path);
        }
    }
    for connection in own {
        if connections::users(state, &connection).is_empty() {
            state.remove(&connection);
        }
    }
}

/// The storage domains of LUNs that were left and could be imported.
fn discover(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    call.state.find::<Host>(&path)?;
    let left = call.state.list::<StorageDomain>(LEFT);
    let of_blocks = |domain: &StorageDomain| {
        let type_ = domain.storage.as_ref().and_then(|storage| storage.type_.clone());
        matches!(type_, Some(StorageType::Iscsi | StorageType::Fcp))
    };
    let found: ovirt_sdk::types::List<StorageDomain> = left
        .filter(|(_, domain)| of_blocks(domain))
        .map(|(_, domain)| {
            let mut found = domain.clone();
            (found.status, found.data_centers) = (None, None);
            found
        })
        .collect();
    Ok(Reply::Out("storage_domains", Box::new(Some(found))))
}
