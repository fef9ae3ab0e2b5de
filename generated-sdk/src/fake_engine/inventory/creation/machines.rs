//! As many virtual machines as are wanted, as they are found on an engine that is in use.

use crate::fake_engine::behaviour::machines::defaults::{complete, devices, refer};
use crate::fake_engine::behaviour::{activate, new_mac};
use crate::fake_engine::state::{State, date, last};
use crate::types::{
    Cluster, Cpu, CpuTopology, Disk, DiskAttachment, DiskBackup, DiskContentType, DiskFormat, DiskInterface,
    DiskProfile, DiskStatus, DiskStorageType, GuestOperatingSystem, Host, HostStatus, Ip, IpVersion, Kernel, Mac,
    MemoryPolicy, Nic, NicInterface, QcowVersion, ReportedDevice, ReportedDeviceType, StorageDomain, StorageDomainType,
    TimeZone, Version, Vm, VmStatus, VmType, VnicProfile,
};

const GIB: i64 = 1 << 30;
const DAY: i64 = 86_400_000;

/// A kind of machine: its operating system for the engine, and what the guest says of itself.
struct Kind {
    os: &'static str,
    distribution: &'static str,
    family: &'static str,
    version: (i64, i64),
    kernel: &'static str,
    /// How many of hundred are of this kind.
    share: u64,
}

const KINDS: [Kind; 4] = [
    Kind {
        os: "rhel_9x64",
        distribution: "CentOS Stream",
        family: "Linux",
        version: (9, 0),
        kernel: "5.14.0-427.el9.x86_64",
        share: 45,
    },
    Kind {
        os: "rhel_8x64",
        distribution: "Rocky Linux",
        family: "Linux",
        version: (8, 9),
        kernel: "4.18.0-513.el8.x86_64",
        share: 25,
    },
    Kind {
        os: "debian_9",
        distribution: "Debian GNU/Linux",
        family: "Linux",
        version: (12, 0),
        kernel: "6.1.0-18-amd64",
        share: 15,
    },
    Kind {
        os: "windows_2022",
        distribution: "Microsoft Windows Server 2022",
        family: "Windows",
        version: (10, 0),
        kernel: "10.0.20348",
        share: 15,
    },
];

/// Statuses, and how many of hundred machines have them.
const STATUSES: [(VmStatus, u64); 4] =
    [(VmStatus::Up, 64), (VmStatus::Down, 31), (VmStatus::Paused, 2), (VmStatus::Suspended, 3)];

/// Where the machines can be.
struct Places {
    /// A machine of each cluster with all its settings, and the hosts of the cluster that are up.
    clusters: Vec<(Vm, Vec<String>)>,
    domains: Vec<(String, Option<String>)>,
    profiles: Vec<String>,
}

pub(super) fn fill(state: &mut State, count: usize) {
    let places = Places::find(state);
    if places.clusters.is_empty() {
        return;
    }
    let width = count.to_string().len().max(4);
    for number in 1..=count {
        add(state, &places, number, &format!("vm{number:0width$}"));
    }
}

impl Places {
    fn find(state: &State) -> Self {
        let mut clusters = Vec::new();
        for (path, _) in state.list::<Cluster>("clusters") {
            let id = last(&path);
            let is_here = |host: &Host| host.cluster.as_ref().and_then(|it| it.id.as_deref()) == Some(id);
            let hosts = state.list::<Host>("hosts");
            let hosts = hosts.filter(|(_, host)| is_here(host) && host.status == Some(HostStatus::Up));
            let hosts: Vec<String> = hosts.map(|(path, _)| last(&path).to_owned()).collect();
            let mut vm = Vm::new().cluster(Cluster::with_id(id)).type_(VmType::Server);
            complete(state, &mut vm);
            clusters.push((vm, hosts));
        }
        // Clusters without hosts have machines only where there are no others.
        if clusters.iter().any(|(_, hosts)| !hosts.is_empty()) {
            clusters.retain(|(_, hosts)| !hosts.is_empty());
        }
        let profiles = state.list::<DiskProfile>("diskprofiles");
        let profiles: Vec<(String, Option<String>)> = profiles
            .filter_map(|(path, profile)| Some((last(&path).to_owned(), profile.storage_domain.as_ref()?.id.clone())))
            .collect();
        let profile =
            |domain: &str| profiles.iter().find(|(_, of)| of.as_deref() == Some(domain)).map(|it| it.0.clone());
        let domains = state.list::<StorageDomain>("storagedomains");
        let domains = domains.filter(|(_, domain)| domain.type_ == Some(StorageDomainType::Data));
        let domains = domains.map(|(path, _)| (last(&path).to_owned(), profile(last(&path)))).collect();
        let profiles = state.paths("vnicprofiles").iter().map(|path| last(path).to_owned()).collect();
        Self { clusters, domains, profiles }
    }
}

/// One of many, by the number of a machine.
fn one<T>(many: &[T], number: usize) -> Option<&T> {
    many.get(number.checked_rem(many.len())?)
}

/// One by its share of hundred.
fn by_share<T>(all: &[T], share: impl Fn(&T) -> u64, random: u64) -> Option<&T> {
    let mut left = random;
    for one in all {
        match left.checked_sub(share(one)) {
            Some(rest) => left = rest,
            None => return Some(one),
        }
    }
    all.last()
}

fn add(state: &mut State, places: &Places, number: usize, name: &str) {
    let Some((prototype, hosts)) = one(&places.clusters, number) else { return };
    let (dice, kind) = (state.random_below(100), state.random_below(100));
    let status = by_share(&STATUSES, |it| it.1, dice).map_or(VmStatus::Down, |it| it.0.clone());
    let host = one(hosts, number / places.clusters.len());
    let has_process = matches!(status, VmStatus::Up | VmStatus::Paused);
    let status = if has_process && host.is_none() { VmStatus::Down } else { status };
    let is_up = status == VmStatus::Up;
    let runs = matches!(status, VmStatus::Up | VmStatus::Paused);
    let Some(kind) = by_share(&KINDS, |kind| kind.share, kind) else { return };

    let memory = (1 << state.random_below(5)) * GIB;
    let cores = 1 << state.random_below(4);
    let age = 1 + i64::try_from(state.random_below(700)).unwrap_or(0);
    let now = state.now_millis();
    let mut vm = prototype.clone();
    vm.id = None;
    vm = vm.name(name).memory(memory).creation_time(date(now - age * DAY));
    vm = vm.memory_policy(MemoryPolicy::new().ballooning(true).guaranteed(memory).max(memory * 4));
    let mut cpu = vm.cpu.take().map_or_else(Cpu::new, |cpu| *cpu);
    cpu = cpu.topology(CpuTopology::new().cores(cores).sockets(1).threads(1));
    let mut os = vm.os.take().map(|os| *os).unwrap_or_default();
    os.type_ = Some(kind.os.into());
    vm = vm.cpu(cpu).os(os).status(status);
    if runs && let Some(host) = host {
        let started = now - i64::try_from(state.random_below(60)).unwrap_or(0).min(age) * DAY;
        vm = vm.host(Host::with_id(host.as_str())).start_time(date(started));
    } else {
        vm = vm.stop_time(date(now - DAY));
    }
    if is_up {
        vm = guest(vm, kind, name);
    }
    let path = state.insert("vms", vm);
    devices(state, &path);
    activate(state, &path);
    add_nics(state, places, &path, number, is_up);
    add_disks(state, places, &path, number, name, runs);
}

/// What the agent in a guest tells.
fn guest(vm: Vm, kind: &Kind, name: &str) -> Vm {
    let (major, minor) = kind.version;
    let version = Version::new().major(major).minor(minor).full_version(format!("{major}.{minor}"));
    let kernel = Kernel::new().version(Version::new().full_version(kind.kernel));
    let system = GuestOperatingSystem::new().architecture("x86_64").codename("").distribution(kind.distribution);
    let system = system.family(kind.family).kernel(kernel).version(version);
    let zone = TimeZone::new().name("UTC").utc_offset("+00:00");
    vm.fqdn(format!("{name}.example.com")).guest_operating_system(system).guest_time_zone(zone)
}

fn add_nics(state: &mut State, places: &Places, vm: &str, number: usize, is_up: bool) {
    for index in 0..2 {
        let mac = new_mac(state);
        let mut nic = Nic::new().name(format!("nic{}", index + 1)).interface(NicInterface::Virtio).linked(true);
        nic = nic.plugged(true).synced(true).mac(Mac::new().address(mac.as_str()));
        if let Some(profile) = one(&places.profiles, index) {
            nic = nic.vnic_profile(VnicProfile::with_id(profile.as_str()));
        }
        state.insert(&format!("{vm}/nics"), refer(nic, vm));
        if is_up {
            let (high, low) = (number / 250 % 250, number % 250 + 1);
            let address = format!("10.{index}.{high}.{low}");
            let ips = vec![Ip::new().address(address).version(IpVersion::V4)];
            let device = ReportedDevice::new().name(format!("eth{index}")).type_(ReportedDeviceType::Network);
            let device = device.description("guest reported data").mac(Mac::new().address(mac)).ips(ips);
            state.insert(&format!("{vm}/reporteddevices"), refer(device, vm));
        }
    }
}

fn add_disks(state: &mut State, places: &Places, vm: &str, number: usize, name: &str, runs: bool) {
    let Some((domain, profile)) = one(&places.domains, number) else { return };
    let count = 1 + state.random_below(2);
    for index in 1..=count {
        let size = (10 << state.random_below(4)) * GIB;
        let used = i64::try_from(state.random_below(90)).unwrap_or(0) * size / 100;
        let (thin, image) = (state.random_below(4) > 0, state.new_id());
        let alias = format!("{name}_Disk{index}");
        let mut disk = Disk::new().name(alias.as_str()).alias(alias).description("").image_id(image);
        disk = disk.actual_size(if thin { used } else { size }).provisioned_size(size).total_size(0);
        disk = disk.backup(if thin { DiskBackup::Incremental } else { DiskBackup::None });
        disk = disk.format(if thin { DiskFormat::Cow } else { DiskFormat::Raw }).sparse(thin).shareable(false);
        disk = disk.content_type(DiskContentType::Data).storage_type(DiskStorageType::Image);
        disk = disk.propagate_errors(false).wipe_after_delete(false).status(DiskStatus::Ok);
        disk = disk.storage_domains(vec![StorageDomain::with_id(domain.as_str())]);
        if thin {
            disk = disk.qcow_version(QcowVersion::Qcow2V3);
        }
        if let Some(profile) = profile {
            disk = disk.disk_profile(DiskProfile::with_id(profile.as_str()));
        }
        let path = state.insert("disks", disk);
        let mut attachment = DiskAttachment::with_id(last(&path)).disk(Disk::with_id(last(&path)));
        attachment = attachment.active(true).bootable(index == 1).interface(DiskInterface::VirtioScsi);
        attachment = attachment.pass_discard(false).read_only(false).uses_scsi_reservation(false);
        if runs {
            let letter = if index == 1 { 'a' } else { 'b' };
            attachment = attachment.logical_name(format!("/dev/sd{letter}"));
        }
        state.insert(&format!("{vm}/diskattachments"), refer(attachment, vm));
    }
}
