//! The reports of the guest agent of a running virtual machine.

use std::net::IpAddr;

use crate::note::Note;
use crate::path::last;
use crate::resources::common::{disk_attachment, vm_status};
use crate::resources::paths::{APPLICATIONS, NICS, REPORTED_DEVICES, SESSIONS};
use crate::state::State;
use ovirt_sdk::types::{
    Application, BootProtocol, GuestOperatingSystem, Ip, IpVersion, Kernel, Nic, ReportedDevice, ReportedDeviceType,
    TimeZone, Version, Vm, VmStatus,
};

/// A guest operating system.
struct System {
    /// The beginning of the virtual machine's `os.type`.
    prefix: &'static str,
    family: &'static str,
    distribution: &'static str,
    codename: &'static str,
    version: &'static str,
    kernel: &'static str,
    applications: &'static [&'static str],
}

/// The addresses that the guest has in place of its own; without any, it has no agent.
const ADDRESSES: Note<Vec<String>> = Note::new("guest addresses");

const LINUX_AGENT: &str = "qemu-guest-agent-8.2.0-11.el9";

/// The operating systems; the last one is for all other types.
const SYSTEMS: &[System] = &[
    System {
        prefix: "windows",
        family: "Windows",
        distribution: "Microsoft Windows Server 2022",
        codename: "",
        version: "10.0",
        kernel: "10.0.20348",
        applications: &["QEMU guest agent", "Virtio-win-guest-tools"],
    },
    System {
        prefix: "rhel_7",
        family: "Linux",
        distribution: "Red Hat Enterprise Linux Server",
        codename: "Maipo",
        version: "7.9",
        kernel: "3.10.0-1160.el7.x86_64",
        applications: &["kernel-3.10.0-1160.el7", "qemu-guest-agent-2.12.0-3.el7", "cloud-init-19.4-7.el7"],
    },
    System {
        prefix: "rhel_8",
        family: "Linux",
        distribution: "Red Hat Enterprise Linux",
        codename: "Ootpa",
        version: "8.10",
        kernel: "4.18.0-553.el8_10.x86_64",
        applications: &["kernel-4.18.0-553.el8_10", "qemu-guest-agent-6.2.0-53.el8", "cloud-init-23.4-7.el8"],
    },
    System {
        prefix: "ubuntu",
        family: "Linux",
        distribution: "Ubuntu",
        codename: "jammy",
        version: "22.04",
        kernel: "5.15.0-130-generic",
        applications: &["linux-image-5.15.0-130-generic", "qemu-guest-agent-6.2", "cloud-init-24.4"],
    },
    System {
        prefix: "debian",
        family: "Linux",
        distribution: "Debian GNU/Linux",
        codename: "bookworm",
        version: "12.0",
        kernel: "6.1.0-31-amd64",
        applications: &["linux-image-6.1.0-31-amd64", "qemu-guest-agent-7.2", "cloud-init-22.4.2"],
    },
    System {
        prefix: "",
        family: "Linux",
        distribution: "CentOS Stream",
        codename: "",
        version: "9",
        kernel: "5.14.0-427.el9.x86_64",
        applications: &["kernel-5.14.0-427.el9", LINUX_AGENT, "cloud-init-23.4-7.el9"],
    },
];

/// Sets the addresses that the guest of a virtual machine has on its first NIC.
pub(crate) fn set_addresses(state: &mut State, path: &str, addresses: &[IpAddr]) {
    let addresses: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
    state.set_note(path, ADDRESSES, addresses);
    forget(state, path);
    report(state, path);
}

/// Stores what the agent reports if the guest is up. A virtual machine without active disks has no agent.
pub(crate) fn report(state: &mut State, path: &str) {
    let is_up = matches!(vm_status::status(state, path), Ok(VmStatus::Up | VmStatus::Migrating));
    if !is_up || !disk_attachment::disks_and_activity(state, path).iter().any(|(_, is_active)| *is_active) {
        return;
    }
    let given = state.note(path, ADDRESSES);
    if given.as_ref().is_some_and(Vec::is_empty) {
        return;
    }
    let Some(vm) = state.get_mut::<Vm>(path) else { return };
    let kind = vm.os.as_ref().and_then(|os| os.type_.clone()).unwrap_or_default();
    let Some(system) = SYSTEMS.iter().find(|system| kind.starts_with(system.prefix)) else { return };
    let is_windows = system.family == "Windows";
    vm.fqdn = Some(host_name(vm));
    vm.guest_operating_system = Some(Box::new(operating_system(system)));
    let zone = if is_windows { "GMT Standard Time" } else { "UTC" };
    vm.guest_time_zone = Some(Box::new(TimeZone::new().name(zone).utc_offset("+00:00")));
    let static_addresses = addresses(vm);
    let prefix = if is_windows { "Ethernet" } else { "eth" };
    report_devices(state, path, prefix, &static_addresses, given);
    let applications = format!("{path}/{APPLICATIONS}");
    if state.paths(&applications).is_empty() {
        for name in system.applications {
            state.insert(&applications, Application::new().name(*name).vm(Vm::with_id(last(path))));
        }
    }
}

/// Removes what the agent reported of a guest that doesn't run anymore, except its operating system and its time zone,
/// which clients see again as soon as the virtual machine starts.
pub(crate) fn forget(state: &mut State, path: &str) {
    for collection in [APPLICATIONS, REPORTED_DEVICES, SESSIONS] {
        for object in state.paths(&format!("{path}/{collection}")) {
            state.remove(&object);
        }
    }
    if let Some(vm) = state.get_mut::<Vm>(path) {
        vm.fqdn = None;
    }
}

/// The host name of the guest: the one of the settings for the first boot, or the name of the virtual machine.
fn host_name(vm: &Vm) -> String {
    let initialization = vm.initialization.as_deref();
    let given = initialization.and_then(|it| it.host_name.clone()).filter(|name| !name.is_empty());
    let domain = initialization.and_then(|it| it.domain.clone()).filter(|name| !name.is_empty());
    let name = given.or_else(|| vm.name.clone()).unwrap_or_default().replace('_', "-");
    match domain {
        Some(domain) if !name.contains('.') => format!("{name}.{domain}"),
        _ => name,
    }
}

fn operating_system(system: &System) -> GuestOperatingSystem {
    let kernel = numbers(system.kernel).full_version(system.kernel);
    let version = numbers(system.version).full_version(system.version);
    let (build, revision) = (kernel.build.unwrap_or(0), kernel.revision.unwrap_or(0));
    GuestOperatingSystem::new()
        .architecture("x86_64")
        .codename(system.codename)
        .distribution(system.distribution)
        .family(system.family)
        .kernel(Kernel::new().version(kernel.build(build).revision(revision)))
        .version(version)
}

/// The numbers of a version: `3.10.0-1160.el7` has major, minor, build and revision.
fn numbers(text: &str) -> Version {
    let mut found = text.split(['.', '-']).map_while(|part| part.parse::<i64>().ok());
    let mut version = Version::new();
    (version.major, version.minor, version.build, version.revision) =
        (found.next(), found.next(), found.next(), found.next());
    version
}

/// The static addresses of the settings for the first boot, by the names of the NICs in the guest.
fn addresses(vm: &Vm) -> Vec<(String, String)> {
    let configured = vm.initialization.as_ref().and_then(|it| it.nic_configurations.as_ref());
    let address = |nic: &ovirt_sdk::types::NicConfiguration| {
        let fixed = nic.boot_protocol == Some(BootProtocol::Static);
        let address = nic.ip.as_ref().and_then(|ip| ip.address.clone()).filter(|_| fixed)?;
        Some((nic.name.clone()?, address))
    };
    configured.into_iter().flatten().filter_map(address).collect()
}

/// Stores the plugged NICs as the guest sees them.
fn report_devices(
    state: &mut State,
    path: &str,
    prefix: &str,
    fixed: &[(String, String)],
    mut first: Option<Vec<String>>,
) {
    let collection = format!("{path}/{REPORTED_DEVICES}");
    for device in state.paths(&collection) {
        state.remove(&device);
    }
    let nics: Vec<Nic> = state.list::<Nic>(&format!("{path}/{NICS}")).map(|(_, nic)| nic.clone()).collect();
    let plugged = nics.iter().filter(|nic| nic.plugged != Some(false));
    for (index, nic) in plugged.enumerate() {
        let Some(mac) = nic.mac.as_ref().and_then(|mac| mac.address.clone()) else { continue };
        let name = format!("{prefix}{index}");
        let given = fixed.iter().find(|(nic, _)| *nic == name).map(|(_, address)| address.clone());
        let mut device = ReportedDevice::with_id(device_id(&name, &mac))
            .name(name)
            .description("guest reported data")
            .mac(ovirt_sdk::types::Mac::new().address(mac.clone()))
            .type_(ReportedDeviceType::Network)
            .vm(Vm::with_id(last(path)));
        if nic.linked != Some(false) && nic.vnic_profile.is_some() {
            let (four, six) = guest_addresses(&mac);
            let addresses = first.take().unwrap_or_else(|| vec![given.unwrap_or(four), six]);
            let ip = |address: String| {
                let version = if address.contains(':') { IpVersion::V6 } else { IpVersion::V4 };
                Ip::new().address(address).version(version)
            };
            device = device.ips(addresses.into_iter().map(ip).collect::<Vec<_>>());
        }
        state.insert(&collection, device);
    }
}

/// The identifier of a device that a guest reports: the first bytes of its name and its address, in hexadecimal.
fn device_id(name: &str, mac: &str) -> String {
    let letters = name.bytes().chain(mac.bytes()).chain(std::iter::repeat(0)).take(16);
    let digits: String = letters.map(|byte| format!("{byte:02x}")).collect();
    let mut id = String::with_capacity(36);
    for (index, digit) in digits.chars().enumerate() {
        if [8, 12, 16, 20].contains(&index) {
            id.push('-');
        }
        id.push(digit);
    }
    id
}

/// The addresses that a guest gets for a NIC: one of a private network, and the local one that follows from its MAC
/// address.
fn guest_addresses(mac: &str) -> (String, String) {
    let bytes: Vec<u32> = mac.split(':').filter_map(|part| u32::from_str_radix(part, 16).ok()).collect();
    let [a, b, c, d, e, f] = <[u32; 6]>::try_from(bytes).unwrap_or_default();
    let number = ((d << 16 | e << 8 | f) + 1) & 0xff_ffff;
    let four = format!("10.{}.{}.{}", number >> 16, number >> 8 & 0xff, number & 0xff);
    let six = format!("fe80::{:x}:{:x}:{:x}:{:x}", (a ^ 2) << 8 | b, c << 8 | 0xff, 0xfe00 | d, e << 8 | f);
    (four, six)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_have_the_identifiers_of_a_real_engine() {
        assert_eq!(device_id("eth0", "56:6f:59:c0:00:00"), "65746830-3536-3a36-663a-35393a63303a");
    }

    #[test]
    fn addresses_follow_from_the_mac_address() {
        assert_eq!(
            guest_addresses("56:6f:59:c0:00:02"),
            ("10.192.0.3".to_owned(), "fe80::546f:59ff:fec0:2".to_owned())
        );
    }
}
