//! Scheduling policies, and their filters, weights and balances.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, join};
use crate::resources::common::names;
use crate::resources::common::references::{self, default_to, paths_where};
use crate::resources::paths::{BALANCES, CLUSTERS, FILTERS, SCHEDULING_POLICIES, SCHEDULING_POLICY_UNITS, WEIGHTS};
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
        registry.on(service, "remove", remove_unit);
    }
}

fn fault(action: &str, why: &str) -> Fault {
    Fault::invalid(&format!("{action} Scheduling Policy"), why)
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut policy: SchedulingPolicy = call.body()?;
    check_name(call.state, &policy, None, "add")?;
    policy.locked = Some(false);
    policy.default_policy = Some(false);
    drop_empty_properties(&mut policy);
    call.store(Box::new(policy)).map(Reply::Created)
}

fn check_name(state: &State, policy: &SchedulingPolicy, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let has_name = |other: &SchedulingPolicy| policy.name.is_some() && other.name == policy.name;
    match names::is_taken(state, SCHEDULING_POLICIES, own, has_name) {
        true => Err(fault(action, "Name is in use.")),
        false => Ok(()),
    }
}

/// A policy without properties doesn't show the element.
fn drop_empty_properties(policy: &mut SchedulingPolicy) {
    policy.properties = policy.properties.take().filter(|properties| !properties.is_empty());
}

/// Fails for the policies of the engine, which can't be changed.
fn check_unlocked(state: &State, policy: &str, action: &str) -> Result<(), Fault> {
    match state.find::<SchedulingPolicy>(policy)?.locked {
        Some(true) => Err(fault(action, "Parameters are invalid.")),
        _ => Ok(()),
    }
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check_unlocked(call.state, &path, "edit")?;
    let mut change: SchedulingPolicy = call.body()?;
    check_name(call.state, &change, Some(&path), "edit")?;
    change.locked = None;
    change.default_policy = None;
    let reply = call.change(&change)?;
    if let Some(policy) = call.state.get_mut::<SchedulingPolicy>(&path) {
        drop_empty_properties(policy);
    }
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    check_unlocked(call.state, &path, "remove")?;
    let users =
        paths_where(call.state, CLUSTERS, |cluster: &Cluster| references::refers_to(&cluster.scheduling_policy, &path));
    if !users.is_empty() {
        let names = call.state.names_of(&users).replace(", ", ",");
        let why = format!("Scheduling Policy is attached to cluster(s): {names}, please unassign cluster(s).");
        return Err(fault("remove", &why));
    }
    call.remove()
}

/// The identifier of a unit that is added to a policy. The unit must have a type, and no other unit of the policy with
/// the same identifier may exist.
fn unit_to_add(call: &Call<'_>, unit: Option<&SchedulingPolicyUnit>, kind: &PolicyUnitType) -> Result<String, Fault> {
    let policy = call.parent();
    check_unlocked(call.state, &policy, "edit")?;
    let id = unit.and_then(|unit| unit.id.clone()).unwrap_or_default();
    let is_used = |collection: &str| call.state.contains(&join(&join(&policy, collection), &id));
    if *kind != PolicyUnitType::LoadBalancing && (is_used(FILTERS) || is_used(WEIGHTS)) {
        return Err(fault("edit", "policy unit already exists in Scheduling Policy."));
    }
    let Some(found) = call.state.get::<SchedulingPolicyUnit>(&join(SCHEDULING_POLICY_UNITS, &id)) else {
        return Err(fault("edit", "Policy unit is unknown."));
    };
    if found.type_.as_ref() == Some(kind) {
        return Ok(id);
    }
    Err(fault(
        "edit",
        match kind {
            PolicyUnitType::Filter => "Policy unit doesn't implement Filtering.",
            PolicyUnitType::Weight => "Policy unit doesn't implement score function.",
            _ => "Policy unit doesn't implement load balancing logic.",
        },
    ))
}

fn add_filter(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut filter: Filter = call.body()?;
    let id = unit_to_add(call, filter.scheduling_policy_unit.as_deref(), &PolicyUnitType::Filter)?;
    default_to(&mut filter.position, 0);
    for (position, name) in [(-1, "first"), (1, "last")] {
        let has_position = |other: &Filter| other.position == Some(position);
        if has_position(&filter) && !paths_where(call.state, &call.path(), has_position).is_empty() {
            return Err(fault("edit", &format!("Only a single filter can be selected as {name}.")));
        }
    }
    call.store(Box::new(filter.id(id))).map(Reply::Object)
}

fn add_weight(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut weight: Weight = call.body()?;
    let id = unit_to_add(call, weight.scheduling_policy_unit.as_deref(), &PolicyUnitType::Weight)?;
    default_to(&mut weight.factor, 1);
    if weight.factor.is_some_and(|factor| factor < 0) {
        return Err(fault("edit", "Function factor cannot be negative."));
    }
    call.store(Box::new(weight.id(id))).map(Reply::Object)
}

fn add_balance(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let balance: Balance = call.body()?;
    let id = unit_to_add(call, balance.scheduling_policy_unit.as_deref(), &PolicyUnitType::LoadBalancing)?;
    // A policy has one balance; the new one replaces the old one.
    for old in call.state.paths(&join(&call.parent(), BALANCES)) {
        call.state.remove(&old);
    }
    call.store(Box::new(balance.id(id))).map(Reply::Object)
}

fn remove_unit(call: &mut Call<'_>) -> Result<Reply, Fault> {
    check_unlocked(call.state, above(&call.path(), 2), "edit")?;
    call.remove()
}
