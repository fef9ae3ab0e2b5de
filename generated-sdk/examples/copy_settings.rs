//! Copies settings from one engine to another: tags, MAC address pools, instance types, data centers and clusters.
//!
//! ```sh
//! cargo run --example copy_settings -- https://other.example.com/ovirt-engine/api --dry-run
//! cargo run --example copy_settings -- https://other.example.com/ovirt-engine/api
//! ```
//!
//! The argument is the URL of the engine that is changed. It has the same user and password as the other one.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::ensure::Ensure;
use ovirt_sdk::object::{Struct, writable};
use ovirt_sdk::types::List;
use ovirt_sdk::{Connection, ConnectionBuilder, Error};

fn main() -> Result<(), Error> {
    common::run(async |from, arguments| {
        let (url, dry_run) = match arguments {
            [url] => (*url, false),
            [url, "--dry-run"] => (*url, true),
            _ => common::usage(include_str!("copy_settings.rs")),
        };
        let to = ConnectionBuilder::from_env().url(url).build()?;
        run(from, &to, dry_run).await.map(drop)
    })
}

/// Returns the number of objects that were created or changed. A dry run only shows what would be done.
pub async fn run(from: &Connection, to: &Connection, dry_run: bool) -> Result<usize, Error> {
    let (source, target) = (from.system(), to.system());
    let (tags, pools) = (source.tags().list().send().await?, source.mac_pools().list().send().await?);
    let types = source.instance_types().list().send().await?;
    let (centers, clusters) = (source.data_centers().list().send().await?, source.clusters().list().send().await?);
    Ok(copy(from, tags, |tag| target.tags().ensure(tag), dry_run).await?
        + copy(from, pools, |pool| target.mac_pools().ensure(pool), dry_run).await?
        + copy(from, types, |instance_type| target.instance_types().ensure(instance_type), dry_run).await?
        + copy(from, centers, |data_center| target.data_centers().ensure(data_center), dry_run).await?
        + copy(from, clusters, |cluster| target.clusters().ensure(cluster), dry_run).await?)
}

async fn copy<T: Struct>(
    from: &Connection,
    objects: List<T>,
    ensure: impl Fn(T) -> Ensure<T>,
    dry_run: bool,
) -> Result<usize, Error> {
    let mut changed = 0;
    for object in objects {
        // Names mean the same on every engine; IDs, states and statistics do not.
        let object = writable(&from.with_names(object).await?);
        match ensure(object).dry_run(dry_run).send().await {
            Ok(ensured) => {
                println!("{ensured}");
                changed += usize::from(ensured.is_changed());
            }
            // Some fields can't be changed after creation.
            Err(error) => println!("skipped: {error}"),
        }
    }
    Ok(changed)
}
