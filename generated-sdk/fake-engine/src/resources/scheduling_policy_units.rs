//! Units that scheduling policies are made of.

use crate::api::{Call, Fault, Registry, Reply};
use ovirt_sdk::types::SchedulingPolicyUnit;

pub(super) fn register(registry: &mut Registry) {
    registry.on("scheduling_policy_unit", "remove", remove);
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    if call.state.find::<SchedulingPolicyUnit>(&path)?.internal == Some(true) {
        return Err(Fault::conflict("Cannot remove Policy Unit. Internal policy units cannot be removed."));
    }
    call.remove()
}
