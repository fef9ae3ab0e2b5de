//! Starts, stops, shuts down, reboots, suspends and migrates a virtual machine; starts it with other boot devices,
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
//! cargo run --example vm_power -- run-once web1
//! GUEST_PASSWORD=… cargo run --example vm_power -- cloud-init web1
//! GUEST_PASSWORD=… cargo run --example vm_power -- sysprep desktop1
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{
    Boot, BootDevice, BootProtocol, Host, Initialization, Ip, IpVersion, NicConfiguration, OperatingSystem, Vm,
};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["start", vm] => start(&connection, vm, POLL_INTERVAL).await,
        ["stop", vm] => stop(&connection, vm, POLL_INTERVAL).await,
        ["shutdown", vm] => shutdown(&connection, vm, POLL_INTERVAL).await,
        ["reboot", vm] => reboot(&connection, vm, POLL_INTERVAL).await,
        ["suspend", vm] => suspend(&connection, vm, POLL_INTERVAL).await,
        ["migrate", vm, host] => migrate(&connection, vm, host, POLL_INTERVAL).await,
        ["run-once", vm] => run_once(&connection, vm, POLL_INTERVAL).await,
        ["cloud-init", vm] => start_with_cloud_init(&connection, vm, &guest_password(), POLL_INTERVAL).await,
        ["sysprep", vm] => start_with_sysprep(&connection, vm, &guest_password(), POLL_INTERVAL).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_power start | stop | shutdown | reboot | suspend VM
       vm_power migrate VM HOST
       vm_power run-once VM
       GUEST_PASSWORD=… vm_power cloud-init | sysprep VM"
    );
    std::process::exit(2)
}

fn guest_password() -> String {
    std::env::var("GUEST_PASSWORD").unwrap_or_else(|_| usage())
}

/// Starts a virtual machine.
pub async fn start(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let vm = find_vm(connection, name).await?;
    vm.start().send().await?;
    vm.wait_until_up().interval(interval).on_change(report).await?;
    Ok(())
}

/// Powers a virtual machine off without shutting down the guest.
pub async fn stop(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let vm = find_vm(connection, name).await?;
    vm.stop().send().await?;
    vm.wait_until_down().interval(interval).on_change(report).await?;
    Ok(())
}

/// Shuts the guest down. The guest can delay or ignore this.
pub async fn shutdown(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let vm = find_vm(connection, name).await?;
    vm.shutdown().reason("Nightly shutdown").send().await?;
    vm.wait_until_down().interval(interval).on_change(report).await?;
    Ok(())
}

/// Reboots the guest.
pub async fn reboot(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let vm = find_vm(connection, name).await?;
    vm.reboot().send().await?;
    vm.wait_until_up().interval(interval).on_change(report).await?;
    Ok(())
}

/// Suspends a virtual machine. Its memory is kept on storage until the next start.
pub async fn suspend(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let vm = find_vm(connection, name).await?;
    vm.suspend().send().await?;
    vm.wait_until_suspended().interval(interval).on_change(report).await?;
    Ok(())
}

/// Migrates a running virtual machine to another host.
pub async fn migrate(connection: &Connection, name: &str, host: &str, interval: Duration) -> Result<(), Error> {
    let service = find_vm(connection, name).await?;
    service.migrate().host(Host::with_name(host)).send().await?;
    service.wait_until_up().interval(interval).on_change(report).await?;
    let host = connection.follow(&service.get().send().await?.host).await?;
    println!("VM {name} runs on host {}", host.try_name()?);
    Ok(())
}

/// Starts a virtual machine from CD or network, for this run only.
pub async fn run_once(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let boot = Boot::new().devices([BootDevice::Cdrom, BootDevice::Network]);
    let vm = find_vm(connection, name).await?;
    vm.start().vm(Vm::new().os(OperatingSystem::new().boot(boot))).send().await?;
    vm.wait_until_up().interval(interval).on_change(report).await?;
    Ok(())
}

/// Starts a virtual machine with cloud-init: sets host name, password and a static address, and writes a file.
pub async fn start_with_cloud_init(
    connection: &Connection,
    name: &str,
    password: &str,
    interval: Duration,
) -> Result<(), Error> {
    let ip = Ip::new().version(IpVersion::V4).address("192.168.0.100").netmask("255.255.255.0").gateway("192.168.0.1");
    let nic = NicConfiguration::new().name("eth0").on_boot(true).boot_protocol(BootProtocol::Static).ip(ip);
    let initialization = Initialization::new()
        .host_name(format!("{name}.example.com"))
        .user_name("root")
        .root_password(password)
        .nic_configurations([nic])
        .dns_servers("192.168.0.1")
        .custom_script("write_files:\n- path: /etc/motd\n  content: Created by a script\n");
    let vm = find_vm(connection, name).await?;
    vm.start().use_cloud_init(true).vm(Vm::new().initialization(initialization)).send().await?;
    vm.wait_until_up().interval(interval).on_change(report).await?;
    Ok(())
}

/// Starts a Windows virtual machine with Sysprep: sets host name, password, organization, time zone and locale.
pub async fn start_with_sysprep(
    connection: &Connection,
    name: &str,
    password: &str,
    interval: Duration,
) -> Result<(), Error> {
    let initialization = Initialization::new()
        .host_name(name)
        .root_password(password)
        .org_name("Example")
        .timezone("GMT Standard Time")
        .user_locale("en-GB");
    let vm = find_vm(connection, name).await?;
    vm.start().use_sysprep(true).vm(Vm::new().initialization(initialization)).send().await?;
    vm.wait_until_up().interval(interval).on_change(report).await?;
    Ok(())
}

async fn find_vm(connection: &Connection, name: &str) -> Result<VmService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(name).await?;
    Ok(vms.vm(vm.try_id()?))
}

/// Prints the progress of a wait.
fn report(vm: &Vm) {
    if let (Some(name), Some(status)) = (&vm.name, &vm.status) {
        println!("VM {name} is {status}");
    }
}
