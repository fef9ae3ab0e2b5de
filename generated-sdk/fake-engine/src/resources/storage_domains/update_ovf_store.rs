//! Updating the OVF stores of storage domains.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::storage_domain;
use crate::state::Severity;

pub(super) fn register(registry: &mut Registry) {
    registry.on("storage_domain", "update_ovf_store", update_ovf_store);
}

fn update_ovf_store(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    storage_domain::check_usable(call.state, &path, "update OVF for", "Storage")?;
    let name = call.state.name_of(&path);
    call.job(&format!("Updating OVF stores of storage domain {name}"));
    let text = format!("The OVF stores of storage domain {name} are being updated");
    call.state.event(199, Severity::Normal, &text, &[&path]);
    Ok(Reply::Completed)
}
