//! CPU profiles, also below their clusters.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::last;
use crate::resources::common::qos;
use crate::resources::common::references::{self, path_of, paths_where};
use crate::resources::paths::{CLUSTERS, CPU_PROFILES, VMS};
use crate::state::State;
use ovirt_sdk::types::{Cluster, CpuProfile, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("cpu_profiles", "add", add);
    registry.on("assigned_cpu_profiles", "add", add);
    registry.on("cpu_profile", "update", update);
    registry.on("cpu_profile", "remove", remove);
    registry.on("assigned_cpu_profile", "remove", remove);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let within = call.target.service.name == "assigned_cpu_profiles";
    call.require(if within { &["name"] } else { &["name", "cluster.id"] })?;
    let mut profile: CpuProfile = call.body()?;
    let cluster = if within { call.parent() } else { path_of(CLUSTERS, &profile.cluster).unwrap_or_default() };
    call.state.find::<Cluster>(&cluster)?;
    profile.cluster = Some(Box::new(Cluster::with_id(last(&cluster))));
    qos::locate(call.state, &mut profile.qos)?;
    check_name(call.state, &profile, &cluster, None)?;
    call.store(Box::new(profile)).map(Reply::Created)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: CpuProfile = call.body()?;
    let path = call.path();
    let cluster = path_of(CLUSTERS, &call.state.find::<CpuProfile>(&path)?.cluster).unwrap_or_default();
    check_name(call.state, &change, &cluster, Some(&path))?;
    qos::locate(call.state, &mut change.qos)?;
    call.change(&change)
}

fn check_name(state: &State, profile: &CpuProfile, cluster: &str, own: Option<&str>) -> Result<(), Fault> {
    let Some(name) = profile.name.as_ref() else { return Ok(()) };
    let same = |other: &CpuProfile| references::refers_to(&other.cluster, cluster) && other.name.as_ref() == Some(name);
    match paths_where(state, CPU_PROFILES, same).iter().all(|path| Some(path.as_str()) == own) {
        true => Ok(()),
        false => Err(Fault::conflict(&format!(
            "Cannot {} CPU Profile. The CPU Profile name is already in use, please choose a unique name and try again.",
            if own.is_some() { "edit" } else { "add" }
        ))),
    }
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let cluster = path_of(CLUSTERS, &call.state.find::<CpuProfile>(&path)?.cluster).unwrap_or_default();
    if paths_where(call.state, CPU_PROFILES, |other: &CpuProfile| references::refers_to(&other.cluster, &cluster)).len()
        < 2
    {
        return Err(Fault::conflict("Cannot remove CPU Profile. Cannot remove last CPU profile in Cluster."));
    }
    let users = paths_where(call.state, VMS, |vm: &Vm| references::refers_to(&vm.cpu_profile, &path));
    if !users.is_empty() {
        return Err(Fault::conflict(&format!(
            "Cannot remove CPU Profile. The CPU Profile is used by VMs: {}.",
            call.state.names_of(&users)
        )));
    }
    call.remove()
}
