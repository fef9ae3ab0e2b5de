//! The cookbook: its index, and its programs at work.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy.toml allows it in tests, and means only the functions that are marked as such"
)]

mod engine;
mod index;
mod scripted;
#[allow(dead_code, unused_imports, reason = "not every test needs all of it")]
#[path = "../client/support/mod.rs"]
mod support;

macro_rules! programs {
    ($($path:literal $program:ident;)*) => {
        $(
            #[allow(dead_code, reason = "not all of it is called")]
            #[path = $path]
            mod $program;
        )*
    };
}

programs! {
    "../../../generated-sdk/examples/affinity.rs" affinity;
    "../../../generated-sdk/examples/connection.rs" connection;
    "../../../generated-sdk/examples/data_centers.rs" data_centers;
    "../../../generated-sdk/examples/disk_images.rs" disk_images;
    "../../../generated-sdk/examples/inventory.rs" inventory;
    "../../../generated-sdk/examples/jobs.rs" jobs;
    "../../../generated-sdk/examples/networks.rs" networks;
    "../../../generated-sdk/examples/permissions.rs" permissions;
    "../../../generated-sdk/examples/tags.rs" tags;
    "../../../generated-sdk/examples/templates.rs" templates;
    "../../../generated-sdk/examples/vm_nics.rs" vm_nics;
    "../../../generated-sdk/examples/vm_pools.rs" vm_pools;
}
