//! Compares two models and classifies the changes.
//!
//! Each change is classified by its effect on programs that use the crate, and described by its effect on the wire
//! format. Inherited items count as a struct's own, because the crate flattens inheritance. A change that comes from a
//! base is reported once, at the base.

mod changes;
pub mod code;
pub mod render;
mod services;
pub mod side;
mod types;

pub use changes::{Change, Consequence, Diff, Kind, Verdict};
use changes::{Changes, quoted};
use ovirt_sdk_generator::LoadedModel;

/// Compares two models. `names` are the names of the old and the new model in reports.
pub fn diff(old: &LoadedModel, new: &LoadedModel, names: (String, String)) -> Diff {
    let mut changes = Changes::default();
    let (from, to) = (&old.model, &new.model);
    let root = |read: &LoadedModel| read.model.root.map(|id| read.model.service(id).name.to_string());
    if root(old) != root(new) {
        let text = format!("root changes from {} to {}", quoted(root(old)), quoted(root(new)));
        changes.add_with_wire(Consequence::Breaking, Kind::Changed, "root", "", text, "all paths change");
    }
    types::diff(old, new, &mut changes);
    services::diff(from, to, &mut changes);
    changes.list.sort_by(|a, b| b.consequence.cmp(&a.consequence).then_with(|| a.cmp(b)));
    let (old_name, new_name) = names;
    Diff {
        old: (old_name, from.version.clone()),
        new: (new_name, to.version.clone()),
        changes: changes.list,
        reworded_texts: changes.reworded_texts,
    }
}
