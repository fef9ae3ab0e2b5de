//! Changes of waiters.

use super::changes::{Changes, Consequence, Kind};
use ovirt_sdk_generator::model::dotted;
use ovirt_sdk_generator::syntax::{StateRole, Waiter};

const WAITER: &str = "waiter";

/// Compares the waiters of one name.
pub(super) fn diff(item: &str, from: Option<&Waiter>, to: Option<&Waiter>, changes: &mut Changes) {
    match (from, to) {
        (Some(from), Some(to)) => both(item, from, to, changes),
        (Some(_), None) => changes.add(Consequence::Breaking, Kind::Removed, WAITER, item, "waiter removed"),
        (None, Some(_)) => changes.add(Consequence::Compatible, Kind::Added, WAITER, item, "new waiter"),
        (None, None) => {}
    }
}

fn both(item: &str, from: &Waiter, to: &Waiter, changes: &mut Changes) {
    changes.docs(WAITER, item, &from.docs, &to.docs);
    let mut changed = |consequence: Consequence, text: String| {
        changes.add(consequence, Kind::Changed, WAITER, item, text);
    };
    if from.field.value != to.field.value {
        let text = format!("field changes from `{}` to `{}`", from.field.value, to.field.value);
        changed(Consequence::Breaking, text);
    }
    let addresses = |waiter: &Waiter| {
        let addresses = waiter.addresses.as_ref()?;
        let (list, address, network) = (&addresses.list.value, &addresses.address.value, &addresses.network.value);
        Some(format!("an address in `{list}` at `{}`, network at `{}`", dotted(address), dotted(network)))
    };
    let (old, new) = (addresses(from), addresses(to));
    if old != new {
        let shown = |it: Option<String>| it.unwrap_or_else(|| "no address".to_owned());
        changed(Consequence::Breaking, format!("condition changes from {} to {}", shown(old), shown(new)));
    }
    let role = |waiter: &Waiter, state: &str| {
        let found = waiter.states.iter().find(|it| it.state.value == *state);
        found.map_or(StateRole::Transitional, |it| it.role)
    };
    let mut states: Vec<&str> = from.states.iter().chain(&to.states).map(|it| it.state.value.as_str()).collect();
    states.sort_unstable();
    states.dedup();
    for state in states {
        let (old, new) = (role(from, state), role(to, state));
        if old != new {
            // The same wait ends differently.
            let text = format!("role of `{state}` changes from {} to {}", old.as_str(), new.as_str());
            changed(Consequence::Breaking, text);
        }
    }
    let seconds = |duration: Option<u32>| duration.map_or_else(|| "nothing".to_owned(), |it| format!("{it} s"));
    for (what, old, new) in [
        ("typical duration", Some(from.typical), Some(to.typical)),
        ("grace period", from.grace, to.grace),
        ("settling time", from.settle, to.settle),
    ] {
        if old != new {
            changed(Consequence::Compatible, format!("{what} changes from {} to {}", seconds(old), seconds(new)));
        }
    }
}
