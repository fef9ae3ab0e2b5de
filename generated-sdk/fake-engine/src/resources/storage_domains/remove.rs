//! Removing and destroying storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{is_uuid, last};
use crate::resources::common::{logical_unit, references, storage_connection, storage_domain};
use crate::resources::data_centers::storage_domains::detach_storage_domain;
use crate::resources::paths::{DISK_PROFILES, HOSTS, REMOVED_STORAGE_DOMAINS, STORAGE_DOMAINS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{DiskProfile, Host, HostStatus, StorageDomain, StorageDomainStatus, StorageDomainType};

const REMOVE: &str = "remove Storage";
const EXTERNAL: &str = "Cannot manage Storage Domain. The domain is defined externally (such as through a provider).";

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain", "remove", remove);
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    call.state.find::<StorageDomain>(&path)?;
    if call.flag("destroy") == Some(true) {
        return destroy(call, &path);
    }
    let Some(host) = call.request.parameter("host").map(str::to_owned) else {
        return Err(Fault::reason(400, "host parameter is missing"));
    };
    let keep = call.flag("format") != Some(true);
    check_removable(call.state, &path, &host, keep)?;
    let (name, user) = (call.state.name_of(&path), references::acting_user(call.state));
    call.job();
    delete(call.state, &path, keep);
    call.state.event(960, Severity::Normal, &format!("Storage Domain {name} was removed by {user}"), &[]);
    Ok(Reply::Completed)
}

fn check_removable(state: &State, path: &str, host: &str, keep: bool) -> Result<(), Fault> {
    let host = match is_uuid(host) {
        true => format!("{HOSTS}/{host}"),
        false => state.by_name(HOSTS, host).ok_or_else(|| references::entity_not_found(host))?,
    };
    let Some(found) = state.get::<Host>(&host) else {
        return Err(Fault::bad("Can not Remove Storage Domain - the underlying Host ID is invalid."));
    };
    if !matches!(found.status, None | Some(HostStatus::Up)) {
        let reason = format!("Host {} is not up.", found.name.as_deref().unwrap_or_default());
        return Err(Fault::cannot(REMOVE, &reason));
    }
    if !storage_domain::data_centers(state, path).is_empty() {
        let reason = "The relevant Storage Domain is inaccessible.\n-Please handle Storage Domain issues and retry the \
                      operation.";
        return Err(Fault::cannot(REMOVE, reason));
    }
    let domain = state.find::<StorageDomain>(path)?;
    match domain.type_ == Some(StorageDomainType::Image) && keep {
        true => Err(Fault::bad(EXTERNAL)),
        false => Ok(()),
    }
}

/// Forgets a storage domain that isn't active. Its content stays where it is.
fn destroy(call: &mut Call<'_>, path: &str) -> Result<Reply, Fault> {
    let domain = call.state.find::<StorageDomain>(path)?;
    let (status, is_master) = (domain.status.clone(), domain.master == Some(true));
    let is_external = domain.type_ == Some(StorageDomainType::Image);
    if status == Some(StorageDomainStatus::Active) {
        return Err(storage_domain::illegal_status("destroy Storage", status.as_ref()));
    }
    let centers = storage_domain::data_centers(call.state, path);
    let is_alone = |center: &String| storage_domain::attached(call.state, center).len() < 2;
    if is_master && !centers.iter().all(is_alone) {
        return Err(Fault::conflict(
            "Cannot destroy the master Storage Domain from the Data Center without another active Storage Domain to \
             take its place.\n-Either activate another Storage Domain in the Data Center, or remove the Data \
             Center.\n-If you have problems with the master Data Domain, consider following the recovery process \
             described in the documentation, or contact your system administrator.",
        ));
    }
    if is_external {
        return Err(Fault::bad(EXTERNAL));
    }
    let (name, user) = (call.state.name_of(path), references::acting_user(call.state));
    for center in centers {
        detach_storage_domain(call.state, &format!("{center}/{STORAGE_DOMAINS}/{}", last(path)));
    }
    delete(call.state, path, true);
    call.state.event(981, Severity::Normal, &format!("Storage Domain {name} was forcibly removed by {user}"), &[]);
    Ok(Reply::Completed)
}

/// Deletes a storage domain with its profiles and connections. If it is kept, it can be imported again.
fn delete(state: &mut State, path: &str, keep: bool) {
    let connections = storage_connection::of_domain(state, path);
    let is_its = |profile: &DiskProfile| references::refers_to(&profile.storage_domain, path);
    for profile in references::paths_where(state, DISK_PROFILES, is_its) {
        state.remove(&profile);
    }
    match keep {
        true => {
            state.relocate(path, REMOVED_STORAGE_DOMAINS);
        }
        false => {
            logical_unit::release(state, path);
            state.remove(path);
        }
    }
    for connection in connections {
        if storage_connection::users(state, &connection).is_empty() {
            state.remove(&connection);
        }
    }
}
