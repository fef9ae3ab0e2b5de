//! Updating the OVF stores of storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::{references, storage_domain};
use crate::state::Severity;

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain", "update_ovf_store", update_ovf_store);
}

fn update_ovf_store(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if storage_domain::data_centers(call.state, &path).is_empty() {
        return Err(Fault::bad("Data Center doesn't exist."));
    }
    let name = call.state.name_of(&path);
    call.job();
    let text = format!("OVF_STORE for domain {name} was updated by {}.", references::acting_user(call.state));
    call.state.event(199, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
