//! Fence agents of hosts.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::references::default_to;
use crate::resources::paths::FENCE_AGENTS;
use crate::state::State;
use ovirt_sdk::types::{Agent, Host};

/// The types of agents that the engine knows.
const TYPES: [&str; 19] = [
    "amt_ws",
    "apc",
    "apc_snmp",
    "bladecenter",
    "cisco_ucs",
    "drac5",
    "drac7",
    "eps",
    "hpblade",
    "ilo",
    "ilo2",
    "ilo3",
    "ilo4",
    "ilo_ssh",
    "ipmilan",
    "redfish",
    "rsa",
    "rsb",
    "wti",
];

pub(super) fn register(registry: &mut Registry) {
    registry.on("fence_agents", "add", add);
    registry.on("fence_agent", "update", update);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let agent: Agent = call.body()?;
    check(&agent, "add Fence Agent")?;
    let host = call.parent();
    Ok(Reply::Created(add_agent(call.state, &host, agent)))
}

/// Adds an agent to a host.
pub(crate) fn add_agent(state: &mut State, host: &str, mut agent: Agent) -> String {
    default_to(&mut agent.encrypt_options, false);
    default_to(&mut agent.concurrent, false);
    agent.host = Some(Box::new(Host::with_id(last(host))));
    state.insert(&format!("{host}/{FENCE_AGENTS}"), agent)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: Agent = call.body()?;
    check(&change, "edit Fence Agent")?;
    call.change(&change)
}

/// Checks the type and the port of an agent.
fn check(agent: &Agent, action: &str) -> Result<(), Fault> {
    if agent.type_.as_deref().is_some_and(|kind| !TYPES.contains(&kind)) {
        return Err(Fault::cannot(action, "Selected Power Management Agent is not supported."));
    }
    match agent.port {
        Some(port) if !(1..=65535).contains(&port) => Err(Fault::bad(
            "Cannot add/modify Power Management Agent. Power Management Agent port value must be numeric between 1 and \
             65535.",
        )),
        _ => Ok(()),
    }
}
