//! Removing and destroying storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::{logical_unit, storage_connection, storage_domain};
use crate::resources::data_centers::storage_domains::detach_storage_domain;
use crate::resources::paths::{DISK_PROFILES, HOSTS, REMOVED_STORAGE_DOMAINS, STORAGE_DOMAINS};
use crate::resources::storage_domains::create;
use crate::state::{Severity, State};
use ovirt_sdk::types::{Host, StorageDomain, StorageDomainStatus, StorageDomainType};

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain", "remove", remove);
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let domain = call.state.find::<StorageDomain>(&path)?;
    let (status, is_image) = (domain.status.clone(), domain.type_ == Some(StorageDomainType::Image));
    let (destroy, format) = (call.flag("destroy") == Some(true), call.flag("format") == Some(true));
    if is_image {
        return Err(Fault::conflict("Cannot remove Storage. Storage Domain type is illegal."));
    }
    let centers = storage_domain::data_centers(call.state, &path);
    if destroy {
        return destroy_domain(call, &path, &centers, status.as_ref());
    }
    let host = call.request.parameter("host").map(|host| host.to_owned()).or_else(|| {
        let host: Option<Host> = call.object("host");
        host.and_then(|host| host.id.or(host.name))
    });
    let Some(host) = host else { return Err(Fault::incomplete("StorageDomain", &["host.id|name"], "remove")) };
    let host = match call.state.contains(&format!("{HOSTS}/{host}")) {
        true => Host::with_id(host),
        false => Host::with_name(host),
    };
    if !centers.is_empty() || status.as_ref().is_some_and(|it| *it != StorageDomainStatus::Unattached) {
        return Err(storage_domain::illegal_status("remove", "Storage", status.as_ref()));
    }
    create::check_host(call.state, Some(&host))
        .map_err(|_| Fault::conflict("Cannot remove Storage. Host status is illegal."))?;
    let text = format!("Storage Domain {} was removed", call.state.name_of(&path));
    drop_domain(call.state, &path, !format);
    call.state.event(960, Severity::Normal, &text, &[]);
    Ok(Reply::Completed)
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
        return Err(storage_domain::illegal_status("destroy", "Storage", status));
    }
    let is_master = call.state.get::<StorageDomain>(path).is_some_and(|domain| domain.master == Some(true));
    let crowded = centers.iter().any(|center| call.state.paths(&format!("{center}/{STORAGE_DOMAINS}")).len() > 1);
    if is_master && crowded {
        return Err(Fault::conflict(
            "Cannot destroy the master Storage Domain from the Data Center without another active Storage Domain to \
             take its place.",
        ));
    }
    let text = format!("Storage Domain {} was destroyed", call.state.name_of(path));
    for center in centers {
        detach_storage_domain(call.state, &format!("{center}/{STORAGE_DOMAINS}/{}", last(path)));
    }
    drop_domain(call.state, path, true);
    call.state.event(981, Severity::Normal, &text, &[]);
    Ok(Reply::Completed)
}

/// Takes a storage domain away; what it holds may be left for somebody to import.
fn drop_domain(state: &mut State, path: &str, keep: bool) {
    let own = storage_connection::of_domain(state, path);
    let profiles = state.list::<ovirt_sdk::types::DiskProfile>(DISK_PROFILES);
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
            state.relocate(path, REMOVED_STORAGE_DOMAINS);
        }
        false => {
            logical_unit::release(state, path);
            state.remove(path);
        }
    }
    for connection in own {
        if storage_connection::users(state, &connection).is_empty() {
            state.remove(&connection);
        }
    }
}
