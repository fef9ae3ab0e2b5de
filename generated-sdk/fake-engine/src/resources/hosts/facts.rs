//! The fields of new hosts, and those that installed hosts report.

use crate::path::last;
use crate::resources::common::fields;
use crate::resources::common::references::{default_to, path_of};
use crate::resources::common::units::GIB;
use crate::resources::hosts::wiring;
use crate::resources::paths::{CLUSTERS, DEVICES, HOOKS, HOSTS, NICS, NUMA_NODES};
use crate::state::State;
use ovirt_sdk::types::{
    AutoNumaStatus, BootProtocol, Certificate, Cluster, Core, Cpu, CpuTopology, ExternalStatus, HardwareInformation,
    Host, HostDevice, HostDevicePassthrough, HostNic, HostNicVirtualFunctionsConfiguration, HostProtocol, HostStatus,
    HostType, Ip, IpVersion, IscsiDetails, KdumpStatus, Ksm, List, Mac, NicStatus, NumaNode, OperatingSystem, PmProxy,
    PowerManagement, Product, RngSource, SeLinux, SeLinuxMode, Spm, SpmStatus, Ssh, TransparentHugePages, Vendor,
    Version, VgpuPlacement,
};

/// The memory of a host, and how much of it the host itself uses.
const MEMORY: i64 = 256 * GIB;
const OWN_MEMORY: i64 = 2 * GIB;
pub(crate) const ORGANIZATION: &str = "example.com";

/// Sets the fields that every new host has.
pub(crate) fn complete_new(state: &mut State, host: &mut Host) {
    host.root_password = None;
    let subject = format!("O={ORGANIZATION},CN={}", host.address.as_deref().unwrap_or_default());
    let power = PowerManagement::new()
        .automatic_pm_enabled(true)
        .enabled(false)
        .kdump_detection(true)
        .pm_proxies(List::<PmProxy>::default());
    let ssh = Ssh::new().fingerprint(format!("SHA256:{}", fingerprint(state))).port(22);
    let defaults = Host::new()
        .comment("")
        .auto_numa_status(AutoNumaStatus::UnknownValue)
        .certificate(Certificate::new().organization(ORGANIZATION).subject(subject))
        .cpu(Cpu::new().speed(0.0).topology(CpuTopology::new()))
        .device_passthrough(HostDevicePassthrough::new().enabled(false))
        .external_status(ExternalStatus::Ok)
        .hardware_information(HardwareInformation::new().supported_rng_sources(Vec::<RngSource>::new()))
        .kdump_status(KdumpStatus::UnknownValue)
        .ksm(Ksm::new().enabled(false))
        .max_scheduling_memory(0)
        .memory(0)
        .numa_supported(false)
        .os(OperatingSystem::new().custom_kernel_cmdline("").description(""))
        .ovn_configured(false)
        .port(54321)
        .power_management(power)
        .protocol(HostProtocol::Stomp)
        .reinstallation_required(false)
        .se_linux(SeLinux::new())
        .spm(Spm::new().priority(5).status(SpmStatus::None))
        .ssh(ssh)
        .transparent_huge_pages(TransparentHugePages::new().enabled(false))
        .type_(HostType::Rhel)
        .update_available(false)
        .vgpu_placement(VgpuPlacement::Consolidated);
    host.status = Some(HostStatus::Installing);
    host.summary = None;
    fields::fill_unset(host, &defaults, &[]);
    if let Some(ssh) = host.ssh.as_mut() {
        ssh.user = None;
        ssh.authentication_method = None;
    }
}

fn fingerprint(state: &mut State) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut letter = || {
        let index = usize::try_from(state.random_below(64)).unwrap_or_default();
        LETTERS.get(index).copied().map_or('A', char::from)
    };
    (0..43).map(|_| letter()).collect()
}

/// Sets the fields that a host reports once its software is installed.
pub(crate) fn report_facts(state: &mut State, path: &str) {
    let cluster = state.get::<Host>(path).and_then(|host| path_of(CLUSTERS, &host.cluster));
    let cpu = cluster.and_then(|cluster| state.get::<Cluster>(&cluster)?.cpu.as_ref()?.type_.clone());
    let (serial, initiator) = (state.new_id(), state.new_id());
    let Some(host) = state.get_mut::<Host>(path) else { return };
    host.auto_numa_status = Some(AutoNumaStatus::Enable);
    host.hardware_information = Some(Box::new(
        HardwareInformation::new()
            .family("Server")
            .manufacturer("Example Corporation")
            .product_name("Rack 2000")
            .serial_number(initiator.to_ascii_uppercase())
            .supported_rng_sources([RngSource::Hwrng, RngSource::Random])
            .uuid(serial.to_ascii_uppercase())
            .version("1.0"),
    ));
    let short: String = initiator.chars().take(8).collect();
    default_to(&mut host.iscsi, Box::new(IscsiDetails::new().initiator(format!("iqn.1994-05.com.example:{short}"))));
    host.kdump_status = Some(KdumpStatus::Disabled);
    host.ksm = Some(Box::new(Ksm::new().enabled(true)));
    host.libvirt_version = Some(Box::new(version("libvirt-9.0.0-10.3.el9_2", [9, 0, 0, 0])));
    host.memory = Some(MEMORY);
    host.max_scheduling_memory = Some(MEMORY - OWN_MEMORY);
    host.numa_supported = Some(true);
    host.cpu = Some(Box::new(
        Cpu::new()
            .name("Intel Xeon Processor (Skylake)")
            .speed(2100.0)
            .topology(CpuTopology::new().cores(16).sockets(2).threads(2))
            .type_(cpu.filter(|cpu| !cpu.is_empty()).unwrap_or_else(|| "Secure Intel Nehalem Family".to_owned())),
    ));
    let os = host.os.get_or_insert_default();
    default_to(&mut os.custom_kernel_cmdline, String::new());
    os.description = Some("Enterprise Linux 9.2".to_owned());
    os.reported_kernel_cmdline = Some("BOOT_IMAGE=(hd0,msdos1)/vmlinuz root=/dev/mapper/main-root ro".to_owned());
    os.type_ = Some("RHEL".to_owned());
    os.version = Some(Box::new(Version::new().full_version("9.2 - 13.el9").major(9).minor(2)));
    host.se_linux = Some(Box::new(SeLinux::new().mode(SeLinuxMode::Enforcing)));
    host.transparent_huge_pages = Some(Box::new(TransparentHugePages::new().enabled(true)));
    host.version = Some(Box::new(version("vdsm-4.50.5.1-1.el9", [4, 50, 5, 1])));
    host.ovn_configured = Some(true);
    host.reinstallation_required = Some(false);
    if state.paths(&format!("{path}/{NICS}")).is_empty() {
        add_hardware(state, path);
    }
    wiring::attach_management(state, path);
}

fn version(full: &str, [major, minor, build, revision]: [i64; 4]) -> Version {
    Version::new().full_version(full).major(major).minor(minor).build(build).revision(revision)
}

fn add_hardware(state: &mut State, path: &str) {
    let number = state.count(HOSTS);
    let reference = || Host::with_id(last(path));
    for (index, name) in ["eth0", "eth1", "eth2", "eth3"].into_iter().enumerate() {
        let index = i64::try_from(index).unwrap_or_default();
        let mac = format!("52:54:00:{:02x}:{:02x}:{index:02x}", (number >> 8) & 0xff, number & 0xff);
        let mut nic = HostNic::new()
            .name(name)
            .boot_protocol(BootProtocol::None)
            .bridged(false)
            .custom_configuration(false)
            .mac(Mac::new().address(mac))
            .mtu(1500)
            .speed(10_000_000_000_i64)
            .status(NicStatus::Up)
            .ipv6_boot_protocol(BootProtocol::None)
            .host(reference());
        if name == "eth0" {
            // The address stays the same, whatever network is attached.
            nic = nic.boot_protocol(BootProtocol::Dhcp).ip(Ip::new()
                .address(format!("192.0.{}.{}", 2 + (number >> 8), (number & 0xff).max(1)))
                .gateway("192.0.2.254")
                .netmask("255.255.255.0")
                .version(IpVersion::V4));
        }
        if index >= 2 {
            nic = nic.virtual_functions_configuration(
                HostNicVirtualFunctionsConfiguration::new()
                    .all_networks_allowed(true)
                    .max_number_of_virtual_functions(8)
                    .number_of_virtual_functions(0),
            );
        }
        state.insert(&format!("{path}/{NICS}"), nic);
    }
    for index in 0..2 {
        let cores = (0..16).map(|core| Core::new().index(index * 16 + core)).collect::<List<_>>();
        let node = NumaNode::new()
            .index(index)
            .memory(MEMORY / 2 / (1 << 20))
            .node_distance(if index == 0 { "10 21" } else { "21 10" })
            .cpu(Cpu::new().cores(cores))
            .host(reference());
        state.insert(&format!("{path}/{NUMA_NODES}"), node);
    }
    let computer = HostDevice::new().name("computer").capability("system").placeholder(false).host(reference());
    let computer = state.insert(&format!("{path}/{DEVICES}"), computer);
    for (slot, product, vendor, driver) in [
        ("pci_0000_00_02_0", "Graphics Controller", "Example Graphics", "vfio-pci"),
        ("pci_0000_3b_00_0", "10 Gigabit Network Adapter", "Example Networks", "ixgbe"),
        ("pci_0000_5e_00_0", "NVMe Drive", "Example Storage", "nvme"),
    ] {
        let device = HostDevice::new()
            .name(slot)
            .capability("pci")
            .driver(driver)
            .iommu_group(state.count("groups of devices"))
            .placeholder(false)
            .product(Product::with_id("0x10fb").name(product))
            .vendor(Vendor::with_id("0x8086").name(vendor))
            .parent_device(HostDevice::with_id(last(&computer)).name("computer").href(computer.as_str()))
            .host(reference());
        state.insert(&format!("{path}/{DEVICES}"), device);
    }
    for (event, name) in [("before_vm_start", "50_hostedengine"), ("after_network_setup", "30_ethtool_options")] {
        state.insert(
            &format!("{path}/{HOOKS}"),
            ovirt_sdk::types::Hook::new().name(name).event_name(event).host(reference()),
        );
    }
}
