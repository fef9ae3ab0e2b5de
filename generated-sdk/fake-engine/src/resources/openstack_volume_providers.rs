//! Providers of external volumes. The engine no longer has them: requests are exceptions.

use crate::api::{Fault, Registry, pages};

pub(super) fn register(registry: &mut Registry) {
    for method in ["add", "list"] {
        registry.on("openstack_volume_providers", method, |_| Err(exception()));
    }
    // The engine fails when it looks for a provider, whatever the rest of the path is.
    registry.check_ids("openstack_volume_providers", |_| Err(exception()));
}

fn exception() -> Fault {
    Fault::raw(pages::exception("no resource for providers of external volumes"))
}
