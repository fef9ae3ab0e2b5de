//! Affinity groups, and the virtual machines, hosts and labels in them.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::affinity;
use crate::resources::paths::{AFFINITY_LABELS, HOST_LABELS, HOSTS, VM_LABELS, VMS};
use ovirt_sdk::object::Objects;
use ovirt_sdk::types::{AffinityGroup, AffinityRule};

/// What belongs to a group or a label: the service of it, that of one, and where the objects live.
const GROUPS: [(&str, &str, &str); 4] = [
    ("affinity_group_vms", "affinity_group_vm", VMS),
    ("affinity_group_hosts", "affinity_group_host", HOSTS),
    ("affinity_group_vm_labels", "affinity_group_vm_label", VM_LABELS),
    ("affinity_group_host_labels", "affinity_group_host_label", HOST_LABELS),
];

pub(super) fn register(registry: &mut Registry) {
    registry.on("affinity_groups", "add", add);
    registry.on("affinity_group", "update", update);
    for (all, one, _) in GROUPS {
        registry.on(all, "add", affinity::add_member_handler);
        registry.on(one, "remove", affinity::remove_member_handler);
    }
    registry.view("affinity_group_vms", |state, group| affinity::members(state, group, VMS, VMS));
    registry.view("affinity_group_hosts", |state, group| affinity::members(state, group, HOSTS, HOSTS));
    registry
        .view("affinity_group_vm_labels", |state, group| affinity::members(state, group, VM_LABELS, AFFINITY_LABELS));
    registry.view("affinity_group_host_labels", |state, group| {
        affinity::members(state, group, HOST_LABELS, AFFINITY_LABELS)
    });
}

/// What a group was sent with, by the keys of the notes.
fn take_members(group: &mut AffinityGroup) -> Vec<(&'static str, Vec<String>)> {
    let mut all = Vec::new();
    let mut add = |key, list: Option<&dyn Objects>| {
        if list.is_some() {
            all.push((key, affinity::ids(list)));
        }
    };
    add(VMS, group.vms.as_ref().map(|list| list as &dyn Objects));
    add(HOSTS, group.hosts.as_ref().map(|list| list as &dyn Objects));
    add(VM_LABELS, group.vm_labels.as_ref().map(|list| list as &dyn Objects));
    add(HOST_LABELS, group.host_labels.as_ref().map(|list| list as &dyn Objects));
    (group.vms, group.hosts, group.vm_labels, group.host_labels) = (None, None, None, None);
    all
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut group: AffinityGroup = call.body()?;
    let sent = take_members(&mut group);
    let rule = |rule: Option<Box<AffinityRule>>, enabled: bool| {
        let rule = rule.map(|rule| *rule).unwrap_or_default();
        let (on, enforcing, positive) = (rule.enabled, rule.enforcing, rule.positive);
        AffinityRule::new()
            .enabled(on.unwrap_or(enabled))
            .enforcing(enforcing.unwrap_or(false))
            .positive(positive.unwrap_or(false))
    };
    let plain = group.positive.is_some();
    let mut vms_rule = rule(group.vms_rule.take(), plain);
    if let Some(positive) = group.positive {
        vms_rule = vms_rule.positive(positive);
    }
    if let Some(enforcing) = group.enforcing {
        vms_rule = vms_rule.enforcing(enforcing);
    }
    let hosts_rule = rule(group.hosts_rule.take(), false);
    let (positive, enforcing) = (vms_rule.positive.unwrap_or(false), vms_rule.enforcing.unwrap_or(false));
    let priority = group.priority.unwrap_or(1.0);
    group = group.vms_rule(vms_rule).hosts_rule(hosts_rule).positive(positive).enforcing(enforcing);
    let reply = call.add(Box::new(group.priority(priority).broken(false)))?;
    if let Reply::Created(path) = &reply {
        affinity::set_members(call.state, path, sent);
    }
    Ok(reply)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: AffinityGroup = call.body()?;
    let sent = take_members(&mut change);
    let path = call.path();
    let reply = call.update(&change)?;
    affinity::set_members(call.state, &path, sent);
    Ok(reply)
}
