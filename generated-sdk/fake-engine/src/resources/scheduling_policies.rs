//! Scheduling policies, and their filters, weights and balances.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::above;
use crate::resources::common::references::{self, default_to, paths_where};
use crate::resources::paths::{CLUSTERS, SCHEDULING_POLICY_UNITS};
use crate::state::State;
use ovirt_sdk::types::{Balance, Cluster, Filter, PolicyUnitType, SchedulingPolicy, SchedulingPolicyUnit, Weight};

pub(super) fn register(registry: &mut Registry) {
    registry.on("scheduling_policies", "add", add);
    registry.on("scheduling_policy", "update", update);
    registry.on("scheduling_policy", "remove", remove);
    registry.on("filters", "add", add_filter);
    registry.on("weights", "add", add_weight);
    registry.on("balances", "add", add_balance);
    for service in ["filter", "weight", "balance"] {
        registry.on(service, "remove", remove_part);
    }
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut policy: SchedulingPolicy = call.body()?;
    policy.locked = Some(false);
    policy.default_policy = Some(false);
    default_to(&mut policy.description, String::new());
    call.add(Box::new(policy))
}

/// The policies of the engine itself stay as they are.
fn refuse_locked(state: &State, policy: &str, action: &str) -> Result<(), Fault> {
    match state.find::<SchedulingPolicy>(policy)?.locked {
        Some(true) => Err(Fault::conflict(&format!(
            "Cannot {action} Scheduling Policy. Scheduling Policy is locked, and cannot be editable."
        ))),
        _ => Ok(()),
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    refuse_locked(call.state, &call.path(), "edit")?;
    let mut change: SchedulingPolicy = call.body()?;
    change.locked = None;
    change.default_policy = None;
    call.update(&change)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    refuse_locked(call.state, &path, "remove")?;
    let users =
        paths_where(call.state, CLUSTERS, |cluster: &Cluster| references::refers_to(&cluster.scheduling_policy, &path));
    if !users.is_empty() {
        return Err(Fault::conflict(&format!(
            "Cannot remove Scheduling Policy. Scheduling Policy is attached to cluster(s): {}, please unassign \
             cluster(s).",
            call.state.names_of(&users)
        )));
    }
    call.remove()
}

/// The identifier of a unit that becomes part of a policy; it has to be of that type.
fn unit(call: &Call<'_>, unit: Option<&SchedulingPolicyUnit>, kind: &PolicyUnitType) -> Result<String, Fault> {
    let policy = call.parent();
    refuse_locked(call.state, &policy, "edit")?;
    let id = unit.and_then(|unit| unit.id.clone()).unwrap_or_default();
    let refuse = |reason: &str| Fault::conflict(&format!("Cannot edit Scheduling Policy. {reason}"));
    let Some(found) = call.state.get::<SchedulingPolicyUnit>(&format!("{SCHEDULING_POLICY_UNITS}/{id}")) else {
        return Err(refuse("Policy unit is unknown."));
    };
    if found.type_.as_ref() != Some(kind) {
        return Err(refuse(match kind {
            PolicyUnitType::Filter => "Policy unit doesn't implement Filtering.",
            PolicyUnitType::Weight => "Policy unit doesn't implement score function.",
            _ => "Policy unit doesn't implement load balancing logic.",
        }));
    }
    if call.state.contains(&format!("{}/{id}", call.path())) {
        return Err(refuse("policy unit already exists in Scheduling Policy."));
    }
    Ok(id)
}

fn add_filter(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["scheduling_policy_unit.id"])?;
    let mut filter: Filter = call.body()?;
    let id = unit(call, filter.scheduling_policy_unit.as_deref(), &PolicyUnitType::Filter)?;
    default_to(&mut filter.position, 0);
    call.store(Box::new(filter.id(id))).map(Reply::Created)
}

fn add_weight(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["scheduling_policy_unit.id"])?;
    let mut weight: Weight = call.body()?;
    let id = unit(call, weight.scheduling_policy_unit.as_deref(), &PolicyUnitType::Weight)?;
    default_to(&mut weight.factor, 1);
    if weight.factor.is_some_and(|factor| factor < 0) {
        return Err(Fault::bad("Cannot edit Scheduling Policy. Function factor cannot be negative."));
    }
    call.store(Box::new(weight.id(id))).map(Reply::Created)
}

fn add_balance(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["scheduling_policy_unit.id"])?;
    let balance: Balance = call.body()?;
    let id = unit(call, balance.scheduling_policy_unit.as_deref(), &PolicyUnitType::LoadBalancing)?;
    // A policy has one; the new one takes the place of the old one.
    for old in call.state.paths(&call.path()) {
        call.state.remove(&old);
    }
    call.store(Box::new(balance.id(id))).map(Reply::Created)
}

fn remove_part(call: &mut Call<'_>) -> Result<Reply, Fault> {
    refuse_locked(call.state, above(&call.path(), 2), "edit")?;
    call.remove()
}
