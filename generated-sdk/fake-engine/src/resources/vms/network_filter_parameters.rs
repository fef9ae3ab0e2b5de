//! Parameters of the network filters of NICs.

use crate::api::{Call, Fault, Registry, Reply, UnknownObject};
use crate::path::last;
use crate::resources::common::bean::Violations;
use crate::resources::common::references;
use crate::resources::paths::NETWORK_FILTER_PARAMETERS;
use ovirt_sdk::types::{NetworkFilterParameter, Nic};

const TYPE: &str = "VM network interface filter parameter";

pub(super) fn register(registry: &mut Registry) {
    registry.on("nic_network_filter_parameters", "add", add);
    registry.on("nic_network_filter_parameter", "update", update);
    registry.on("nic_network_filter_parameter", "remove", remove);
    for (service, method) in [("nic_network_filter_parameters", "add"), ("nic_network_filter_parameter", "remove")] {
        registry.unknown_object(service, method, UnknownObject::Handled);
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["value"])?;
    if call.target.missing.is_some() {
        return Err(Fault::not_found());
    }
    let mut parameter: NetworkFilterParameter = call.body()?;
    check_values(&parameter, "add")?;
    let nic = call.parent();
    parameter.nic = Some(Box::new(Nic::with_id(last(&nic)).href(nic.clone())));
    let path = call.state.insert(&format!("{nic}/{NETWORK_FILTER_PARAMETERS}"), parameter);
    Ok(Reply::Created(path))
}

/// Fails if a name or a value has characters that libvirt doesn't allow.
fn check_values(parameter: &NetworkFilterParameter, verb: &str) -> Result<(), Fault> {
    let mut violations = Violations::default();
    for (what, text, others) in [("name", &parameter.name, "_"), ("value", &parameter.value, "_.:")] {
        let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || others.contains(letter);
        if text.as_ref().is_some_and(|text| text.is_empty() || !text.chars().all(is_allowed)) {
            let allowed = if what == "name" { "or '_' characters" } else { "'_' or '.' characters" };
            let message = format!(
                "Cannot {verb} {TYPE}. The {what} of the filter parameter is not allowed. libvirt requires that the \
                 name contains only 'a-z', 'A-Z', '0-9', {allowed}."
            );
            violations.add(format!("filterParameter.{what}"), message);
        }
    }
    violations.into_result()
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: NetworkFilterParameter = call.body()?;
    check_values(&change, "edit")?;
    call.change(&change)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let remove = format!("remove {TYPE}");
    if !call.state.contains(&references::top_level_object(&call.target.address)) {
        return Err(Fault::invalid(&remove, "VM is not found."));
    }
    if !call.state.contains(&call.path()) {
        let id = last(&call.target.address);
        let why = format!("The network filter parameter (id '{id}') is not found.");
        return Err(Fault::invalid(&remove, &why));
    }
    call.remove()
}
