//! Profiles that requests choose for disks.

use crate::api::Fault;
use crate::path::last;
use crate::resources::paths::DISK_PROFILES;
use crate::state::State;
use ovirt_sdk::types::DiskProfile;

/// Fails if a chosen profile isn't one of a storage domain.
pub(crate) fn check(state: &State, chosen: Option<&DiskProfile>, domain: &str, action: &str) -> Result<(), Fault> {
    let Some(id) = chosen.and_then(|profile| profile.id.as_deref()) else { return Ok(()) };
    let Some(profile) = state.get::<DiskProfile>(&format!("{DISK_PROFILES}/{id}")) else {
        return Err(Fault::invalid(action, "Disk Profile wasn't found."));
    };
    let of_domain = profile.storage_domain.as_ref().and_then(|it| it.id.as_deref()) == Some(last(domain));
    if of_domain {
        return Ok(());
    }
    let (name, domain) = (profile.name.as_deref().unwrap_or_default(), state.name_of(domain));
    let reason = format!("Disk Profile {name} with id {id} is not assigned to Storage Domain {domain}.");
    Err(Fault::invalid(action, &reason))
}
