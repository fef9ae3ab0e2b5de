//! Changes of `model.yaml` and `faults.yaml`.

use super::changes::{Changes, Consequence, Kind, quoted};
use ovirt_sdk_generator::model::Model;
use ovirt_sdk_generator::syntax::{FaultMessage, RoleKind};

const SETTING: &str = "setting";

pub(super) fn diff(old: &Model, new: &Model, changes: &mut Changes) {
    let root = |model: &Model| model.root.map(|id| model.service(id).name.to_string());
    if root(old) != root(new) {
        let text = format!("root changes from {} to {}", quoted(root(old)), quoted(root(new)));
        changes.add_with_wire(Consequence::Breaking, Kind::Changed, SETTING, "root", text, "all paths change");
    }
    if old.search != new.search {
        let text = format!(
            "the search parameter changes from {} to {}",
            quoted(old.search.as_ref()),
            quoted(new.search.as_ref())
        );
        let wire = "objects are found by name with another query";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, SETTING, "search", text, wire);
    }
    if old.limit != new.limit {
        let (old, new) = (quoted(old.limit.as_ref()), quoted(new.limit.as_ref()));
        let text = format!("the parameter for the length of a list changes from {old} to {new}");
        let wire = "pages are requested with another parameter";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, SETTING, "limit", text, wire);
    }
    if old.follow != new.follow {
        let (old, new) = (quoted(old.follow.as_ref()), quoted(new.follow.as_ref()));
        let text = format!("the parameter with the links to follow changes from {old} to {new}");
        changes.add(Consequence::Compatible, Kind::Changed, SETTING, "follow", text);
    }
    if old.name_search != new.name_search {
        let (old, new) = (quoted(old.name_search.as_ref()), quoted(new.name_search.as_ref()));
        let text = format!("the field that searches know under the same name changes from {old} to {new}");
        let wire = "objects are found with a search or by reading the whole list";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, SETTING, "name_search", text, wire);
    }
    if old.pending != new.pending {
        let (old, new) = (quoted(old.pending.as_ref()), quoted(new.pending.as_ref()));
        let text = format!("the parameter that asks for a pending configuration changes from {old} to {new}");
        let wire = "objects are compared with another configuration before they are updated";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, SETTING, "pending", text, wire);
    }
    roles(old, new, changes);
    let faults = |model: &Model| {
        let message = |it: &FaultMessage| (it.key.value.clone(), it.temporary, it.texts.clone());
        model.faults.messages.iter().map(message).collect::<Vec<_>>()
    };
    if faults(old) != faults(new) {
        let text = "the messages about conflicts change";
        let wire = "other faults count as temporary";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, SETTING, "faults", text, wire);
    }
    if old.completion_events != new.completion_events {
        let text = "the events of successful operations change";
        let wire = "other operations whose jobs are deleted count as successful";
        changes.add_with_wire(Consequence::Compatible, Kind::Changed, SETTING, "completion_events", text, wire);
    }
    let (from, to) = (&old.envelope, &new.envelope);
    for (part, from, to) in [
        ("resource.leading", &from.leading, &to.leading),
        ("resource.trailing", &from.trailing, &to.trailing),
        ("resource.rels", &from.rels, &to.rels),
        ("resource.rel_suffixes", &from.rel_suffixes, &to.rel_suffixes),
        ("collection.leading", &from.collection, &to.collection),
        ("action.leading", &from.action_leading, &to.action_leading),
        ("action.members", &from.action, &to.action),
    ] {
        if from != to {
            let text = format!("changes from [{}] to [{}]", from.join(", "), to.join(", "));
            let wire = "other elements and links count as known";
            changes.add_with_wire(
                Consequence::Compatible,
                Kind::Changed,
                SETTING,
                &format!("envelope.{part}"),
                text,
                wire,
            );
        }
    }
}

/// The hand-written code returns the types with a role, so another type breaks programs.
fn roles(old: &Model, new: &Model, changes: &mut Changes) {
    for kind in RoleKind::ALL {
        let item = format!("roles.{}", kind.as_str());
        let ty = |model: &Model| model.role(kind).map(|role| model.ty(role.ty).name.to_string());
        if ty(old) != ty(new) {
            let text = format!("the type changes from {} to {}", quoted(ty(old)), quoted(ty(new)));
            changes.add_hand_written(SETTING, &item, text);
            continue;
        }
        let reads = |model: &Model| {
            model.role(kind).map(|role| {
                let declared = &role.declared;
                let fields = declared.fields.iter().map(|(key, field)| (*key, field.value.clone()));
                let states = declared
                    .states
                    .iter()
                    .flat_map(|(key, states)| states.iter().map(move |state| (key.key, state.value.clone())));
                let search = declared.search.iter().map(|search| ("search", search.value.clone()));
                fields.chain(states).chain(search).collect::<Vec<_>>()
            })
        };
        if reads(old) != reads(new) {
            let text = "the SDK reads other fields or states";
            changes.add(Consequence::Compatible, Kind::Changed, SETTING, &item, text);
        }
    }
}
