//! Fence agents of hosts.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::references::default_to;
use crate::resources::paths::FENCE_AGENTS;
use crate::state::State;
use ovirt_sdk::types::{Agent, Host};

pub(super) fn register(registry: &mut Registry) {
    registry.on("fence_agents", "add", add);
    registry.on("fence_agent", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["address", "order", "type", "username", "password"])?;
    let agent: Agent = call.body()?;
    let host = call.parent();
    Ok(Reply::Created(add_agent(call.state, &host, agent)))
}

pub(crate) fn add_agent(state: &mut State, host: &str, mut agent: Agent) -> String {
    default_to(&mut agent.encrypt_options, false);
    default_to(&mut agent.concurrent, false);
    agent.host = Some(Box::new(Host::with_id(last(host))));
    state.insert(&format!("{host}/{FENCE_AGENTS}"), agent)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let host = above(&path, 2);
    let enabled = call.state.get::<Host>(host).and_then(|host| host.power_management.as_ref()?.enabled);
    if enabled == Some(true) && call.state.paths(&format!("{host}/{FENCE_AGENTS}")).len() < 2 {
        return Err(Fault::conflict("Cannot Remove last Fence-Agent when Power Management is enabled for the Host."));
    }
    call.remove()
}
