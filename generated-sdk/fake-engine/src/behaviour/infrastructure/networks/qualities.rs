//! Quality of service: limits that profiles and networks refer to, and profiles of processors.

use super::super::super::Registry;
use super::super::{is, path_of, paths_where};
use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::state::{State, last};
use ovirt_sdk::types::{Cluster, CpuProfile, Qos, Vm};

pub(super) fn register(registry: &mut Registry) {
    registry.on("qoss", "add", add);
    registry.on("cpu_profiles", "add", add_cpu_profile);
    registry.on("assigned_cpu_profiles", "add", add_cpu_profile);
    registry.on("cpu_profile", "update", update_cpu_profile);
    registry.on("cpu_profile", "remove", remove_cpu_profile);
    registry.on("assigned_cpu_profile", "remove", remove_cpu_profile);
}

/// Says where the quality is that something refers to: in which data center.
pub(super) fn locate(state: &State, qos: &mut Option<Box<Qos>>) -> Result<(), Fault> {
    let Some(wanted) = qos.as_deref_mut() else { return Ok(()) };
    let Some(id) = wanted.id.clone() else {
        // An empty element takes the quality away.
        return Ok(());
    };
    let place = state.paths("datacenters").into_iter().map(|path| format!("{path}/qoss/{id}"));
    let place = place
        .into_iter()
        .find(|path| state.contains(path))
        .ok_or_else(|| Fault::no_such(<Qos as ovirt_sdk::object::Struct>::INFO, &id))?;
    *wanted = Qos::with_id(id).href(place);
    Ok(())
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "type"])?;
    let qos: Qos = call.body()?;
    let numbers = [qos.cpu_limit, qos.inbound_average, qos.max_iops, qos.max_throughput, qos.outbound_average];
    if numbers.into_iter().flatten().any(|number| number < 0) {
        return Err(Fault::bad("Cannot add QoS. QoS element cannot have negative values."));
    }
    call.add(Box::new(qos)).map_err(|fault| match fault.status {
        409 => Fault::conflict("Cannot add QoS. QoS element name already exists."),
        _ => fault,
    })
}

fn add_cpu_profile(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let within = call.target.service.name == "assigned_cpu_profiles";
    call.require(if within { &["name"] } else { &["name", "cluster.id"] })?;
    let mut profile: CpuProfile = call.body()?;
    let cluster = if within { call.parent() } else { path_of("clusters", &profile.cluster).unwrap_or_default() };
    call.state.find::<Cluster>(&cluster)?;
    profile.cluster = Some(Box::new(Cluster::with_id(last(&cluster))));
    locate(call.state, &mut profile.qos)?;
    taken(call.state, &profile, &cluster, None)?;
    call.store(Box::new(profile)).map(Reply::Created)
}

fn update_cpu_profile(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: CpuProfile = call.body()?;
    let path = call.path();
    let cluster = path_of("clusters", &call.state.find::<CpuProfile>(&path)?.cluster).unwrap_or_default();
    taken(call.state, &change, &cluster, Some(&path))?;
    locate(call.state, &mut change.qos)?;
    call.change(&change)
}

fn taken(state: &State, profile: &CpuProfile, cluster: &str, own: Option<&str>) -> Result<(), Fault> {
    let Some(name) = profile.name.as_ref() else { return Ok(()) };
    let same = |other: &CpuProfile| is(&other.cluster, cluster) && other.name.as_ref() == Some(name);
    match paths_where(state, "cpuprofiles", same).iter().all(|path| Some(path.as_str()) == own) {
        true => Ok(()),
        false => Err(Fault::conflict(&format!(
            "Cannot {} CPU Profile. The CPU Profile name is already in use, please choose a unique name and try again.",
            if own.is_some() { "edit" } else { "add" }
        ))),
    }
}

fn remove_cpu_profile(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let cluster = path_of("clusters", &call.state.find::<CpuProfile>(&path)?.cluster).unwrap_or_default();
    if paths_where(call.state, "cpuprofiles", |other: &CpuProfile| is(&other.cluster, &cluster)).len() < 2 {
        return Err(Fault::conflict("Cannot remove CPU Profile. Cannot remove last CPU profile in Cluster."));
    }
    let users = paths_where(call.state, "vms", |vm: &Vm| is(&vm.cpu_profile, &path));
    if !users.is_empty() {
        return Err(Fault::conflict(&format!(
            "Cannot remove CPU Profile. The CPU Profile is used by VMs: {}.",
            call.state.names_of(&users)
        )));
    }
    call.remove()
}
