//! Affinity labels and affinity groups: run virtual machines on labeled hosts, or on separate hosts.
//!
//! ```sh
//! cargo run --example affinity -- labels
//! cargo run --example affinity -- add-label licensed
//! cargo run --example affinity -- assign-label licensed web1 host1
//! cargo run --example affinity -- separate web web1 web2
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{AffinityGroup, AffinityLabel, AffinityRule, Vm};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["labels"] => list_labels(connection).await,
        ["add-label", label] => add_label(connection, label).await,
        ["assign-label", label, vm, host] => assign_label(connection, label, vm, host).await,
        ["separate", group, vms @ ..] if vms.len() > 1 => separate_vms(connection, group, vms).await,
        _ => common::usage(include_str!("affinity.rs")),
    })
}

/// Lists the affinity labels with their virtual machines and hosts.
pub async fn list_labels(connection: &Connection) -> Result<(), Error> {
    let links = AffinityLabel::VMS.and(AffinityLabel::HOSTS);
    for label in connection.system().affinity_labels().list().follow(links).send().await? {
        println!("{}", label.try_name()?);
        for vm in AffinityLabel::VMS.of(&label) {
            println!("  VM {}", vm.name.as_deref().unwrap_or("?"));
        }
        for host in AffinityLabel::HOSTS.of(&label) {
            println!("  host {}", host.name.as_deref().unwrap_or("?"));
        }
    }
    Ok(())
}

/// Creates a label that restricts its virtual machines to its hosts.
pub async fn add_label(connection: &Connection, label: &str) -> Result<(), Error> {
    let label = AffinityLabel::new().name(label).has_implicit_affinity_group(true);
    println!("{}", connection.system().affinity_labels().ensure(label).send().await?);
    Ok(())
}

/// Assigns a label to a virtual machine and a host.
pub async fn assign_label(connection: &Connection, label: &str, vm: &str, host: &str) -> Result<(), Error> {
    let system = connection.system();
    let label = AffinityLabel::with_id(system.affinity_labels().find(label).await?.try_id()?);
    system.vms().find_service(vm).await?.affinity_labels().add(label.clone()).send().await?;
    system.hosts().find_service(host).await?.affinity_labels().add(label).send().await?;
    Ok(())
}

/// Adds virtual machines to an affinity group that never runs two of them on the same host.
pub async fn separate_vms(connection: &Connection, group: &str, vms: &[&str]) -> Result<(), Error> {
    let system = connection.system();
    let groups = system.clusters().find_service("Default").await?.affinity_groups();
    // A negative rule separates; an enforcing rule is never broken.
    let rule = AffinityRule::new().enabled(true).positive(false).enforcing(true);
    let group = groups.ensure(AffinityGroup::new().name(group).vms_rule(rule)).send().await?;
    println!("{group}");
    let group_vms = groups.group(group.object()).vms();
    for name in vms {
        let vm = system.vms().find(*name).await?;
        group_vms.add(Vm::with_id(vm.try_id()?)).send().await?;
        println!("added VM {name}");
    }
    Ok(())
}
