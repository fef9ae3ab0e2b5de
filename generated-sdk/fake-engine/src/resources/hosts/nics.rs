//! Network interfaces of hosts.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::above;
use crate::resources::hosts::wiring;
use ovirt_sdk::types::{HostNic, HostNicVirtualFunctionsConfiguration};

pub(super) fn register(registry: &mut Registry) {
    registry.on("host_nic", "update_virtual_functions_configuration", virtual_functions);
}

/// Changes how many virtual functions a NIC offers, and for which networks.
fn virtual_functions(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let wanted = call.object::<HostNicVirtualFunctionsConfiguration>("virtual_functions_configuration");
    let wanted = wanted.ok_or_else(|| {
        Fault::incomplete("Action", &["virtualFunctionsConfiguration"], "updateVirtualFunctionsConfiguration")
    })?;
    wiring::refuse_status(call.state, above(&path, 2))?;
    let nic = call.state.find_mut::<HostNic>(&path)?;
    let name = nic.name.clone().unwrap_or_default();
    let Some(functions) = nic.virtual_functions_configuration.as_deref_mut() else {
        return Err(Fault::conflict(&format!(
            "Cannot edit host NIC VFs configuration. The network interface {name} does not support SR-IOV."
        )));
    };
    let most = functions.max_number_of_virtual_functions.unwrap_or_default();
    if wanted.number_of_virtual_functions.is_some_and(|number| !(0..=most).contains(&number)) {
        return Err(Fault::conflict(&format!(
            "Cannot edit host NIC VFs configuration. The number of VFs of network interface {name} must be between 0 \
             and {most}."
        )));
    }
    functions.number_of_virtual_functions =
        wanted.number_of_virtual_functions.or(functions.number_of_virtual_functions);
    functions.all_networks_allowed = wanted.all_networks_allowed.or(functions.all_networks_allowed);
    Ok(Reply::Completed)
}
