//! Starts, stops, shuts down, reboots, suspends and migrates a virtual machine; starts it with other boot devices,
//! cloud-init or Sysprep.
//!
//! ```sh
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

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{
    Boot, BootDevice, BootProtocol, Host, Initialization, Ip, IpVersion, NicConfiguration, OperatingSystem, Vm,
};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["start", vm] => start(connection, vm).await.map(drop),
        ["stop", vm] => stop(connection, vm).await.map(drop),
        ["shutdown", vm] => shutdown(connection, vm).await.map(drop),
        ["reboot", vm] => reboot(connection, vm).await.map(drop),
        ["suspend", vm] => suspend(connection, vm).await.map(drop),
        ["migrate", vm, host] => migrate(connection, vm, host).await,
        ["run-once", vm] => run_once(connection, vm).await.map(drop),
        ["cloud-init", vm] => start_with_cloud_init(connection, vm, &guest_password()?).await.map(drop),
        ["sysprep", vm] => start_with_sysprep(connection, vm, &guest_password()?).await.map(drop),
        _ => common::usage(include_str!("vm_power.rs")),
    })
}

fn guest_password() -> Result<String, Error> {
    std::env::var("GUEST_PASSWORD").map_err(|_| Error::custom("GUEST_PASSWORD is not set"))
}

/// Starts a virtual machine.
pub async fn start(connection: &Connection, name: &str) -> Result<Vm, Error> {
    let vm = connection.system().vms().find_service(name).await?;
    vm.start().send().await?;
    vm.wait_until_up().on_change(report).await
}

/// Powers a virtual machine off without shutting down the guest.
pub async fn stop(connection: &Connection, name: &str) -> Result<Vm, Error> {
    let vm = connection.system().vms().find_service(name).await?;
    vm.stop().send().await?;
    vm.wait_until_down().on_change(report).await
}

/// Shuts the guest down. The guest can delay or ignore this.
pub async fn shutdown(connection: &Connection, name: &str) -> Result<Vm, Error> {
    let vm = connection.system().vms().find_service(name).await?;
    vm.shutdown().reason("Nightly shutdown").send().await?;
    vm.wait_until_down().on_change(report).await
}

/// Reboots the guest.
pub async fn reboot(connection: &Connection, name: &str) -> Result<Vm, Error> {
    let vm = connection.system().vms().find_service(name).await?;
    vm.reboot().send().await?;
    vm.wait_until_up().on_change(report).await
}

/// Suspends a virtual machine. Its memory is kept on storage until the next start.
pub async fn suspend(connection: &Connection, name: &str) -> Result<Vm, Error> {
    let vm = connection.system().vms().find_service(name).await?;
    vm.suspend().send().await?;
    vm.wait_until_suspended().on_change(report).await
}

/// Migrates a running virtual machine to another host.
pub async fn migrate(connection: &Connection, name: &str, host: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find_service(name).await?;
    vm.migrate().host(Host::with_name(host)).send().await?;
    let vm = vm.wait_until_up().on_change(report).await?;
    println!("VM {name} runs on host {}", connection.follow(&vm.host).await?.try_name()?);
    Ok(())
}

/// Starts a virtual machine from CD or network, for this run only.
pub async fn run_once(connection: &Connection, name: &str) -> Result<Vm, Error> {
    let boot = Boot::new().devices([BootDevice::Cdrom, BootDevice::Network]);
    let vm = connection.system().vms().find_service(name).await?;
    vm.start().vm(Vm::new().os(OperatingSystem::new().boot(boot))).send().await?;
    vm.wait_until_up().on_change(report).await
}

/// Starts a virtual machine with cloud-init: sets host name, password and a static address, and writes a file.
pub async fn start_with_cloud_init(connection: &Connection, name: &str, password: &str) -> Result<Vm, Error> {
    let ip = Ip::new().version(IpVersion::V4).address("192.168.0.100").netmask("255.255.255.0").gateway("192.168.0.1");
    let nic = NicConfiguration::new().name("eth0").on_boot(true).boot_protocol(BootProtocol::Static).ip(ip);
    let initialization = Initialization::new()
        .host_name(format!("{name}.example.com"))
        .user_name("root")
        .root_password(password)
        .nic_configurations([nic])
        .dns_servers("192.168.0.1")
        .custom_script("write_files:\n- path: /etc/motd\n  content: Created by a script\n");
    let vm = connection.system().vms().find_service(name).await?;
    vm.start().use_cloud_init(true).vm(Vm::new().initialization(initialization)).send().await?;
    vm.wait_until_up().on_change(report).await
}

/// Starts a Windows virtual machine with Sysprep: sets host name, password, organization, time zone and locale.
pub async fn start_with_sysprep(connection: &Connection, name: &str, password: &str) -> Result<Vm, Error> {
    let initialization = Initialization::new()
        .host_name(name)
        .root_password(password)
        .org_name("Example")
        .timezone("GMT Standard Time")
        .user_locale("en-GB");
    let vm = connection.system().vms().find_service(name).await?;
    vm.start().use_sysprep(true).vm(Vm::new().initialization(initialization)).send().await?;
    vm.wait_until_up().on_change(report).await
}

/// Prints the progress of a wait.
fn report(vm: &Vm) {
    println!("VM {} is {:?}", vm.name.as_deref().unwrap_or("?"), vm.status);
}
