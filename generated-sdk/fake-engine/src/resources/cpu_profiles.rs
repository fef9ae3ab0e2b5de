//! CPU profiles, also below their clusters.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::bean::Violations;
use crate::resources::common::messages::with_names;
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::common::{names, qos};
use crate::resources::paths::{CLUSTERS, CPU_PROFILES, TEMPLATES, VMS};
use crate::state::State;
use ovirt_sdk::types::{Cluster, CpuProfile, Template, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("cpu_profiles", "add", add);
    registry.on("assigned_cpu_profiles", "add", add);
    registry.on("cpu_profile", "update", update);
    registry.on("cpu_profile", "remove", remove);
    registry.on("assigned_cpu_profile", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let below_cluster = call.target.service.name == "assigned_cpu_profiles";
    let mut profile: CpuProfile = call.body()?;
    let cluster = if below_cluster { call.parent() } else { path_of(CLUSTERS, &profile.cluster).unwrap_or_default() };
    check_name_value(&profile)?;
    if !call.state.contains(&cluster) {
        return Err(Fault::invalid("add CPU Profile", "The relevant Cluster doesn't exist."));
    }
    qos::resolve(call.state, &mut profile.qos, || qos::not_found("add CPU Profile"))?;
    check_name(call.state, &profile, &cluster, None)?;
    profile.cluster = Some(Box::new(Cluster::with_id(last(&cluster))));
    call.store(Box::new(profile)).map(Reply::Created)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: CpuProfile = call.body()?;
    let path = call.path();
    let cluster = path_of(CLUSTERS, &call.state.find::<CpuProfile>(&path)?.cluster).unwrap_or_default();
    check_name_value(&change)?;
    if change.cluster.is_some() && !references::refers_to(&change.cluster, &cluster) {
        return Err(Fault::invalid("edit CPU Profile", "Cannot change profile."));
    }
    qos::resolve(call.state, &mut change.qos, || qos::not_found("edit CPU Profile"))?;
    check_name(call.state, &change, &cluster, Some(&path))?;
    call.change(&change)
}

/// Checks the length and the characters of the name.
fn check_name_value(profile: &CpuProfile) -> Result<(), Fault> {
    const ATTRIBUTE: &str = "profile.name";
    let mut violations = Violations::default();
    violations.check_length(ATTRIBUTE, profile.name.as_deref(), 1, 50);
    if profile.name.as_deref().is_some_and(|name| !names::is_plain(name)) {
        violations.add(ATTRIBUTE, "Name must be formed of alphanumeric characters, numbers or \"-_\".");
    }
    violations.into_result()
}

fn check_name(state: &State, profile: &CpuProfile, cluster: &str, own: Option<&str>) -> Result<(), Fault> {
    let has_name = |other: &CpuProfile| {
        profile.name.is_some() && other.name == profile.name && references::refers_to(&other.cluster, cluster)
    };
    let action = if own.is_some() { "edit CPU Profile" } else { "add CPU Profile" };
    match names::is_taken(state, CPU_PROFILES, own, has_name) {
        true => Err(Fault::invalid(action, "Profile name is in use.")),
        false => Ok(()),
    }
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "remove CPU Profile";
    let path = call.path();
    let cluster = path_of(CLUSTERS, &call.state.find::<CpuProfile>(&path)?.cluster).unwrap_or_default();
    let of_cluster = |other: &CpuProfile| references::refers_to(&other.cluster, &cluster);
    if paths_where(call.state, CPU_PROFILES, of_cluster).len() < 2 {
        return Err(Fault::invalid(ACTION, "Cannot remove last CPU profile in Cluster."));
    }
    let vms = paths_where(call.state, VMS, |vm: &Vm| references::refers_to(&vm.cpu_profile, &path));
    let templates =
        paths_where(call.state, TEMPLATES, |template: &Template| references::refers_to(&template.cpu_profile, &path));
    for (users, kind) in [(vms, "virtual machines"), (templates, "templates")] {
        if !users.is_empty() {
            let names: Vec<String> = users.iter().map(|user| call.state.name_of(user)).collect();
            let message = format!(
                "Several {kind} (${{ENTITIES_USING_PROFILE_COUNTER}}) are using this Profile:\n\
                 ${{ENTITIES_USING_PROFILE}}\n - Please remove it from all {kind} that are using it and try again."
            );
            return Err(Fault::invalid(ACTION, &with_names(&message, "ENTITIES_USING_PROFILE", &names)));
        }
    }
    call.remove()
}
