//! Many virtual machines, like those of an engine in use.

use crate::path::last;
use crate::resources::common::disk_attachment::attach;
use crate::resources::common::units::GIB;
use crate::resources::common::vm_defaults::complete;
use crate::resources::common::{devices, disk, nic, operating_system, snapshot, time_zone};
use crate::resources::paths::{CLUSTERS, DISK_PROFILES, DISKS, HOSTS, STORAGE_DOMAINS, VMS, VNIC_PROFILES};
use crate::resources::vms::start::set_running;
use crate::state::{State, date};
use ovirt_sdk::types::{
    Cluster, Cpu, CpuTopology, DiskAttachment, DiskBackup, DiskFormat, DiskProfile, Host, HostStatus, MemoryPolicy,
    Nic, StorageDomain, StorageDomainType, TimeZone, Vm, VmStatus, VmType, VnicProfile,
};

const DAY: i64 = 86_400_000;
/// Operating systems, and how many percent of the virtual machines have them.
const SYSTEMS: [(&str, u64); 4] = [("rhel_9x64", 45), ("rhel_8x64", 25), ("debian_9", 15), ("windows_2022", 15)];
/// Statuses, and how many percent of the virtual machines have them.
const STATUSES: [(VmStatus, u64); 4] =
    [(VmStatus::Up, 64), (VmStatus::Down, 31), (VmStatus::Paused, 2), (VmStatus::Suspended, 3)];

/// The resources that virtual machines can use.
struct Places {
    /// A virtual machine with complete settings for each cluster.
    prototypes: Vec<Vm>,
    /// The hosts that are up, and the numbers of their clusters.
    hosts: Vec<(usize, String)>,
    domains: Vec<(String, Option<String>)>,
    profiles: Vec<String>,
}

pub(super) fn fill(state: &mut State, count: usize) {
    let places = Places::find(state);
    if places.prototypes.is_empty() {
        return;
    }
    let width = count.to_string().len().max(4);
    for number in 1..=count {
        add(state, &places, number, &format!("vm{number:0width$}"));
    }
}

impl Places {
    fn find(state: &State) -> Self {
        let (mut prototypes, mut hosts) = (Vec::new(), Vec::new());
        for (number, (path, _)) in state.list::<Cluster>(CLUSTERS).enumerate() {
            let id = last(&path);
            let is_here = |host: &Host| host.cluster.as_ref().and_then(|it| it.id.as_deref()) == Some(id);
            let up = state.list::<Host>(HOSTS);
            let up = up.filter(|(_, host)| is_here(host) && host.status == Some(HostStatus::Up));
            hosts.extend(up.map(|(path, _)| (number, path)));
            let mut vm = Vm::new().cluster(Cluster::with_id(id)).type_(VmType::Server);
            complete(state, &mut vm);
            prototypes.push(vm);
        }
        let profiles = state.list::<DiskProfile>(DISK_PROFILES);
        let profiles: Vec<(String, Option<String>)> = profiles
            .filter_map(|(path, profile)| Some((last(&path).to_owned(), profile.storage_domain.as_ref()?.id.clone())))
            .collect();
        let profile =
            |domain: &str| profiles.iter().find(|(_, of)| of.as_deref() == Some(domain)).map(|it| it.0.clone());
        let domains = state.list::<StorageDomain>(STORAGE_DOMAINS);
        let domains = domains.filter(|(_, domain)| domain.type_ == Some(StorageDomainType::Data));
        let domains = domains.map(|(path, _)| (last(&path).to_owned(), profile(last(&path)))).collect();
        let profiles = state.paths(VNIC_PROFILES).iter().map(|path| last(path).to_owned()).collect();
        Self { prototypes, hosts, domains, profiles }
    }
}

/// The item for the virtual machine with a number. The items take turns.
fn one<T>(many: &[T], number: usize) -> Option<&T> {
    many.get(number.checked_rem(many.len())?)
}

/// The item for a random number below 100, according to the shares of the items in percent.
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
    let home = one(&places.hosts, number);
    let Some(prototype) = places.prototypes.get(home.map_or(0, |home| home.0)) else { return };
    let (dice, system) = (state.random_below(100), state.random_below(100));
    let status = by_share(&STATUSES, |it| it.1, dice).map_or(VmStatus::Down, |it| it.0.clone());
    let system = by_share(&SYSTEMS, |it| it.1, system).map_or("other", |it| it.0);
    let host = home.map(|home| home.1.as_str()).filter(|_| matches!(status, VmStatus::Up | VmStatus::Paused));
    let status = if status == VmStatus::Suspended || host.is_some() { status } else { VmStatus::Down };

    let memory = (1 << state.random_below(4)) * GIB;
    let cores = 1 << state.random_below(4);
    let age = 1 + i64::try_from(state.random_below(700)).unwrap_or(0);
    let now = state.now_millis();
    let mut vm = prototype.clone();
    vm = vm.name(name).memory(memory).creation_time(date(now - age * DAY));
    vm = vm.memory_policy(MemoryPolicy::new().ballooning(true).guaranteed(memory).max(memory * 4));
    let cpu = vm.cpu.take().map_or_else(Cpu::new, |cpu| *cpu);
    if operating_system::is_windows(system) {
        vm = vm.time_zone(TimeZone::new().name(time_zone::default_name(true)));
    }
    let mut os = vm.os.take().map(|os| *os).unwrap_or_default();
    os.type_ = Some(system.into());
    vm = vm.cpu(cpu.topology(CpuTopology::new().cores(cores).sockets(1).threads(1))).os(os).status(status.clone());
    if host.is_none() {
        vm = vm.stop_time(date(now - DAY));
    }
    let path = state.insert(VMS, vm);
    devices::add_default_devices(state, &path);
    snapshot::add_active(state, &path);
    add_nics(state, places, &path);
    add_disks(state, places, &path, number, name, host.is_some());
    if let Some(host) = host {
        set_running(state, &path, host);
        let started = now - i64::try_from(state.random_below(60)).unwrap_or(0).min(age) * DAY;
        if let Some(vm) = state.get_mut::<Vm>(&path) {
            vm.start_time = Some(date(started));
            vm.status = Some(status);
        }
    }
}

fn add_nics(state: &mut State, places: &Places, vm: &str) {
    for index in 0..2 {
        let mut nic = Nic::new().name(format!("nic{}", index + 1));
        if let Some(profile) = one(&places.profiles, index) {
            nic = nic.vnic_profile(VnicProfile::with_id(profile.as_str()));
        }
        // When a pool has no more addresses, the rest has no interfaces.
        drop(nic::insert(state, vm, nic));
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
        let mut disk = disk::image(&alias, size, domain).image_id(image).actual_size(if thin { used } else { size });
        disk.total_size = disk.actual_size;
        if thin {
            disk.backup = Some(DiskBackup::Incremental);
        } else {
            (disk.format, disk.sparse, disk.qcow_version) = (Some(DiskFormat::Raw), Some(false), None);
        }
        if let Some(profile) = profile {
            disk = disk.disk_profile(DiskProfile::with_id(profile.as_str()));
        }
        let path = state.insert(DISKS, disk);
        let mut attachment = DiskAttachment::new().bootable(index == 1);
        if runs {
            let letter = if index == 1 { 'a' } else { 'b' };
            attachment = attachment.logical_name(format!("/dev/sd{letter}"));
        }
        attach(state, vm, &path, attachment);
    }
}
