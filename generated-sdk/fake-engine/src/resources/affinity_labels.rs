//! Affinity labels, and the virtual machines and hosts that have them.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::affinity;
use crate::resources::paths::{AFFINITY_LABELS, HOSTS, VMS};
use ovirt_sdk::object::Objects;
use ovirt_sdk::types::AffinityLabel;

pub(super) fn register(registry: &mut Registry) {
    registry.on("affinity_labels", "add", add);
    for (all, one) in [("affinity_label_vms", "affinity_label_vm"), ("affinity_label_hosts", "affinity_label_host")] {
        registry.on(all, "add", affinity::add_member_handler);
        registry.on(one, "remove", affinity::remove_member_handler);
    }
    registry.view("affinity_label_vms", |state, label| affinity::members(state, label, VMS, VMS));
    registry.view("affinity_label_hosts", |state, label| affinity::members(state, label, HOSTS, HOSTS));
    registry.view("assigned_affinity_labels", |state, owner| {
        let (kind, id) = owner.split_once('/').unwrap_or_default();
        let has = |label: &String| affinity::noted(state, label, kind).iter().any(|it| it == id);
        state.paths(AFFINITY_LABELS).into_iter().filter(has).collect()
    });
    registry.on("assigned_affinity_labels", "add", |call| {
        let label: AffinityLabel = call.body()?;
        let path = call.state.reference(AFFINITY_LABELS, &label)?.ok_or_else(Fault::not_found)?;
        let owner = call.parent();
        let (kind, id) = owner.split_once('/').unwrap_or_default();
        affinity::add_member(call.state, &path, kind, id);
        Ok(Reply::Created(path))
    });
    registry.on("assigned_affinity_label", "remove", |call| {
        let owner = call.parent();
        let (kind, id) = owner.split_once('/').unwrap_or_default();
        let label = call.path();
        affinity::remove_member(call.state, &label, kind, id);
        Ok(Reply::Completed)
    });
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut label: AffinityLabel = call.body()?;
    let vms = affinity::ids(label.vms.as_ref().map(|list| list as &dyn Objects));
    let hosts = affinity::ids(label.hosts.as_ref().map(|list| list as &dyn Objects));
    (label.vms, label.hosts) = (None, None);
    let implicit = label.has_implicit_affinity_group.unwrap_or(false);
    let reply = call.add(Box::new(label.has_implicit_affinity_group(implicit).read_only(false)))?;
    if let Reply::Created(path) = &reply {
        affinity::set_members(call.state, path, vec![(VMS, vms), (HOSTS, hosts)]);
    }
    Ok(reply)
}
