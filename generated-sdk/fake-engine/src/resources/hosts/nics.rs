//! Network interfaces of hosts.

use std::any::Any;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::above;
use crate::resources::hosts::wiring;
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{HostNic, HostNicVirtualFunctionsConfiguration};

/// The links and actions for virtual functions.
const VIRTUAL_FUNCTIONS: [&str; 3] =
    ["updatevirtualfunctionsconfiguration", "virtualfunctionallowedlabels", "virtualfunctionallowednetworks"];

pub(super) fn register(registry: &mut Registry) {
    registry.on("host_nic", "update_virtual_functions_configuration", virtual_functions);
    registry.shows_link("host_nic", shows_link);
}

/// Only NICs that can have virtual functions show the links for them.
fn shows_link(shown: &dyn Object, segment: &str) -> bool {
    let shown: &dyn Any = shown;
    let nic = shown.downcast_ref::<HostNic>();
    nic.is_some_and(|nic| nic.virtual_functions_configuration.is_some()) || !VIRTUAL_FUNCTIONS.contains(&segment)
}

/// Changes how many virtual functions a NIC offers, and for which networks.
fn virtual_functions(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let wanted = call.object::<HostNicVirtualFunctionsConfiguration>("virtual_functions_configuration");
    let wanted = wanted.ok_or_else(|| {
        Fault::incomplete("Action", &["virtualFunctionsConfiguration"], "updateVirtualFunctionsConfiguration")
    })?;
    wiring::check_status(call.state, above(&path, 2))?;
    let nic = call.state.find_mut::<HostNic>(&path)?;
    let name = nic.name.clone().unwrap_or_default();
    let Some(functions) = nic.virtual_functions_configuration.as_deref_mut() else {
        let why = format!("The selected network interface {name} is not SR-IOV enabled.");
        return Err(Fault::invalid("edit host NIC VFs configuration", &why));
    };
    let most = functions.max_number_of_virtual_functions.unwrap_or_default();
    if let Some(number) = wanted.number_of_virtual_functions.filter(|number| !(0..=most).contains(number)) {
        let why = format!(
            "The specified number of VFs on network interface {name} is {number}, the valid range is 0 - {most}."
        );
        return Err(Fault::invalid("edit host NIC VFs configuration", &why));
    }
    functions.number_of_virtual_functions =
        wanted.number_of_virtual_functions.or(functions.number_of_virtual_functions);
    functions.all_networks_allowed = wanted.all_networks_allowed.or(functions.all_networks_allowed);
    Ok(Reply::Completed)
}
