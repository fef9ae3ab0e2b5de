//! Units that scheduling policies are made of.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{join, last};
use crate::resources::paths::{BALANCES, FILTERS, SCHEDULING_POLICIES, WEIGHTS};
use crate::state::State;

pub(super) fn register(registry: &mut Registry) {
    registry.on("scheduling_policy_unit", "remove", remove);
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let users = policies_with(call.state, last(&call.path()));
    if !users.is_empty() {
        let names: Vec<String> = users.iter().map(|policy| call.state.name_of(policy)).collect();
        let why = format!("Policy unit is attached to the following cluster policies: {}.", names.join(","));
        return Err(Fault::cannot("remove Policy Unit", &why));
    }
    call.remove()
}

/// The scheduling policies that use a unit.
fn policies_with(state: &State, unit: &str) -> Vec<String> {
    let uses = |policy: &String| {
        [FILTERS, WEIGHTS, BALANCES].iter().any(|units| state.contains(&join(&join(policy, units), unit)))
    };
    state.paths(SCHEDULING_POLICIES).into_iter().filter(uses).collect()
}
