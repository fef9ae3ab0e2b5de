//! Hosts: statistics, add, maintenance, activate, move to another cluster, upgrade, remove.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example hosts -- statistics host1
//! cargo run --example hosts -- add host2 host2.example.com
//! cargo run --example hosts -- maintenance host2
//! cargo run --example hosts -- activate host2
//! cargo run --example hosts -- move host2 Other
//! cargo run --example hosts -- upgrade host2
//! cargo run --example hosts -- remove host2
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::events::{EventWatch, Events};
use ovirt_sdk::services::HostService;
use ovirt_sdk::types::{Cluster, Host, HostStatus, Ssh, SshAuthenticationMethod};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

// Codes of the events that end an update check.
const UPDATE_CHECK_SUCCEEDED: i64 = 885;
const UPDATE_CHECK_FAILED: [i64; 2] = [839, 887];

// Codes of the events that end an upgrade.
const UPGRADE_SUCCEEDED: [i64; 3] = [842, 888, 890];
const UPGRADE_FAILED: i64 = 841;

const CHECK_TIMEOUT: Duration = Duration::from_secs(30 * 60);
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(4 * 3600);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["statistics", name] => statistics(&connection, name).await,
        ["add", name, address] => add(&connection, name, address, POLL_INTERVAL).await,
        ["maintenance", name] => enter_maintenance(&connection, name, POLL_INTERVAL).await,
        ["activate", name] => activate(&connection, name, POLL_INTERVAL).await,
        ["move", name, cluster] => move_to_cluster(&connection, name, cluster, POLL_INTERVAL).await,
        ["upgrade", name] => upgrade(&connection, name, POLL_INTERVAL).await,
        ["remove", name] => remove(&connection, name, POLL_INTERVAL).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: hosts statistics HOST
       hosts add HOST ADDRESS
       hosts maintenance HOST
       hosts activate HOST
       hosts move HOST CLUSTER
       hosts upgrade HOST
       hosts remove HOST"
    );
    std::process::exit(2)
}

/// Prints the current statistics of a host.
pub async fn statistics(connection: &Connection, name: &str) -> Result<(), Error> {
    for statistic in find_host(connection, name).await?.statistics().list().send().await? {
        // A statistic has no value until the host has reported one.
        let value = statistic.values.as_ref().and_then(|values| values.first()).and_then(|value| value.datum);
        if let Some(value) = value {
            println!("{} = {value} {}", statistic.try_name()?, statistic.try_unit()?);
        }
    }
    Ok(())
}

/// Adds a host that accepts the engine's SSH key, and waits until it is installed and up.
pub async fn add(connection: &Connection, name: &str, address: &str, interval: Duration) -> Result<(), Error> {
    let host = Host::new()
        .name(name)
        .address(address)
        .cluster(Cluster::with_name("Default"))
        .ssh(Ssh::new().authentication_method(SshAuthenticationMethod::Publickey));
    let hosts = connection.system().hosts();
    let host = hosts.add(host).send().await?;
    hosts.host(host.try_id()?).wait_until_up().interval(interval).on_change(report).await?;
    Ok(())
}

/// Moves a host to maintenance. The engine migrates its virtual machines to other hosts first.
pub async fn enter_maintenance(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let host = find_host(connection, name).await?;
    deactivate(&host, interval).await
}

async fn deactivate(host: &HostService, interval: Duration) -> Result<(), Error> {
    if *host.get().send().await?.try_status()? != HostStatus::Maintenance {
        host.deactivate().reason("Maintenance by script").send().await?;
    }
    host.wait_until_maintenance().interval(interval).on_change(report).await?;
    Ok(())
}

/// Takes a host out of maintenance.
pub async fn activate(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let host = find_host(connection, name).await?;
    host.activate().send().await?;
    host.wait_until_up().interval(interval).on_change(report).await?;
    Ok(())
}

/// Moves a host to another cluster. The host must be in maintenance for that.
pub async fn move_to_cluster(
    connection: &Connection,
    name: &str,
    cluster: &str,
    interval: Duration,
) -> Result<(), Error> {
    let cluster = connection.system().clusters().find(cluster).await?;
    let host = find_host(connection, name).await?;
    deactivate(&host, interval).await?;
    host.update(Host::new().cluster(Cluster::with_id(cluster.try_id()?))).send().await?;
    host.activate().send().await?;
    host.wait_until_up().interval(interval).on_change(report).await?;
    println!("moved host {name} to cluster {}", cluster.try_name()?);
    Ok(())
}

/// Checks for updates and installs them. The engine moves the host to maintenance during the upgrade.
pub async fn upgrade(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let host = find_host(connection, name).await?;
    let id = host.get().send().await?.try_id()?.to_owned();
    // The engine reports the results of the check and of the upgrade only as events.
    let events = connection.events().object(id).interval(interval);
    let check = events.clone().code(UPDATE_CHECK_SUCCEEDED).code(UPDATE_CHECK_FAILED[0]).code(UPDATE_CHECK_FAILED[1]);
    let check = check.timeout(CHECK_TIMEOUT).watch().await?;
    host.upgrade_check().send().await?;
    expect(check, &[UPDATE_CHECK_SUCCEEDED], &format!("the update check of host {name}")).await?;
    if host.get().send().await?.update_available != Some(true) {
        println!("host {name} is up to date");
        return Ok(());
    }

    let upgrade = UPGRADE_SUCCEEDED.into_iter().fold(events.code(UPGRADE_FAILED), EventWatch::code);
    let upgrade = upgrade.timeout(UPGRADE_TIMEOUT).watch().await?;
    host.upgrade().reboot(true).send().await?;
    expect(upgrade, &UPGRADE_SUCCEEDED, &format!("the upgrade of host {name}")).await?;
    host.wait_until_up().interval(interval).on_change(report).await?;
    Ok(())
}

/// Waits for the first event of a watch. Fails if its code is not one of success.
async fn expect(mut events: Events, success: &[i64], what: &str) -> Result<(), Error> {
    match events.next().await? {
        Some(event) if event.code.is_some_and(|code| success.contains(&code)) => Ok(()),
        Some(event) => Err(Error::custom(format!("{what} failed: {}", event.try_description()?))),
        None => Err(Error::custom(format!("{what} did not end in time"))),
    }
}

/// Removes a host from the engine. The software on the host stays installed.
pub async fn remove(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let host = find_host(connection, name).await?;
    deactivate(&host, interval).await?;
    host.remove().send().await?;
    println!("removed host {name}");
    Ok(())
}

async fn find_host(connection: &Connection, name: &str) -> Result<HostService, Error> {
    let hosts = connection.system().hosts();
    let host = hosts.find(name).await?;
    Ok(hosts.host(host.try_id()?))
}

/// Prints the progress of a wait.
fn report(host: &Host) {
    if let (Some(name), Some(status)) = (&host.name, &host.status) {
        println!("host {name} is {status}");
    }
}
