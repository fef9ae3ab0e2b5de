//! Affinity labels and affinity groups: run virtual machines on labeled hosts, or on separate hosts.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example affinity -- labels
//! cargo run --example affinity -- add-label licensed
//! cargo run --example affinity -- assign-label licensed web1 host1
//! cargo run --example affinity -- separate web web1 web2
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::types::{AffinityGroup, AffinityLabel, AffinityRule, Vm};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["labels"] => list_labels(&connection).await,
        ["add-label", label] => add_label(&connection, label).await,
        ["assign-label", label, vm, host] => assign_label(&connection, label, vm, host).await,
        ["separate", group, first_vm, second_vm] => separate_vms(&connection, group, [first_vm, second_vm]).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: affinity labels
       affinity add-label LABEL
       affinity assign-label LABEL VM HOST
       affinity separate GROUP VM VM"
    );
    std::process::exit(2)
}

/// Lists the affinity labels with their virtual machines and hosts.
pub async fn list_labels(connection: &Connection) -> Result<(), Error> {
    let links = AffinityLabel::VMS.and(AffinityLabel::HOSTS);
    for label in connection.system().affinity_labels().list().follow(links).send().await? {
        println!("{}", label.try_name()?);
        for vm in AffinityLabel::VMS.of(&label) {
            println!("  VM {}", vm.name.as_ref().or(vm.id.as_ref()).map_or("?", |name| name));
        }
        for host in AffinityLabel::HOSTS.of(&label) {
            println!("  host {}", host.name.as_ref().or(host.id.as_ref()).map_or("?", |name| name));
        }
    }
    Ok(())
}

/// Creates a label that restricts its virtual machines to its hosts.
pub async fn add_label(connection: &Connection, label: &str) -> Result<(), Error> {
    let label = AffinityLabel::new().name(label).has_implicit_affinity_group(true);
    let (label, created) = connection.system().affinity_labels().find_or_create(label).await?;
    println!("label {} {}", label.try_name()?, if created { "created" } else { "already exists" });
    Ok(())
}

/// Assigns a label to a virtual machine and a host.
pub async fn assign_label(connection: &Connection, label: &str, vm: &str, host: &str) -> Result<(), Error> {
    let system = connection.system();
    let label = system.affinity_labels().find(label).await?;
    let reference = AffinityLabel::with_id(label.try_id()?);
    let vm = system.vms().find(vm).await?;
    system.vms().vm(vm.try_id()?).affinity_labels().add(reference.clone()).send().await?;
    let host = system.hosts().find(host).await?;
    system.hosts().host(host.try_id()?).affinity_labels().add(reference).send().await?;
    println!("assigned label {} to VM {} and host {}", label.try_name()?, vm.try_name()?, host.try_name()?);
    Ok(())
}

/// Adds two virtual machines to an affinity group that never runs them on the same host.
pub async fn separate_vms(connection: &Connection, group: &str, vms: [&str; 2]) -> Result<(), Error> {
    let system = connection.system();
    let cluster = system.clusters().find("Default").await?;
    let groups = system.clusters().cluster(cluster.try_id()?).affinity_groups();
    // A negative rule separates; an enforcing rule is never broken.
    let rule = AffinityRule::new().enabled(true).positive(false).enforcing(true);
    let (group, _) = groups.find_or_create(AffinityGroup::new().name(group).vms_rule(rule)).await?;
    let group_vms = groups.group(group.try_id()?).vms();
    for name in vms {
        let vm = system.vms().find(name).await?;
        group_vms.add(Vm::with_id(vm.try_id()?)).send().await?;
        println!("added VM {name} to affinity group {}", group.try_name()?);
    }
    Ok(())
}
