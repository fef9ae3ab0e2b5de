//! Starts, stops, suspends, restarts and moves a virtual machine; starts it once with other boot devices, and with
//! cloud-init or Sysprep.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_power -- start web1
//! cargo run --example vm_power -- stop web1
//! cargo run --example vm_power -- shutdown web1
//! cargo run --example vm_power -- reboot web1
//! cargo run --example vm_power -- suspend web1
//! cargo run --example vm_power -- migrate web1 host2
//! cargo run --example vm_power -- once web1
//! GUEST_PASSWORD=… cargo run --example vm_power -- cloud-init web1
//! GUEST_PASSWORD=… cargo run --example vm_power -- sysprep desktop1
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Boot, BootDevice, BootProtocol, Host, Initialization, Ip, IpVersion, NicConfiguration, OperatingSystem, Vm,
    VmStatus,
};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, name) = (word("start"), word("example"));
    let password = std::env::var("GUEST_PASSWORD").unwrap_or_default();
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "start" => start(&connection, &name, PAUSE).await,
        "stop" => stop(&connection, &name, PAUSE).await,
        "shutdown" => shutdown(&connection, &name, PAUSE).await,
        "reboot" => reboot(&connection, &name, PAUSE).await,
        "suspend" => suspend(&connection, &name, PAUSE).await,
        "migrate" => migrate(&connection, &name, &word("host2"), PAUSE).await,
        "once" => start_once(&connection, &name, PAUSE).await,
        "cloud-init" => start_with_cloud_init(&connection, &name, &password, PAUSE).await,
        "sysprep" => start_with_sysprep(&connection, &name, &password, PAUSE).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

pub async fn start(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, name).await?;
    vm.start().send().await?;
    wait_for(&vm, VmStatus::Up, pause).await
}

/// Pulls the plug.
pub async fn stop(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, name).await?;
    vm.stop().send().await?;
    wait_for(&vm, VmStatus::Down, pause).await
}

/// Asks the guest to shut down. It may take its time, or refuse.
pub async fn shutdown(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, name).await?;
    vm.shutdown().reason("It is late").send().await?;
    wait_for(&vm, VmStatus::Down, pause).await
}

pub async fn reboot(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, name).await?;
    vm.reboot().send().await?;
    wait_for(&vm, VmStatus::Up, pause).await
}

/// Keeps the memory on storage until the next start.
pub async fn suspend(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, name).await?;
    vm.suspend().send().await?;
    wait_for(&vm, VmStatus::Suspended, pause).await
}

/// Moves the running machine to a host.
pub async fn migrate(connection: &Connection, name: &str, host: &str, pause: Duration) -> Result<(), Error> {
    let vm = find(connection, name).await?;
    vm.migrate().host(Host::with_name(host)).send().await?;
    wait_for(&vm, VmStatus::Up, pause).await?;
    let now = vm.get().follow("host").send().await?;
    println!("{name} is on {}", now.try_host()?.try_name()?);
    Ok(())
}

/// For this run only: from the CD first, then from the network.
pub async fn start_once(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let boot = Boot::new().devices([BootDevice::Cdrom, BootDevice::Network]);
    let vm = find(connection, name).await?;
    vm.start().vm(Vm::new().os(OperatingSystem::new().boot(boot))).send().await?;
    wait_for(&vm, VmStatus::Up, pause).await
}

/// The guest gets a name, a password and a static address, and runs a script.
pub async fn start_with_cloud_init(
    connection: &Connection,
    name: &str,
    password: &str,
    pause: Duration,
) -> Result<(), Error> {
    let address = Ip::new().version(IpVersion::V4).address("192.168.0.100").netmask("255.255.255.0");
    let nic = NicConfiguration::new()
        .name("eth0")
        .on_boot(true)
        .boot_protocol(BootProtocol::Static)
        .ip(address.gateway("192.168.0.1"));
    let initialization = Initialization::new()
        .host_name(format!("{name}.example.com"))
        .user_name("root")
        .root_password(password)
        .nic_configurations([nic])
        .dns_servers("192.168.0.1")
        .custom_script("write_files:\n- path: /etc/motd\n  content: Made by a program\n");
    let vm = find(connection, name).await?;
    vm.start().use_cloud_init(true).vm(Vm::new().initialization(initialization)).send().await?;
    wait_for(&vm, VmStatus::Up, pause).await
}

/// The same for Windows.
pub async fn start_with_sysprep(
    connection: &Connection,
    name: &str,
    password: &str,
    pause: Duration,
) -> Result<(), Error> {
    let initialization = Initialization::new()
        .host_name(name)
        .root_password(password)
        .org_name("Example")
        .timezone("GMT Standard Time")
        .user_locale("en-GB");
    let vm = find(connection, name).await?;
    vm.start().use_sysprep(true).vm(Vm::new().initialization(initialization)).send().await?;
    wait_for(&vm, VmStatus::Up, pause).await
}

async fn find(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}

/// The engine answers as soon as it has begun.
async fn wait_for(vm: &VmService, wanted: VmStatus, pause: Duration) -> Result<(), Error> {
    loop {
        let now = vm.get().send().await?;
        println!("{} is {}", now.try_name()?, now.try_status()?);
        if now.status == Some(wanted.clone()) {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
}
