//! Providers of external volumes. The engine no longer has them: requests are exceptions.

use crate::api::{Call, Fault, Registry, Reply, UnknownObject, pages};

pub(super) fn register(registry: &mut Registry) {
    for method in ["add", "list"] {
        registry.on("openstack_volume_providers", method, fail);
    }
    for (service, methods) in [
        ("openstack_volume_provider", &["get", "import_certificates", "remove", "test_connectivity", "update"][..]),
        ("openstack_volume_authentication_key", &["get", "remove", "update"]),
        ("openstack_volume_authentication_keys", &["add", "list"]),
        ("openstack_volume_type", &["get"]),
        ("openstack_volume_types", &["list"]),
    ] {
        for method in methods {
            registry.unknown_object(service, method, UnknownObject::Exception);
        }
    }
}

fn fail(_: &mut Call<'_>) -> Result<Reply, Fault> {
    Err(Fault::raw(pages::exception("no resource for providers of external volumes")))
}
