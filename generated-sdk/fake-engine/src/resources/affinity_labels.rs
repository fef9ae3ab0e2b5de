//! Affinity labels, and the virtual machines and hosts that have them.

use crate::api::{Call, Fault, Registry, Reply};
use crate::fields::set_text;
use crate::path::last;
use crate::resources::common::affinity;
use crate::resources::common::bean::Violations;
use crate::resources::paths::{AFFINITY_LABELS, HOSTS, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::object::Objects;
use ovirt_sdk::types::AffinityLabel;

pub(super) fn register(registry: &mut Registry) {
    registry.on("affinity_labels", "add", add);
    registry.on("affinity_label", "update", update);
    registry.on("affinity_label", "remove", remove);
    registry.on("affinity_label_vms", "add", |call| add_member(call, VMS));
    registry.on("affinity_label_hosts", "add", |call| add_member(call, HOSTS));
    registry.on("affinity_label_vm", "remove", affinity::remove_member_handler);
    registry.on("affinity_label_host", "remove", affinity::remove_member_handler);
    registry.view("affinity_label_vms", |state, label| affinity::members(state, label, VMS, VMS));
    registry.view("affinity_label_hosts", |state, label| affinity::members(state, label, HOSTS, HOSTS));
    registry.view("assigned_affinity_labels", |state, owner| {
        let (kind, id) = owner.split_once('/').unwrap_or_default();
        let has_label = |label: &String| affinity::noted(state, label, kind).iter().any(|it| it == id);
        state.paths(AFFINITY_LABELS).into_iter().filter(has_label).collect()
    });
    registry.on("assigned_affinity_labels", "add", |call| {
        call.require(&["id"])?;
        let label: AffinityLabel = call.body()?;
        let path = format!("{AFFINITY_LABELS}/{}", label.id.unwrap_or_default());
        call.state.find::<AffinityLabel>(&path)?;
        let owner = call.parent();
        let (kind, id) = owner.split_once('/').unwrap_or_default();
        affinity::add_member(call.state, &path, kind, id);
        log(call.state, 10382, &path, "updated");
        Ok(Reply::Created(path))
    });
    registry.on("assigned_affinity_label", "remove", |call| {
        let owner = call.parent();
        let (kind, id) = owner.split_once('/').unwrap_or_default();
        let label = call.path();
        affinity::remove_member(call.state, &label, kind, id);
        log(call.state, 10382, &label, "updated");
        Ok(Reply::Completed)
    });
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name"])?;
    let mut label: AffinityLabel = call.body()?;
    check_name(call, &label)?;
    let vms = affinity::ids(label.vms.as_ref().map(|list| list as &dyn Objects));
    let hosts = affinity::ids(label.hosts.as_ref().map(|list| list as &dyn Objects));
    (label.vms, label.hosts) = (None, None);
    let is_implicit = label.has_implicit_affinity_group.unwrap_or(false);
    let path = call.store(Box::new(label.has_implicit_affinity_group(is_implicit).read_only(false)))?;
    affinity::set_members(call.state, &path, vec![(VMS, vms), (HOSTS, hosts)]);
    log(call.state, 10380, &path, "added");
    Ok(Reply::Created(path))
}

/// Fails if the name of a label is invalid, or if another label has it.
fn check_name(call: &Call<'_>, label: &AffinityLabel) -> Result<(), Fault> {
    let Some(name) = label.name.as_deref() else { return Ok(()) };
    let mut violations = Violations::default();
    let length = "An affinity label name must be 1-50 characters long.";
    let characters =
        "The name for affinity label is invalid. Only letters, numbers, '-', and '_' are valid characters.";
    violations.check_name("label.name", Some(name), 50, length, characters);
    violations.into_result()?;
    if call.state.by_name(AFFINITY_LABELS, name).is_some_and(|other| other != call.target.path) {
        return Err(Fault::conflict("Cannot add affinity label with a conflicting NAME."));
    }
    Ok(())
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let change: AffinityLabel = call.body()?;
    check_name(call, &change)?;
    let reply = call.change(&change)?;
    let path = call.path();
    log(call.state, 10382, &path, "updated");
    Ok(reply)
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let is_used = [VMS, HOSTS].iter().any(|key| !affinity::members(call.state, &path, key, key).is_empty());
    if is_used {
        return Err(Fault::conflict("Cannot delete affinity label, remove it from all entities first."));
    }
    log(call.state, 10384, &path, "removed");
    call.remove()
}

/// Adds a virtual machine or a host to a label.
fn add_member(call: &mut Call<'_>, collection: &'static str) -> Result<Reply, Fault> {
    call.require(&["id"])?;
    let member = call.take_body()?;
    let path = call.state.reference(collection, &*member)?.ok_or_else(Fault::not_found)?;
    let label = call.parent();
    affinity::add_member(call.state, &label, collection, last(&path));
    log(call.state, 10382, &label, "updated");
    let mut reference = member.info().new_object();
    set_text(&mut *reference, "id", last(&path));
    Ok(Reply::Added(reference))
}

fn log(state: &mut State, code: i64, label: &str, what: &str) {
    let text = format!("Affinity Label {} was {what}. (User: {})", state.name_of(label), state.actor.user);
    state.event(code, Severity::Normal, &text, &[]);
}
