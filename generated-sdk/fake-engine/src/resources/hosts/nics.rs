//! Network interfaces of hosts.

use std::any::Any;

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::hosts::wiring;
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{HostNic, HostNicVirtualFunctionsConfiguration};

/// The links and actions for virtual functions.
const VIRTUAL_FUNCTIONS: [&str; 3] =
    ["updatevirtualfunctionsconfiguration", "virtualfunctionallowedlabels", "virtualfunctionallowednetworks"];

const NOT_SUPPORTED: &str = "Attempt to configure SR-IOV properties on a NIC that does not support that.";

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
    let wanted =
        wanted.filter(|wanted| wanted.number_of_virtual_functions.is_some() || wanted.all_networks_allowed.is_some());
    let wanted = wanted.ok_or_else(|| {
        let missing = ["virtualFunctionsConfiguration.numberOfVirtualFunctions|allNetworksAllowed"];
        Fault::incomplete("Action", &missing, "updateVirtualFunctionsConfiguration")
    })?;
    let nic = call.state.get::<HostNic>(&path);
    if nic.is_none_or(|nic| nic.virtual_functions_configuration.is_none()) {
        return Err(Fault::new(405, NOT_SUPPORTED, last(&call.target.address)));
    }
    wiring::check_status(call.state, above(&path, 2))?;
    let nic = call.state.find_mut::<HostNic>(&path)?;
    let name = nic.name.clone().unwrap_or_default();
    let functions = nic.virtual_functions_configuration.get_or_insert_default();
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
