//! Affinity groups, and the virtual machines, hosts and labels in them.

use crate::api::{Call, Context, Fault, Registry, Reply, UnknownObject};
use crate::fields::set_text;
use crate::path::{above, is_uuid, join, last};
use crate::resources::common::bean::Violations;
use crate::resources::common::references::{self, default_to};
use crate::resources::common::{affinity, names};
use crate::resources::paths::{AFFINITY_GROUPS, AFFINITY_LABELS, CLUSTERS, HOST_LABELS, HOSTS, VM_LABELS, VMS};
use crate::state::State;
use ovirt_sdk::object::{Object, Objects};
use ovirt_sdk::types::{AffinityGroup, AffinityLabel, AffinityRule, Cluster, Host, List, Vm};

const ADD: &str = "add Affinity Group";
const EDIT: &str = "edit Affinity Group";

/// The engine's response to requests about groups that don't exist.
const NO_GROUP: UnknownObject = UnknownObject::Fault(
    400,
    "cannot invoke \"org.ovirt.engine.core.common.scheduling.affinitygroup.getvmlabels()\" because \"ag\" is null",
);

pub(super) fn register(registry: &mut Registry) {
    registry.on("affinity_groups", "add", add);
    registry.on("affinity_group", "update", update);
    registry.render("affinity_group", show);
    registry.show_empty_lists("affinity_group");
    for method in ["get", "update", "remove"] {
        registry.unknown_object("affinity_group", method, NO_GROUP);
    }
    for service in
        ["affinity_group_vms", "affinity_group_hosts", "affinity_group_vm_labels", "affinity_group_host_labels"]
    {
        registry.unknown_object(service, "list", NO_GROUP);
    }
    registry.on("affinity_group_vms", "add", |call| add_member(call, VMS, VMS));
    registry.on("affinity_group_hosts", "add", |call| add_member(call, HOSTS, HOSTS));
    registry.on("affinity_group_vm_labels", "add", |call| add_member(call, VM_LABELS, AFFINITY_LABELS));
    registry.on("affinity_group_host_labels", "add", |call| add_member(call, HOST_LABELS, AFFINITY_LABELS));
    registry.on("affinity_group_vm", "remove", |call| remove_member(call, VMS, VMS));
    registry.on("affinity_group_host", "remove", |call| remove_member(call, HOSTS, HOSTS));
    registry.on("affinity_group_vm_label", "remove", |call| remove_member(call, VM_LABELS, AFFINITY_LABELS));
    registry.on("affinity_group_host_label", "remove", |call| remove_member(call, HOST_LABELS, AFFINITY_LABELS));
    for service in ["affinity_group_vm", "affinity_group_host", "affinity_group_vm_label", "affinity_group_host_label"]
    {
        registry.unknown_object(service, "remove", UnknownObject::Handled);
    }
    registry.view("affinity_group_vms", |state, group| affinity::members(state, group, VMS, VMS));
    registry.view("affinity_group_hosts", |state, group| affinity::members(state, group, HOSTS, HOSTS));
    registry
        .view("affinity_group_vm_labels", |state, group| affinity::members(state, group, VM_LABELS, AFFINITY_LABELS));
    registry.view("affinity_group_host_labels", |state, group| {
        affinity::members(state, group, HOST_LABELS, AFFINITY_LABELS)
    });
}

/// Removes the members from a group in a request; returns them by the keys of their notes.
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
    let mut group: AffinityGroup = call.body()?;
    let sent = take_members(&mut group);
    let cluster = call.parent();
    check_values(&group, ADD)?;
    check_name(call.state, &group, None, ADD)?;
    check_members(call.state, &cluster, &sent, ADD)?;
    group.vms_rule = Some(Box::new(vms_rule(&group, AffinityRule::new())));
    group.hosts_rule = Some(Box::new(changed_rule(group.hosts_rule.as_deref(), AffinityRule::new())));
    default_to(&mut group.priority, 1.0);
    let path = call.store(Box::new(group.broken(false)))?;
    affinity::set_members(call.state, &path, sent);
    Ok(Reply::Created(path))
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: AffinityGroup = call.body()?;
    let sent = take_members(&mut change);
    let path = call.path();
    let old = call.state.find::<AffinityGroup>(&path)?.clone();
    let cluster = above(&path, 2).to_owned();
    if change.cluster.as_ref().is_some_and(|it| it.id.is_some() && it.id.as_deref() != Some(last(&cluster))) {
        return Err(Fault::invalid(EDIT, "Cannot change Cluster for Affinity Group."));
    }
    check_values(&change, EDIT)?;
    check_name(call.state, &change, Some(&path), EDIT)?;
    check_members(call.state, &cluster, &sent, EDIT)?;
    let rule = |rule: Option<Box<AffinityRule>>| rule.map(|rule| *rule).unwrap_or_default();
    change.vms_rule = Some(Box::new(vms_rule(&change, rule(old.vms_rule))));
    change.hosts_rule = Some(Box::new(changed_rule(change.hosts_rule.as_deref(), rule(old.hosts_rule))));
    (change.positive, change.enforcing) = (None, None);
    let reply = call.change(&change)?;
    affinity::set_members(call.state, &path, sent);
    Ok(reply)
}

/// The rule for virtual machines, from the new or the old fields of what was sent.
fn vms_rule(sent: &AffinityGroup, old: AffinityRule) -> AffinityRule {
    match &sent.vms_rule {
        Some(rule) => changed_rule(Some(rule), old),
        None => {
            let mut rule = AffinityRule::new();
            (rule.positive, rule.enforcing) = (sent.positive, sent.enforcing);
            changed_rule(Some(&rule), old)
        }
    }
}

/// Changes a rule. A rule with a polarity is enabled, and a disabled one has none.
fn changed_rule(sent: Option<&AffinityRule>, old: AffinityRule) -> AffinityRule {
    let (mut enabled, mut positive) = (old.enabled == Some(true), old.positive == Some(true));
    let mut enforcing = old.enforcing == Some(true);
    if let Some(sent) = sent {
        match (sent.enabled, sent.positive) {
            (Some(false), _) => (enabled, positive) = (false, false),
            (_, Some(wanted)) => (enabled, positive) = (true, wanted),
            _ => {}
        }
        enforcing = sent.enforcing.unwrap_or(enforcing);
    }
    AffinityRule::new().enabled(enabled).enforcing(enforcing).positive(positive)
}

fn check_values(group: &AffinityGroup, action: &str) -> Result<(), Fault> {
    let mut violations = Violations::default();
    let length = format!("Cannot {action}. Name field input is too long.");
    let characters = format!("Cannot {action}. Name field is invalid.");
    violations.check_name("affinityGroup.name", group.name.as_deref(), 255, &length, &characters);
    if group.description.as_deref().is_some_and(|description| description.chars().count() > 4000) {
        violations.add("affinityGroup.description", format!("Cannot {action}. Description field is invalid."));
    }
    violations.into_result()
}

/// Names are unique among the groups of all clusters.
fn check_name(state: &State, group: &AffinityGroup, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let has_name = |other: &AffinityGroup| group.name.is_some() && other.name == group.name;
    let mut clusters = state.paths(CLUSTERS).into_iter();
    match clusters.any(|cluster| names::is_taken(state, &join(&cluster, AFFINITY_GROUPS), own, has_name)) {
        true => Err(Fault::invalid(action, "Affinity Group name already exists.")),
        false => Ok(()),
    }
}

/// Checks that the members of a group exist, belong to its cluster and occur once.
fn check_members(
    state: &State,
    cluster: &str,
    members: &[(&'static str, Vec<String>)],
    action: &str,
) -> Result<(), Fault> {
    for (key, ids) in members {
        for (index, id) in ids.iter().enumerate() {
            let is_duplicate = ids.iter().take(index).any(|other| other == id);
            let (kind, in_cluster) = match *key {
                VMS => {
                    let vm = state.get::<Vm>(&join(VMS, id));
                    ("VM", vm.map(|vm| references::refers_to(&vm.cluster, cluster)))
                }
                HOSTS => {
                    let host = state.get::<Host>(&join(HOSTS, id));
                    ("Host", host.map(|host| references::refers_to(&host.cluster, cluster)))
                }
                _ => ("label", state.contains(&join(AFFINITY_LABELS, id)).then_some(true)),
            };
            match in_cluster {
                None => {
                    return Err(Fault::invalid(action, &format!("Provided {kind} is invalid (does not exist).")));
                }
                Some(false) => {
                    return Err(Fault::invalid(action, &format!("Provided {kind} resides in another Cluster.")));
                }
                Some(true) if is_duplicate => {
                    return Err(Fault::invalid(action, &format!("Duplicate {kind}.")));
                }
                Some(true) => {}
            }
        }
    }
    Ok(())
}

/// Adds an object to a collection of a group. `collection` is where the object is stored.
fn add_member(call: &mut Call<'_>, key: &'static str, collection: &'static str) -> Result<Reply, Fault> {
    let member = call.take_body()?;
    let group = call.parent();
    let path = call.state.reference(collection, &*member).ok().flatten().filter(|path| call.state.contains(path));
    let kind = kind_of(key);
    let Some(path) = path else {
        let why = match key {
            VMS => "VM is not found.".to_owned(),
            _ => format!("Provided {kind} is invalid (does not exist)."),
        };
        return Err(Fault::invalid(EDIT, &why));
    };
    if affinity::noted(call.state, &group, key).iter().any(|id| id == last(&path)) {
        return Err(Fault::invalid(EDIT, &format!("Duplicate {kind}.")));
    }
    affinity::add_member(call.state, &group, key, last(&path));
    let mut reference = member.info().new_object();
    set_text(&mut *reference, "id", last(&path));
    Ok(Reply::Added(reference))
}

/// Removes an object from a collection of a group. `collection` is where the object is stored.
fn remove_member(call: &mut Call<'_>, key: &'static str, collection: &str) -> Result<Reply, Fault> {
    let (group, id) = (call.parent(), last(&call.target.address).to_owned());
    if !is_uuid(&id) {
        return Err(Fault::not_found());
    }
    if !call.state.contains(&group) {
        return Err(Fault::invalid(EDIT, "No matching Affinity Group."));
    }
    if !call.state.contains(&join(collection, &id)) {
        return Err(match key {
            VMS => Fault::bad("The selected VM does not exist."),
            HOSTS => Fault::invalid(EDIT, "Host does not exist."),
            _ => Fault::bad("Affinity label does not exist."),
        });
    }
    // The engine looks for labels among the virtual machines of the group, so it can't remove one.
    let searched = if key == HOSTS { HOSTS } else { VMS };
    if !affinity::noted(call.state, &group, searched).contains(&id) {
        let why = format!("Provided {} is invalid (does not exist).", kind_of(key));
        return Err(Fault::invalid(EDIT, &why));
    }
    affinity::remove_member(call.state, &group, key, &id);
    Ok(Reply::Completed)
}

/// What the engine calls the objects of a collection of a group.
fn kind_of(key: &str) -> &'static str {
    match key {
        VMS => "VM",
        HOSTS => "Host",
        _ => "label",
    }
}

/// Shows the members of a group, and the older fields of its rule.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let state = context.state;
    let shown: &mut dyn std::any::Any = shown;
    let Some(group) = shown.downcast_mut::<AffinityGroup>() else { return };
    let ids = |key: &str, collection: &str| {
        let members = affinity::members(state, path, key, collection);
        members.iter().map(|member| last(member).to_owned()).collect::<Vec<String>>()
    };
    group.vms = Some(ids(VMS, VMS).into_iter().map(Vm::with_id).collect::<List<_>>());
    group.hosts = Some(ids(HOSTS, HOSTS).into_iter().map(Host::with_id).collect::<List<_>>());
    group.vm_labels =
        Some(ids(VM_LABELS, AFFINITY_LABELS).into_iter().map(AffinityLabel::with_id).collect::<List<_>>());
    group.host_labels =
        Some(ids(HOST_LABELS, AFFINITY_LABELS).into_iter().map(AffinityLabel::with_id).collect::<List<_>>());
    group.cluster = Some(Box::new(Cluster::with_id(last(above(path, 2)))));
    if let Some(rule) = group.vms_rule.as_deref() {
        group.enforcing = Some(rule.enforcing == Some(true));
        group.positive = rule.positive.filter(|_| rule.enabled == Some(true));
    }
}
