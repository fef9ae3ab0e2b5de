//! What runs together and what apart: affinity labels and affinity groups.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example affinity -- labels
//! cargo run --example affinity -- add-label licensed
//! cargo run --example affinity -- label licensed web1 host1
//! cargo run --example affinity -- apart web web1 web2
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::types::{AffinityGroup, AffinityLabel, AffinityRule, Vm};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("labels").as_str() {
        "labels" => labels(&connection).await,
        "add-label" => add_label(&connection, &word("licensed")).await,
        "label" => label(&connection, &word("licensed"), &word("example"), &word("host1")).await,
        "apart" => apart(&connection, &word("example"), [&word("example"), &word("example-2")]).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// The labels, and the machines and hosts that have them.
pub async fn labels(connection: &Connection) -> Result<(), Error> {
    for label in connection.system().affinity_labels().list().follow("vms,hosts").send().await? {
        println!("{}", label.try_name()?);
        for vm in label.vms.iter().flatten() {
            println!("  virtual machine {}", vm.name.as_ref().or(vm.id.as_ref()).map_or("?", |name| name));
        }
        for host in label.hosts.iter().flatten() {
            println!("  host {}", host.name.as_ref().or(host.id.as_ref()).map_or("?", |name| name));
        }
    }
    Ok(())
}

/// A label that ties the machines that have it to the hosts that have it.
pub async fn add_label(connection: &Connection, name: &str) -> Result<(), Error> {
    let wanted = AffinityLabel::new().name(name).has_implicit_affinity_group(true);
    let (label, made) = connection.system().affinity_labels().find_or_create(wanted).await?;
    println!("{} {}", label.try_name()?, if made { "is there now" } else { "was there already" });
    Ok(())
}

/// Puts a label on a machine and on a host.
pub async fn label(connection: &Connection, label: &str, vm: &str, host: &str) -> Result<(), Error> {
    let system = connection.system();
    let label = system.affinity_labels().find(label).await?;
    let reference = AffinityLabel::with_id(label.try_id()?);
    let vm = system.vms().find(vm).await?;
    system.vms().vm(vm.try_id()?).affinity_labels().add(reference.clone()).send().await?;
    let host = system.hosts().find(host).await?;
    system.hosts().host(host.try_id()?).affinity_labels().add(reference).send().await?;
    println!("{} runs where {} does: on {}", vm.try_name()?, label.try_name()?, host.try_name()?);
    Ok(())
}

/// Makes two machines run on different hosts, whatever it takes.
pub async fn apart(connection: &Connection, group: &str, vms: [&str; 2]) -> Result<(), Error> {
    let system = connection.system();
    let cluster = system.clusters().find("Default").await?;
    let groups = system.clusters().cluster(cluster.try_id()?).affinity_groups();
    let rule = AffinityRule::new().enabled(true).positive(false).enforcing(true);
    let (group, _) = groups.find_or_create(AffinityGroup::new().name(group).vms_rule(rule)).await?;
    let members = groups.group(group.try_id()?).vms();
    for name in vms {
        let vm = system.vms().find(name).await?;
        members.add(Vm::with_id(vm.try_id()?)).send().await?;
        println!("{name} keeps away from the others of {}", group.try_name()?);
    }
    Ok(())
}
