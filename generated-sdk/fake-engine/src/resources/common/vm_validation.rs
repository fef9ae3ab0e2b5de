//! Checks of the settings of virtual machines, in the words of the engine.

use crate::api::Fault;
use crate::resources::common::bean::Violations;
use crate::resources::common::names::{has_special_characters, is_international};
use crate::resources::common::units::MIB;
use crate::resources::common::{
    custom_property, display, network, operating_system, references, storage_domain, time_zone, vm_cpu,
};
use crate::resources::paths::{
    CLUSTERS, CPU_PROFILES, DISK_ATTACHMENTS, HOSTS, INSTANCE_TYPES, NICS, STORAGE_DOMAINS, VMS, WATCHDOGS,
};
use crate::state::State;
use ovirt_sdk::types::{
    BiosType, CpuProfile, DataCenter, DataCenterStatus, DiskAttachment, DiskInterface, GraphicsType, Host, Nic,
    NicInterface, StorageDomain, StorageDomainStatus, TpmSupport, Vm, VmType,
};

/// The longest name that the engine accepts, although longer ones fit into its database.
const LONGEST_NAME: usize = 64;
/// The longest name that fits into the engine's database.
const LONGEST_STORED_NAME: usize = 255;
const LONGEST_DESCRIPTION: usize = 255;
const HIGHEST_PRIORITY: i64 = 100;
const PCI_SLOTS: usize = 26;
const IDE_SLOTS: usize = 4;
const SATA_SLOTS: usize = 6;

/// Fails if no virtual machine can have a name, or if another one than `own` has it.
pub(crate) fn check_name(state: &State, name: Option<&str>, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let Some(name) = name else { return Ok(()) };
    let mut violations = Violations::default();
    check_name_value(&mut violations, name, action);
    violations.into_result()?;
    check_unique_name(state, name, own, None, action)?;
    check_name_length(name, action)
}

fn check_name_value(violations: &mut Violations, name: &str, action: &str) {
    const ATTRIBUTE: &str = "vmStatic.name";
    violations.check_length(ATTRIBUTE, Some(name), 1, LONGEST_STORED_NAME);
    if !is_international(name) {
        violations.add(ATTRIBUTE, has_special_characters(action));
    }
}

/// Fails if another virtual machine has a name: one of the same data center if that is known.
fn check_unique_name(
    state: &State,
    name: &str,
    own: Option<&str>,
    data_center: Option<&str>,
    action: &str,
) -> Result<(), Fault> {
    if state.by_name(VMS, name).is_none() {
        return Ok(());
    }
    let is_taken = |(path, vm): (String, &Vm)| {
        vm.name.as_deref() == Some(name)
            && Some(path.as_str()) != own
            && (data_center.is_none() || network::data_center_of(state, &path).as_deref() == data_center)
    };
    match state.list::<Vm>(VMS).any(is_taken) {
        true => Err(Fault::cannot(action, "The VM name is already in use, please choose a unique name and try again.")),
        false => Ok(()),
    }
}

fn check_name_length(name: &str, action: &str) -> Result<(), Fault> {
    match name.chars().count() > LONGEST_NAME {
        true => Err(Fault::invalid(action, "The given name is too long.")),
        false => Ok(()),
    }
}

/// Fails if a virtual machine that is to be imported exists already.
pub(crate) fn check_id(state: &State, path: &str) -> Result<(), Fault> {
    if !state.contains(path) {
        return Ok(());
    }
    let name = state.name_of(path);
    Err(Fault::conflict(&format!(
        "Import VM failed - VM ID already exists in the system. Please remove the VM ({name}) from the system first"
    )))
}

/// Checks single values of the settings of a virtual machine.
pub(crate) fn check_values(vm: &Vm, action: &str) -> Result<(), Fault> {
    let mut violations = Violations::default();
    if let Some(name) = &vm.name {
        check_name_value(&mut violations, name, action);
    }
    violations.check_length("vmStatic.description", vm.description.as_deref(), 0, LONGEST_DESCRIPTION);
    violations.check_length("vmStatic.customCpuName", vm.custom_cpu_model.as_deref(), 0, 255);
    violations.check_length("vmStatic.customEmulatedMachine", vm.custom_emulated_machine.as_deref(), 0, 30);
    let policy = vm.memory_policy.as_deref();
    let mib = |bytes: Option<i64>| bytes.map(|bytes| bytes / MIB);
    violations.check_least("vmStatic.minAllocatedMem", mib(policy.and_then(|policy| policy.guaranteed)), 0);
    violations.check_least("vmStatic.maxMemorySizeMb", mib(policy.and_then(|policy| policy.max)), 1);
    violations.check_least("vmStatic.memSizeMb", mib(vm.memory), 1);
    if vm.migration_downtime.is_some_and(|downtime| downtime < -1) {
        let message = "Migration downtime must be between 0 and 2147483647 milliseconds.";
        violations.add("vmStatic.migrationDowntime", message);
    }
    if let Some(zone) = vm.time_zone.as_ref().and_then(|zone| zone.name.as_deref())
        && !time_zone::is_valid(zone, operating_system::is_windows(operating_system::name_of(vm)))
    {
        violations.add("vmStatic", format!("Cannot {action}. Invalid time zone for given OS type."));
    }
    violations.into_result()
}

/// The settings of a virtual machine to check.
pub(crate) struct Settings<'a> {
    pub(crate) vm: &'a Vm,
    /// The path of the virtual machine, if it exists.
    pub(crate) path: Option<&'a str>,
    /// The object with its devices: itself, or the template of a new one.
    pub(crate) devices: &'a str,
    /// The protocols of its graphics consoles.
    pub(crate) protocols: &'a [GraphicsType],
    /// The action, such as "add VM".
    pub(crate) action: &'a str,
}

/// Checks the settings of a virtual machine, as the engine does when one is added or updated.
pub(crate) fn check_settings(state: &State, settings: &Settings<'_>) -> Result<(), Fault> {
    let Settings { vm, path, protocols, action, .. } = *settings;
    let cluster = references::path_of(CLUSTERS, &vm.cluster).unwrap_or_default();
    if path.is_none() {
        check_data_center(state, &cluster, action)?;
    }
    check_tpm(state, vm, &cluster, action)?;
    display::check_monitors(vm, protocols, action)?;
    check_slots(state, settings)?;
    if let Some(name) = &vm.name {
        let data_center = network::data_center_of(state, &cluster);
        check_unique_name(state, name, path, data_center.as_deref(), action)?;
    }
    check_priority(vm)?;
    custom_property::check(vm.custom_properties.iter().flatten(), action)?;
    check_dedicated_hosts(state, vm, &cluster, action)?;
    if let Some(name) = &vm.name {
        check_name_length(name, action)?;
    }
    check_operating_system(state, vm, &cluster, action)?;
    display::check_devices(state, vm, protocols, action)?;
    check_smartcard(vm, action)?;
    vm_cpu::check_pinning(vm, action)?;
    check_references(state, vm, &cluster, action)?;
    vm_cpu::check(state, vm, &cluster, action)?;
    check_memory(vm, action)?;
    check_lease(state, vm, action)?;
    check_bios(state, vm, action)?;
    check_migrations(vm)?;
    match vm.display.as_ref().and_then(|display| display.disconnect_action_delay).is_some_and(|delay| delay < 0) {
        true => Err(Fault::invalid(action, "Illegal disconnection action delay is provided.")),
        false => Ok(()),
    }
}

/// Checks the settings of a template, as the engine does when one is updated.
pub(crate) fn check_template(state: &State, template: &Vm, action: &str) -> Result<(), Fault> {
    // The engine's command has no message for this.
    check_priority(template).map_err(|_| Fault::bad(""))?;
    check_smartcard(template, action)?;
    let Some(cluster) = references::path_of(CLUSTERS, &template.cluster) else { return Ok(()) };
    check_operating_system(state, template, &cluster, action)?;
    vm_cpu::check(state, template, &cluster, action)?;
    check_memory(template, action)?;
    custom_property::check(template.custom_properties.iter().flatten(), action)?;
    vm_cpu::check_pinning(template, action)?;
    check_tpm(state, template, &cluster, action)?;
    check_bios(state, template, action)
}

/// Fails if the data center of the object at a path isn't up.
pub(crate) fn check_data_center(state: &State, path: &str, action: &str) -> Result<(), Fault> {
    let data_center = network::data_center_of(state, path);
    let status = data_center.and_then(|path| state.get::<DataCenter>(&path)?.status.clone());
    match status {
        None | Some(DataCenterStatus::Up) => Ok(()),
        Some(_) => Err(Fault::cannot(action, "Unknown Data Center status.")),
    }
}

fn check_tpm(state: &State, vm: &Vm, cluster: &str, action: &str) -> Result<(), Fault> {
    let support = operating_system::tpm_support(state, operating_system::name_of(vm));
    let bios = vm.bios.as_ref().and_then(|bios| bios.type_.as_ref());
    let is_uefi = matches!(bios, Some(BiosType::Q35Ovmf | BiosType::Q35SecureBoot));
    if vm.tpm_enabled == Some(true) && (support == TpmSupport::Unsupported || !is_uefi) {
        let architecture = vm_cpu::architecture_of(state, cluster).map(|it| it.to_string()).unwrap_or_default();
        return Err(Fault::invalid(
            action,
            &format!(
                "TPM device is not supported on '{architecture}' architecture, or for the guest OS, or UEFI firmware is \
                 not enabled, or insufficient compatibility level (4.6 required by default)."
            ),
        ));
    }
    match vm.tpm_enabled != Some(true) && support == TpmSupport::Required {
        true => Err(Fault::cannot(action, "TPM device is required by the guest OS.")),
        false => Ok(()),
    }
}

/// Fails if the devices of a virtual machine need more slots than it has.
fn check_slots(state: &State, settings: &Settings<'_>) -> Result<(), Fault> {
    let Settings { vm, devices, action, .. } = *settings;
    let nics: Vec<NicInterface> = state
        .list::<Nic>(&format!("{devices}/{NICS}"))
        .map(|(_, nic)| nic.interface.clone().unwrap_or(NicInterface::Virtio))
        .collect();
    let disks: Vec<DiskInterface> = state
        .list::<DiskAttachment>(&format!("{devices}/{DISK_ATTACHMENTS}"))
        .map(|(_, attachment)| attachment.interface.clone().unwrap_or(DiskInterface::VirtioScsi))
        .collect();
    let has_watchdog = !state.paths(&format!("{devices}/{WATCHDOGS}")).is_empty();
    check_slots_of(vm, &nics, &disks, has_watchdog, action)
}

/// Fails if NICs and disks need more slots than a virtual machine has.
pub(crate) fn check_slots_of(
    vm: &Vm,
    nics: &[NicInterface],
    disks: &[DiskInterface],
    has_watchdog: bool,
    action: &str,
) -> Result<(), Fault> {
    let monitors = vm.display.as_ref().and_then(|display| display.monitors).unwrap_or(1);
    let count = |interface: &DiskInterface| disks.iter().filter(|it| *it == interface).count();
    let of_nics: usize = nics.iter().map(|nic| if *nic == NicInterface::Rtl8139Virtio { 2 } else { 1 }).sum();
    let has_virtio_scsi = vm.virtio_scsi.as_ref().and_then(|it| it.enabled) != Some(false);
    let flags = [true, has_virtio_scsi, has_watchdog, vm.soundcard_enabled == Some(true)];
    let pci = usize::try_from(monitors).unwrap_or(0)
        + of_nics
        + count(&DiskInterface::Virtio)
        + flags.iter().filter(|flag| **flag).count();
    let kind = if pci > PCI_SLOTS {
        "PCI"
    } else if count(&DiskInterface::Ide) > IDE_SLOTS {
        "IDE"
    } else if count(&DiskInterface::Sata) > SATA_SLOTS {
        "SATA"
    } else {
        return Ok(());
    };
    Err(Fault::cannot(action, &format!("Maximum {kind} devices exceeded.")))
}

fn check_priority(vm: &Vm) -> Result<(), Fault> {
    let priority = vm.high_availability.as_ref().and_then(|it| it.priority).unwrap_or(0);
    match (0..=HIGHEST_PRIORITY).contains(&priority) {
        true => Ok(()),
        false => Err(Fault::bad(&format!(
            "VM priority value passed the permitted max value, value should be between 0 and {HIGHEST_PRIORITY}."
        ))),
    }
}

fn check_dedicated_hosts(state: &State, vm: &Vm, cluster: &str, action: &str) -> Result<(), Fault> {
    let hosts = vm.placement_policy.as_ref().and_then(|policy| policy.hosts.as_ref());
    for id in hosts.into_iter().flatten().filter_map(|host| host.id.as_deref()) {
        let Some(host) = state.get::<Host>(&format!("{HOSTS}/{id}")) else {
            let why = "VM is pinned to a specific host. The required host doesn't exist.";
            return Err(Fault::cannot(action, why));
        };
        if !references::refers_to(&host.cluster, cluster) {
            return Err(Fault::cannot(
                action,
                "VM is pinned to a specific host. The host's cluster must be the same as the selected VM cluster.",
            ));
        }
    }
    Ok(())
}

fn check_operating_system(state: &State, vm: &Vm, cluster: &str, action: &str) -> Result<(), Fault> {
    let architecture = operating_system::architecture(state, operating_system::name_of(vm));
    let of_cluster = vm_cpu::architecture_of(state, cluster);
    match (architecture, of_cluster) {
        (Some(own), Some(of_cluster)) if own != of_cluster => {
            Err(Fault::invalid(action, "Selected operating system is not supported by the architecture."))
        }
        _ => Ok(()),
    }
}

fn check_smartcard(vm: &Vm, action: &str) -> Result<(), Fault> {
    let has_smartcard = vm.display.as_ref().and_then(|display| display.smartcard_enabled) == Some(true);
    let has_usb = vm.usb.as_ref().and_then(|usb| usb.enabled) == Some(true);
    match has_smartcard && !has_usb && vm.type_ == Some(VmType::HighPerformance) {
        true => Err(Fault::invalid(
            action,
            "Enabling Smartcard device while USB is disabled for High Performance VM type is not supported.",
        )),
        false => Ok(()),
    }
}

/// Fails if settings refer to a profile or an instance type that doesn't exist.
fn check_references(state: &State, vm: &Vm, cluster: &str, action: &str) -> Result<(), Fault> {
    if let Some(id) = vm.instance_type.as_ref().and_then(|it| it.id.as_deref())
        && !state.contains(&format!("{INSTANCE_TYPES}/{id}"))
    {
        return Err(Fault::invalid(action, "The relevant Instance Type doesn't exist."));
    }
    let Some(id) = vm.cpu_profile.as_ref().and_then(|profile| profile.id.as_deref()) else { return Ok(()) };
    match state.get::<CpuProfile>(&format!("{CPU_PROFILES}/{id}")) {
        None => Err(Fault::invalid(action, &format!("CPU profile with id {id} doesn't exist."))),
        Some(profile) if !references::refers_to(&profile.cluster, cluster) => {
            Err(Fault::invalid(action, "CPU Profile doesn't match provided Cluster."))
        }
        Some(_) => Ok(()),
    }
}

fn check_memory(vm: &Vm, action: &str) -> Result<(), Fault> {
    let Some(memory) = vm.memory.map(|bytes| bytes / MIB) else { return Ok(()) };
    let policy = vm.memory_policy.as_deref();
    if policy.and_then(|policy| policy.guaranteed).is_some_and(|guaranteed| guaranteed / MIB > memory) {
        return Err(Fault::invalid(action, "Physical Memory Guaranteed cannot exceed Memory Size."));
    }
    let Some(max) = policy.and_then(|policy| policy.max).map(|bytes| bytes / MIB) else { return Ok(()) };
    if max < memory {
        let why = format!("Memory size ({memory}MB) cannot exceed maximum memory size ({max}MB).");
        return Err(Fault::cannot(action, &why));
    }
    check_platform_limit(max, action)
}

/// Fails if the maximum memory in MiB exceeds what an operating system can use.
fn check_platform_limit(max: i64, action: &str) -> Result<(), Fault> {
    const LIMIT: i64 = 67_108_864;
    match max > LIMIT {
        true => {
            Err(Fault::invalid(action, &format!("Maximum memory ({max}MB) cannot exceed platform limit ({LIMIT}MB).")))
        }
        false => Ok(()),
    }
}

fn check_lease(state: &State, vm: &Vm, action: &str) -> Result<(), Fault> {
    let Some(id) = storage_domain::with_lease(vm) else { return Ok(()) };
    if vm.high_availability.as_ref().and_then(|it| it.enabled) != Some(true) {
        return Err(Fault::cannot(action, "A VM lease was defined but high availability option is set to false."));
    }
    let domain = state.get::<StorageDomain>(&format!("{STORAGE_DOMAINS}/{id}"));
    match domain.map(|domain| domain.status.as_ref()) {
        None => Err(Fault::invalid(action, "Storage Domain doesn't exist.")),
        Some(None | Some(StorageDomainStatus::Active)) => Ok(()),
        Some(Some(_)) => Err(Fault::cannot(
            action,
            "The relevant Storage Domain is inaccessible.\n-Please handle Storage Domain issues and retry the operation.",
        )),
    }
}

fn check_bios(state: &State, vm: &Vm, action: &str) -> Result<(), Fault> {
    let name = operating_system::name_of(vm);
    let title = || operating_system::title(state, name);
    match vm.bios.as_ref().and_then(|bios| bios.type_.as_ref()) {
        Some(BiosType::Q35Ovmf | BiosType::Q35SeaBios | BiosType::Q35SecureBoot)
            if !operating_system::runs_on_q35(name) =>
        {
            Err(Fault::cannot(action, &format!("Q35 chipset is not supported by the guest OS {}.", title())))
        }
        Some(BiosType::Q35SecureBoot) if !operating_system::supports_secure_boot(name) => {
            Err(Fault::cannot(action, &format!("SecureBoot is not supported by the guest OS {}.", title())))
        }
        _ => Ok(()),
    }
}

fn check_migrations(vm: &Vm) -> Result<(), Fault> {
    let count = vm.migration.as_ref().and_then(|migration| migration.custom_parallel_migrations);
    match count {
        Some(count) if !(2..=255).contains(&count) => {
            Err(Fault::bad("Custom number of parallel migration connections must be between 2 and 255."))
        }
        _ => Ok(()),
    }
}
