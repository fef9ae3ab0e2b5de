//! Hosts: statistics, add, maintenance, activate, move to another cluster, upgrade, remove.
//!
//! ```sh
//! cargo run --example hosts -- statistics host1
//! cargo run --example hosts -- add host2 host2.example.com
//! cargo run --example hosts -- maintenance host2
//! cargo run --example hosts -- activate host2
//! cargo run --example hosts -- during-maintenance host2 ssh root@host2.example.com dnf -y update
//! cargo run --example hosts -- move host2 Other
//! cargo run --example hosts -- upgrade host2
//! cargo run --example hosts -- remove host2
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::process::Command;
use std::time::Duration;

use ovirt_sdk::events::{EventWatch, Events};
use ovirt_sdk::services::HostService;
use ovirt_sdk::types::{Cluster, Host, HostStatus, Ssh, SshAuthenticationMethod};
use ovirt_sdk::{Connection, Error};

// Codes of the events that end an update check or an upgrade.
const UPDATE_CHECK_SUCCEEDED: [i64; 1] = [885];
const UPDATE_CHECK_FAILED: [i64; 2] = [839, 887];
const UPGRADE_SUCCEEDED: [i64; 3] = [842, 888, 890];
const UPGRADE_FAILED: [i64; 1] = [841];

const HOUR: Duration = Duration::from_secs(3600);

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["statistics", name] => statistics(connection, name).await,
        ["add", name, address] => add(connection, name, address).await,
        ["maintenance", name] => enter_maintenance(connection, name).await,
        ["activate", name] => activate(connection, name).await,
        ["during-maintenance", name, program, arguments @ ..] => {
            during_maintenance(connection, name, Command::new(program).args(arguments)).await
        }
        ["move", name, cluster] => move_to_cluster(connection, name, cluster).await,
        ["upgrade", name] => upgrade(connection, name).await,
        ["remove", name] => remove(connection, name).await,
        _ => common::usage(include_str!("hosts.rs")),
    })
}

/// Prints the current statistics of a host.
pub async fn statistics(connection: &Connection, name: &str) -> Result<(), Error> {
    for statistic in connection.system().hosts().find_service(name).await?.statistics().list().send().await? {
        // A statistic has no value until the host has reported one.
        if let Some(value) = statistic.values.iter().flatten().find_map(|value| value.datum) {
            println!("{} = {value} {}", statistic.try_name()?, statistic.try_unit()?);
        }
    }
    Ok(())
}

/// Adds a host that accepts the engine's SSH key, and waits until it is installed and up.
pub async fn add(connection: &Connection, name: &str, address: &str) -> Result<(), Error> {
    let ssh = Ssh::new().authentication_method(SshAuthenticationMethod::Publickey);
    let host = Host::new().name(name).address(address).cluster(Cluster::with_name("Default")).ssh(ssh);
    let host = connection.create(host).await?;
    connection.of(&host)?.wait_until_up().on_change(report).await?;
    Ok(())
}

/// Moves a host to maintenance. The engine migrates its virtual machines to other hosts first.
pub async fn enter_maintenance(connection: &Connection, name: &str) -> Result<(), Error> {
    deactivate(&connection.system().hosts().find_service(name).await?).await
}

async fn deactivate(host: &HostService) -> Result<(), Error> {
    if *host.get().send().await?.try_status()? != HostStatus::Maintenance {
        host.deactivate().reason("Maintenance by script").send().await?;
    }
    host.wait_until_maintenance().on_change(report).await?;
    Ok(())
}

/// Takes a host out of maintenance.
pub async fn activate(connection: &Connection, name: &str) -> Result<(), Error> {
    let host = connection.system().hosts().find_service(name).await?;
    host.activate().send().await?;
    host.wait_until_up().on_change(report).await?;
    Ok(())
}

/// Runs a command while a host is in maintenance, and takes the host out of it, even if the command failed.
pub async fn during_maintenance(connection: &Connection, name: &str, command: &mut Command) -> Result<(), Error> {
    enter_maintenance(connection, name).await?;
    let ended = command.status().map_err(Error::custom);
    activate(connection, name).await?;
    let status = ended?;
    if status.success() { Ok(()) } else { Err(Error::custom(format!("the command failed: {status}"))) }
}

/// Moves a host to another cluster. The host must be in maintenance for that.
pub async fn move_to_cluster(connection: &Connection, name: &str, cluster: &str) -> Result<(), Error> {
    enter_maintenance(connection, name).await?;
    let host = Host::new().name(name).cluster(Cluster::with_name(cluster));
    println!("{}", connection.system().hosts().ensure(host).send().await?);
    activate(connection, name).await
}

/// Checks for updates and installs them. The engine moves the host to maintenance during the upgrade.
pub async fn upgrade(connection: &Connection, name: &str) -> Result<(), Error> {
    let found = connection.system().hosts().find(name).await?;
    let host = connection.of(&found)?;
    // The engine reports the results of the check and of the upgrade only as events.
    let events = connection.events().object(found.try_id()?);
    let watch = async |codes: [&[i64]; 2], timeout| {
        let codes = codes.concat().into_iter();
        codes.fold(events.clone(), EventWatch::code).timeout(timeout).watch().await
    };
    let check = watch([&UPDATE_CHECK_SUCCEEDED, &UPDATE_CHECK_FAILED], HOUR / 2).await?;
    host.upgrade_check().send().await?;
    expect(check, &UPDATE_CHECK_SUCCEEDED).await?;
    if host.get().send().await?.update_available != Some(true) {
        println!("host {name} is up to date");
        return Ok(());
    }
    let upgrade = watch([&UPGRADE_SUCCEEDED, &UPGRADE_FAILED], 4 * HOUR).await?;
    host.upgrade().reboot(true).send().await?;
    expect(upgrade, &UPGRADE_SUCCEEDED).await?;
    host.wait_until_up().on_change(report).await?;
    Ok(())
}

/// Waits for the first event of a watch. Fails if its code is not one of success.
async fn expect(mut events: Events, success: &[i64]) -> Result<(), Error> {
    let event = events.next().await?.ok_or_else(|| Error::custom("the operation did not end in time"))?;
    let succeeded = event.code.is_some_and(|code| success.contains(&code));
    if succeeded { Ok(()) } else { Err(Error::custom(event.try_description()?)) }
}

/// Removes a host from the engine. The software on the host stays installed.
pub async fn remove(connection: &Connection, name: &str) -> Result<(), Error> {
    let host = connection.system().hosts().find_service(name).await?;
    deactivate(&host).await?;
    host.remove().send().await?;
    Ok(())
}

/// Prints the progress of a wait.
fn report(host: &Host) {
    println!("host {} is {:?}", host.name.as_deref().unwrap_or("?"), host.status);
}
