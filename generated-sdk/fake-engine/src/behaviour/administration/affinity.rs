//! Affinity: groups of machines and hosts that belong together or apart, and labels.

use crate::api::call::{Call, Reply};
use crate::api::fault::Fault;
use crate::behaviour::Registry;
use crate::state::{State, id_of, last};
use ovirt_sdk::object::{Object, Objects};
use ovirt_sdk::types::{AffinityGroup, AffinityLabel, AffinityRule};

const LABELS: &str = "affinitylabels";

/// What belongs to a group or a label: the service of it, that of one, and where the objects live.
const GROUPS: [(&str, &str, &str); 4] = [
    ("affinity_group_vms", "affinity_group_vm", "vms"),
    ("affinity_group_hosts", "affinity_group_host", "hosts"),
    ("affinity_group_vm_labels", "affinity_group_vm_label", "vmlabels"),
    ("affinity_group_host_labels", "affinity_group_host_label", "hostlabels"),
];

pub(super) fn register(registry: &mut Registry) {
    registry.on("affinity_groups", "add", add_group);
    registry.on("affinity_group", "update", update_group);
    registry.on("affinity_labels", "add", add_label);
    for (all, one, _) in GROUPS {
        registry.on(all, "add", put);
        registry.on(one, "remove", take);
    }
    for (all, one) in [("affinity_label_vms", "affinity_label_vm"), ("affinity_label_hosts", "affinity_label_host")] {
        registry.on(all, "add", put);
        registry.on(one, "remove", take);
    }
    registry.view("affinity_group_vms", |state, group| members(state, group, "vms", "vms"));
    registry.view("affinity_group_hosts", |state, group| members(state, group, "hosts", "hosts"));
    registry.view("affinity_group_vm_labels", |state, group| members(state, group, "vmlabels", LABELS));
    registry.view("affinity_group_host_labels", |state, group| members(state, group, "hostlabels", LABELS));
    registry.view("affinity_label_vms", |state, label| members(state, label, "vms", "vms"));
    registry.view("affinity_label_hosts", |state, label| members(state, label, "hosts", "hosts"));
    registry.view("assigned_affinity_labels", |state, owner| {
        let (kind, id) = owner.split_once('/').unwrap_or_default();
        let has = |label: &String| state.note(label, kind).is_some_and(|ids| ids.split(' ').any(|it| it == id));
        state.paths(LABELS).into_iter().filter(has).collect()
    });
    registry.on("assigned_affinity_labels", "add", |call| {
        let label: AffinityLabel = call.body()?;
        let path = call.state.reference(LABELS, &label)?.ok_or_else(Fault::not_found)?;
        let owner = call.parent();
        let (kind, id) = owner.split_once('/').unwrap_or_default();
        note(call.state, &path, kind, id);
        Ok(Reply::Created(path))
    });
    registry.on("assigned_affinity_label", "remove", |call| {
        let owner = call.parent();
        let (kind, id) = owner.split_once('/').unwrap_or_default();
        let label = call.path();
        forget(call.state, &label, kind, id);
        Ok(Reply::Done)
    });
}

/// The objects that a note of a group or a label names, as far as they are still there.
fn members(state: &State, owner: &str, key: &str, collection: &str) -> Vec<String> {
    let ids = state.note(owner, key).unwrap_or_default().split(' ').filter(|id| !id.is_empty());
    ids.map(|id| format!("{collection}/{id}")).filter(|path| state.contains(path)).collect()
}

fn note(state: &mut State, owner: &str, key: &str, id: &str) {
    let mut ids: Vec<String> = state.note(owner, key).unwrap_or_default().split(' ').map(str::to_owned).collect();
    ids.retain(|known| !known.is_empty() && known != id);
    ids.push(id.to_owned());
    state.set_note(owner, key, ids.join(" "));
}

fn forget(state: &mut State, owner: &str, key: &str, id: &str) {
    let ids = state.note(owner, key).unwrap_or_default();
    let left: Vec<&str> = ids.split(' ').filter(|known| *known != id).collect();
    let left = left.join(" ");
    state.set_note(owner, key, left);
}

/// The key under which what a collection has is noted: the segment of it.
fn key_of(address: &str) -> &str {
    last(address)
}

fn put(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["id|name"])?;
    let object = call.take_body()?;
    let key = key_of(&call.target.address).to_owned();
    let collection = if key.ends_with("labels") { LABELS } else { key.as_str() };
    let path = call.state.reference(collection, &*object)?.ok_or_else(Fault::not_found)?;
    let owner = call.parent();
    note(call.state, &owner, &key, last(&path));
    Ok(Reply::Created(path))
}

fn take(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let above = call.target.address.rsplit_once('/').map_or("", |(above, _)| above);
    let key = key_of(above).to_owned();
    let (owner, id) = (call.parent(), call.id());
    forget(call.state, &owner, &key, &id);
    Ok(Reply::Done)
}

/// The identifiers that a list of references has.
fn ids(list: Option<&dyn Objects>) -> Vec<String> {
    let list = list.into_iter().flat_map(|list| (0..list.count()).filter_map(|index| list.object(index)));
    list.filter_map(|object: &dyn Object| id_of(object)).collect()
}

/// What a group was sent with, by the keys of the notes.
fn sent(group: &mut AffinityGroup) -> Vec<(&'static str, Vec<String>)> {
    let mut all = Vec::new();
    let mut add = |key, list: Option<&dyn Objects>| {
        if list.is_some() {
            all.push((key, ids(list)));
        }
    };
    add("vms", group.vms.as_ref().map(|list| list as &dyn Objects));
    add("hosts", group.hosts.as_ref().map(|list| list as &dyn Objects));
    add("vmlabels", group.vm_labels.as_ref().map(|list| list as &dyn Objects));
    add("hostlabels", group.host_labels.as_ref().map(|list| list as &dyn Objects));
    (group.vms, group.hosts, group.vm_labels, group.host_labels) = (None, None, None, None);
    all
}

fn apply(state: &mut State, path: &str, sent: Vec<(&'static str, Vec<String>)>) {
    for (key, ids) in sent {
        state.set_note(path, key, ids.join(" "));
    }
}

fn add_group(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut group: AffinityGroup = call.body()?;
    let sent = sent(&mut group);
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
        apply(call.state, path, sent);
    }
    Ok(reply)
}

fn update_group(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let mut change: AffinityGroup = call.body()?;
    let sent = sent(&mut change);
    let path = call.path();
    let reply = call.update(&change)?;
    apply(call.state, &path, sent);
    Ok(reply)
}

fn add_label(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut label: AffinityLabel = call.body()?;
    let vms = ids(label.vms.as_ref().map(|list| list as &dyn Objects));
    let hosts = ids(label.hosts.as_ref().map(|list| list as &dyn Objects));
    (label.vms, label.hosts) = (None, None);
    let implicit = label.has_implicit_affinity_group.unwrap_or(false);
    let reply = call.add(Box::new(label.has_implicit_affinity_group(implicit).read_only(false)))?;
    if let Reply::Created(path) = &reply {
        apply(call.state, path, vec![("vms", vms), ("hosts", hosts)]);
    }
    Ok(reply)
}
