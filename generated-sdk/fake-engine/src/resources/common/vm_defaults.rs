//! Default settings of virtual machines, templates and instance types.

use crate::path::last;
use crate::resources::common::fields;
use crate::resources::common::units::GIB;
use crate::resources::common::well_known::NIL;
use crate::resources::paths::{CLUSTERS, CPU_PROFILES, TEMPLATES, VMS};
use crate::state::State;
use ovirt_sdk::object::{Object, Struct, member};
use ovirt_sdk::types::{
    Architecture, AutoPinningPolicy, Bios, BiosType, Boot, BootDevice, BootMenu, Cluster, Cpu, CpuPinningPolicy,
    CpuProfile, CpuTopology, Display, DisplayType, HighAvailability, Icon, InheritableBoolean, Io, MemoryPolicy,
    Method, MigrationOptions, NumaTuneMode, OperatingSystem, Sso, SsoMethod, Template, TimeZone, Usb, Vm, VmAffinity,
    VmBase, VmPlacementPolicy, VmStatus, VmStorageErrorResumeBehaviour, VmType,
};

/// How much more memory than it begins with a machine can have when nobody says it.
const MAX_MEMORY_FACTOR: i64 = 4;
/// Icons of operating systems for which nothing else is known: the large one and the small one.
const ICONS: (&str, &str) = ("14ca85cd-8c70-9adf-2c69-884beb8ac3fb", "8ebc8e0c-38a3-ff89-b043-1e5ec6e4c9a3");

/// Members that templates and machines have in common, and that machines don't take over.
const NOT_FROM_TEMPLATE: [&str; 11] = [
    "href",
    "id",
    "name",
    "description",
    "comment",
    "cluster",
    "creation_time",
    "delete_protected",
    "origin",
    "storage_domain",
    "quota",
];

/// Settings that say which machine it is, and that nothing made of it gets.
const NOT_COPIED: [&str; 6] = ["href", "id", "name", "description", "comment", "creation_time"];

/// Gives a new virtual machine everything that was not said: what its template has, what its cluster says, and what
/// every engine gives. Members that are set stay as they are.
pub(crate) fn complete(state: &State, vm: &mut Vm) {
    let template = vm.template.as_ref().and_then(|template| template.id.clone()).unwrap_or_else(|| NIL.to_owned());
    let memory_was_given = vm.memory.is_some();
    let policy_was_given = vm.memory_policy.clone().unwrap_or_default();
    if let Some(template) = state.get::<Template>(&format!("{TEMPLATES}/{template}")) {
        fields::fill_unset(vm, template, &NOT_FROM_TEMPLATE);
        if vm.cluster.is_none() {
            vm.cluster.clone_from(&template.cluster);
        }
    }
    if memory_was_given && let (Some(memory), Some(policy)) = (vm.memory, vm.memory_policy.as_deref_mut()) {
        if policy_was_given.guaranteed.is_none() {
            policy.guaranteed = policy.guaranteed.map(|guaranteed| guaranteed.min(memory));
        }
        if policy_was_given.max.is_none() {
            policy.max = Some(memory.saturating_mul(MAX_MEMORY_FACTOR));
        }
    }
    vm.template.get_or_insert_with(|| Box::new(Template::with_id(&template)));
    vm.original_template.get_or_insert_with(|| Box::new(Template::with_id(&template)));
    let cluster = vm.cluster.as_ref().and_then(|cluster| cluster.id.clone());
    complete_base(state, vm, cluster.as_deref());
    let own = Vm::new()
        .status(VmStatus::Down)
        .stop_reason("")
        .run_once(false)
        .next_run_configuration_exists(false)
        .has_illegal_images(false)
        .numa_tune_mode(NumaTuneMode::Interleave);
    fields::fill_unset(vm, &own, &[]);
}

/// Gives an object that has the members of [`VmBase`] (a machine, a template, an instance type) what it lacks of them.
pub(crate) fn complete_base(state: &State, object: &mut dyn Object, cluster: Option<&str>) {
    let of_cluster = cluster.and_then(|id| state.get::<Cluster>(&format!("{CLUSTERS}/{id}")));
    let architecture = of_cluster.and_then(|cluster| cluster.cpu.as_ref()?.architecture.clone());
    let bios = of_cluster.and_then(|cluster| cluster.bios_type.clone()).unwrap_or(BiosType::Q35SeaBios);
    let number = |name: &str| member(object, name).and_then(|slot| slot.text()).and_then(|text| text.parse().ok());
    let memory: i64 = number("memory").unwrap_or(GIB);
    let topology = CpuTopology::new().cores(1).sockets(1).threads(1);
    let display = Display::new()
        .allow_override(false)
        .copy_paste_enabled(true)
        .disconnect_action("LOCK_SCREEN")
        .disconnect_action_delay(0)
        .file_transfer_enabled(true)
        .monitors(1)
        .single_qxl_pci(false)
        .smartcard_enabled(false)
        .type_(DisplayType::Spice);
    let migration = MigrationOptions::new()
        .auto_converge(InheritableBoolean::Inherit)
        .compressed(InheritableBoolean::Inherit)
        .encrypted(InheritableBoolean::Inherit);
    let mut defaults = VmBase::new()
        .description("")
        .comment("")
        .auto_pinning_policy(AutoPinningPolicy::Disabled)
        .bios(Bios::new().boot_menu(BootMenu::new().enabled(false)).type_(bios))
        .cpu(Cpu::new().architecture(architecture.unwrap_or(Architecture::X8664)).topology(topology))
        .cpu_pinning_policy(CpuPinningPolicy::None)
        .cpu_shares(0)
        .creation_time(state.now())
        .delete_protected(false)
        .display(display)
        .high_availability(HighAvailability::new().enabled(false).priority(1))
        .io(Io::new().threads(1))
        .large_icon(Icon::with_id(ICONS.0))
        .memory(memory)
        .memory_policy(
            MemoryPolicy::new().ballooning(true).guaranteed(memory).max(memory.saturating_mul(MAX_MEMORY_FACTOR)),
        )
        .migration(migration)
        .migration_downtime(-1)
        .multi_queues_enabled(true)
        .origin("ovirt")
        .os(OperatingSystem::new().boot(Boot::new().devices(vec![BootDevice::Hd])).type_("other"))
        .placement_policy(VmPlacementPolicy::new().affinity(VmAffinity::Migratable))
        .small_icon(Icon::with_id(ICONS.1))
        .sso(Sso::new().methods(vec![Method::new().id(SsoMethod::GuestAgent)]))
        .start_paused(false)
        .stateless(false)
        .storage_error_resume_behaviour(VmStorageErrorResumeBehaviour::AutoResume)
        .time_zone(TimeZone::new().name("Etc/GMT"))
        .type_(VmType::Server)
        .usb(Usb::new().enabled(false))
        .virtio_scsi_multi_queues_enabled(false);
    defaults.cpu_profile = cluster.and_then(|cluster| default_cpu_profile(state, cluster)).map(Box::new);
    fields::fill_unset(object, &defaults, &[]);
}

/// The CPU profile of a cluster that machines have when none is chosen.
fn default_cpu_profile(state: &State, cluster: &str) -> Option<CpuProfile> {
    let of_cluster = |profile: &CpuProfile| profile.cluster.as_ref().and_then(|it| it.id.as_deref()) == Some(cluster);
    let found = state.list::<CpuProfile>(CPU_PROFILES).find(|(_, profile)| of_cluster(profile))?;
    Some(CpuProfile::with_id(last(&found.0)))
}

/// Gives a machine, a template or a snapshot the settings of another one that it has not got itself.
pub(crate) fn copy_settings<T: Struct, F: Struct>(target: &mut T, from: &F) {
    let mut base = VmBase::new();
    fields::fill_unset(&mut base, from, &NOT_COPIED);
    fields::fill_unset(target, &base, &NOT_COPIED);
}

/// Puts a machine into the state; with its settings completed, but without devices.
pub(crate) fn insert(state: &mut State, mut vm: Vm) -> String {
    fields::clear_collections(&mut vm);
    vm.href = None;
    vm.storage_domain = None;
    vm.creation_time = Some(state.now());
    complete(state, &mut vm);
    state.insert(VMS, vm)
}
