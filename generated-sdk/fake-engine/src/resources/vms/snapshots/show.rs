//! Snapshots in responses.

use crate::api::{Context, Registry};
use crate::path::{above, last};
use crate::resources::vms::show::{configuration, show_in_snapshot};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{Snapshot, Vm};

/// The segment of the action that all snapshots show.
const RESTORE: &str = "restore";

pub(super) fn register(registry: &mut Registry) {
    registry.render("snapshot", show);
    registry.shows_link("snapshot", shows_link);
    registry.show_empty_links("snapshot");
}

/// Shows the virtual machine as the snapshot stores it, without addresses, and its configuration on request. The response
/// to an add has a reference instead.
fn show(context: &Context<'_>, path: &str, shown: &mut dyn Object) {
    let shown: &mut dyn std::any::Any = shown;
    let Some(snapshot) = shown.downcast_mut::<Snapshot>() else { return };
    let Some(vm) = snapshot.vm.as_deref_mut() else { return };
    if context.request.flag("all_content") == Some(true) {
        let configuration = configuration(above(path, 2), vm);
        snapshot.initialization.get_or_insert_default().configuration = Some(configuration);
    }
    if context.request.method == "POST" {
        *vm = Vm::with_id(last(above(path, 2)));
    } else {
        show_in_snapshot(vm);
        vm.href = Some(String::new());
    }
}

/// Only snapshots that store a virtual machine have links.
fn shows_link(shown: &dyn Object, segment: &str) -> bool {
    let shown: &dyn std::any::Any = shown;
    segment == RESTORE || shown.downcast_ref::<Snapshot>().is_some_and(|snapshot| snapshot.vm.is_some())
}
