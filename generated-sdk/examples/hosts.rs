//! Hosts: adding and removing one, maintenance, another cluster, updates, and what they measure.
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

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::HostService;
use ovirt_sdk::types::{Cluster, Host, HostStatus, Ssh, SshAuthenticationMethod};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, name) = (word("statistics"), word("host1"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "statistics" => statistics(&connection, &name).await,
        "add" => add(&connection, &name, &word("host2.example.com"), PAUSE).await,
        "maintenance" => maintenance(&connection, &name, PAUSE).await,
        "activate" => activate(&connection, &name, PAUSE).await,
        "move" => move_to(&connection, &name, &word("Default"), PAUSE).await,
        "upgrade" => upgrade(&connection, &name, PAUSE).await,
        "remove" => remove(&connection, &name, PAUSE).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// What the engine knows of the load of a host.
pub async fn statistics(connection: &Connection, name: &str) -> Result<(), Error> {
    for statistic in find(connection, name).await?.statistics().list().send().await? {
        // Not every value is there all the time.
        let value = statistic.values.as_ref().and_then(|values| values.first()).and_then(|value| value.datum);
        if let Some(value) = value {
            println!("{} = {value} {}", statistic.try_name()?, statistic.try_unit()?);
        }
    }
    Ok(())
}

/// Adds a host that accepts the SSH key of the engine, and waits until it is installed.
pub async fn add(connection: &Connection, name: &str, address: &str, pause: Duration) -> Result<(), Error> {
    let wanted = Host::new()
        .name(name)
        .address(address)
        .cluster(Cluster::with_name("Default"))
        .ssh(Ssh::new().authentication_method(SshAuthenticationMethod::Publickey));
    let hosts = connection.system().hosts();
    let host = hosts.add(wanted).send().await?;
    wait_for(&hosts.host(host.try_id()?), HostStatus::Up, pause).await
}

/// Moves the machines of a host away and lets it rest.
pub async fn maintenance(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let host = find(connection, name).await?;
    rest(&host, pause).await
}

async fn rest(host: &HostService, pause: Duration) -> Result<(), Error> {
    if *host.get().send().await?.try_status()? != HostStatus::Maintenance {
        host.deactivate().reason("Asked by a program").send().await?;
    }
    wait_for(host, HostStatus::Maintenance, pause).await
}

pub async fn activate(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let host = find(connection, name).await?;
    host.activate().send().await?;
    wait_for(&host, HostStatus::Up, pause).await
}

/// Moves a host to another cluster. It has to rest for that.
pub async fn move_to(connection: &Connection, name: &str, cluster: &str, pause: Duration) -> Result<(), Error> {
    let cluster = connection.system().clusters().find(cluster).await?;
    let host = find(connection, name).await?;
    rest(&host, pause).await?;
    host.update(Host::new().cluster(Cluster::with_id(cluster.try_id()?))).send().await?;
    host.activate().send().await?;
    wait_for(&host, HostStatus::Up, pause).await?;
    println!("{name} belongs to {}", cluster.try_name()?);
    Ok(())
}

/// Looks for updates, and installs them when there are any. The host rests meanwhile, and returns to work.
pub async fn upgrade(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let host = find(connection, name).await?;
    // What comes of both is told by events: 885 is a search that found out, 841 an upgrade that failed.
    let last = newest_event(connection).await?;
    host.upgrade_check().send().await?;
    if wait_for_event(connection, name, last, &[885, 839, 887], pause).await? != 885 {
        return Err(Error::custom(format!("nobody can tell whether there are updates for {name}")));
    }
    if host.get().send().await?.update_available != Some(true) {
        println!("{name} is up to date");
        return Ok(());
    }

    let last = newest_event(connection).await?;
    host.upgrade().reboot(true).send().await?;
    if wait_for_event(connection, name, last, &[842, 888, 890, 841], pause).await? == 841 {
        return Err(Error::custom(format!("the upgrade of {name} has failed; its events say why")));
    }
    wait_for(&host, HostStatus::Up, pause).await
}

async fn newest_event(connection: &Connection) -> Result<i64, Error> {
    let newest = connection.system().events().list().max(1).send().await?;
    Ok(newest.first().and_then(|event| event.id.as_ref()?.parse().ok()).unwrap_or_default())
}

/// Waits for an event of a host with one of the codes; gives its code.
async fn wait_for_event(
    connection: &Connection,
    host: &str,
    last: i64,
    codes: &[i64],
    pause: Duration,
) -> Result<i64, Error> {
    let events = connection.system().events();
    loop {
        let new = events.list().from(last).search(format!("event_host={host}")).send().await?;
        if let Some(code) = new.iter().filter_map(|event| event.code).find(|code| codes.contains(code)) {
            return Ok(code);
        }
        tokio::time::sleep(pause).await;
    }
}

/// Removes a host from the engine; its software stays on it.
pub async fn remove(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let host = find(connection, name).await?;
    rest(&host, pause).await?;
    host.remove().send().await?;
    println!("{name} is removed");
    Ok(())
}

async fn find(connection: &Connection, name: &str) -> Result<HostService, Error> {
    let hosts = connection.system().hosts();
    let host = hosts.find(name).await?;
    Ok(hosts.host(host.try_id()?))
}

async fn wait_for(host: &HostService, wanted: HostStatus, pause: Duration) -> Result<(), Error> {
    loop {
        let now = host.get().send().await?;
        let (name, status) = (now.try_name()?, now.try_status()?);
        println!("{name} is {status}");
        match status {
            _ if *status == wanted => return Ok(()),
            HostStatus::InstallFailed | HostStatus::NonOperational | HostStatus::Error => {
                return Err(Error::custom(format!("{name} is {status}; its events say why")));
            }
            _ => tokio::time::sleep(pause).await,
        }
    }
}
