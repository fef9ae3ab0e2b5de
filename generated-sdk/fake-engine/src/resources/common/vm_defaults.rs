//! Default settings of virtual machines, templates and instance types.

use crate::path::last;
use crate::resources::common::units::{GIB, MIB};
use crate::resources::common::well_known::NIL;
use crate::resources::common::{display, fields, network, operating_system, quota, references, time_zone};
use crate::resources::paths::{CLUSTERS, CPU_PROFILES, TEMPLATES, VMS};
use crate::state::State;
use ovirt_sdk::object::{Object, Struct, member};
use ovirt_sdk::types::{
    Architecture, AutoPinningPolicy, Bios, BiosType, Boot, BootDevice, BootMenu, Cluster, Console, Cpu,
    CpuPinningPolicy, CpuProfile, CpuTopology, Display, DisplayType, HighAvailability, Icon, InheritableBoolean, Io,
    MemoryPolicy, Method, MigrationOptions, OperatingSystem, ParallelMigrationsPolicy, Quota, RngDevice, RngSource,
    Sso, SsoMethod, Template, TimeZone, Usb, VideoType, VirtioScsi, Vm, VmAffinity, VmBase, VmPlacementPolicy,
    VmStatus, VmStorageErrorResumeBehaviour, VmType,
};

/// The maximum memory of a virtual machine in relation to its memory, unless the client sets it.
const MAX_MEMORY_FACTOR: i64 = 4;
/// Icons of operating systems without icons of their own: the large one and the small one.
const ICONS: (&str, &str) = ("14ca85cd-8c70-9adf-2c69-884beb8ac3fb", "8ebc8e0c-38a3-ff89-b043-1e5ec6e4c9a3");

/// Fields that templates and virtual machines have in common, and that virtual machines don't get from their templates.
const NOT_FROM_TEMPLATE: [&str; 13] = [
    "cluster",
    "comment",
    "cpu_profile",
    "creation_time",
    "delete_protected",
    "description",
    "display",
    "href",
    "id",
    "name",
    "origin",
    "quota",
    "storage_domain",
];

/// Fields that identify a virtual machine or a template. Copies don't get them.
const IDENTITY: [&str; 6] = ["href", "id", "name", "description", "comment", "creation_time"];

/// Sets what a client left out in a new virtual machine: from its template, its cluster, or the engine's defaults.
pub(crate) fn complete(state: &State, vm: &mut Vm) {
    let template = vm.template.as_ref().and_then(|template| template.id.clone()).unwrap_or_else(|| NIL.to_owned());
    let has_memory = vm.memory.is_some();
    let sent_policy = vm.memory_policy.clone().unwrap_or_default();
    let of_template = state.get::<Template>(&format!("{TEMPLATES}/{template}"));
    if let Some(template) = of_template {
        if vm.cluster.is_none() {
            vm.cluster.clone_from(&template.cluster);
        }
        let sent = vm.clone();
        fields::fill_unset(vm, template, &NOT_FROM_TEMPLATE);
        // The blank template has no architecture.
        if let Some(cpu) = vm.cpu.as_mut().filter(|cpu| cpu.architecture == Some(Architecture::Undefined)) {
            cpu.architecture = None;
        }
        set_from_template(state, vm, &sent, template);
    }
    if let (Some(memory), Some(policy)) = (vm.memory.filter(|_| has_memory), vm.memory_policy.as_deref_mut()) {
        if sent_policy.guaranteed.is_none() {
            policy.guaranteed = Some(guaranteed_memory(state, memory, &vm.cluster));
        }
        if sent_policy.max.is_none() {
            policy.max = Some(memory.saturating_mul(MAX_MEMORY_FACTOR));
        }
    }
    vm.template.get_or_insert_with(|| Box::new(Template::with_id(&template)));
    vm.original_template.get_or_insert_with(|| Box::new(Template::with_id(&template)));
    let cluster = vm.cluster.as_ref().and_then(|cluster| cluster.id.clone());
    complete_base(state, vm, cluster.as_deref());
    if vm.quota.is_none() {
        let data_center =
            references::path_of(CLUSTERS, &vm.cluster).and_then(|path| network::data_center_of(state, &path));
        let quota = data_center.and_then(|path| quota::default_of(state, &path));
        vm.quota = quota.map(|path| Box::new(Quota::with_id(last(&path))));
    }
    let own = Vm::new()
        .status(VmStatus::Down)
        .run_once(false)
        .next_run_configuration_exists(false)
        .stop_time(state.now())
        .console(Console::new().enabled(false))
        .rng_device(RngDevice::new().source(RngSource::Urandom))
        .soundcard_enabled(true)
        .tpm_enabled(false)
        .virtio_scsi(VirtioScsi::new().enabled(true));
    fields::fill_unset(vm, &own, &[]);
    to_whole_mib(vm);
}

/// Sets what depends on the template and on what the client sent.
fn set_from_template(state: &State, vm: &mut Vm, sent: &Vm, template: &Template) {
    // The profile of another cluster doesn't fit.
    if vm.cpu_profile.is_none() && references_same(&vm.cluster, &template.cluster) {
        vm.cpu_profile.clone_from(&template.cpu_profile);
    }
    let is_windows = operating_system::is_windows(operating_system::name_of(vm));
    let zone = vm.time_zone.as_ref().and_then(|zone| zone.name.clone()).unwrap_or_default();
    if sent.time_zone.is_none() && !time_zone::is_valid(&zone, is_windows) {
        vm.time_zone = Some(Box::new(TimeZone::new().name(time_zone::default_name(is_windows))));
    }
    let of_template = template.display.as_deref().cloned().unwrap_or_default();
    let wanted = display::wanted_protocol(sent);
    let shown = vm.display.get_or_insert_default();
    let has_video = shown.video_type.is_some();
    fields::fill_unset(
        &mut **shown,
        &of_template,
        &["address", "certificate", "port", "secure_port", "single_qxl_pci"],
    );
    let protocols = match wanted {
        Some(protocol) => vec![protocol],
        None => display::protocols(state, &format!("{TEMPLATES}/{}", template.id.as_deref().unwrap_or(NIL))),
    };
    if sent.display.as_ref().is_some_and(|display| display.type_.is_some()) && !has_video {
        shown.video_type = None;
    }
    shown.type_ = display::type_of(&protocols);
    if vm.display.as_ref().is_some_and(|display| display.video_type.is_none()) {
        // The firmware of the cluster decides, too.
        let mut settings = vm.clone();
        let cluster = vm.cluster.as_ref().and_then(|cluster| cluster.id.clone());
        complete_base(state, &mut settings, cluster.as_deref());
        let video = display::select_video(state, &settings, &protocols);
        vm.display.get_or_insert_default().video_type = Some(video);
    }
}

fn references_same<T: Struct>(one: &Option<Box<T>>, other: &Option<Box<T>>) -> bool {
    let id = |reference: &Option<Box<T>>| reference.as_deref().and_then(|it| crate::fields::id_of(it));
    id(one).is_some() && id(one) == id(other)
}

/// The guaranteed memory of a virtual machine: less than its memory in clusters that overcommit memory.
pub(crate) fn guaranteed_memory(state: &State, memory: i64, cluster: &Option<Box<Cluster>>) -> i64 {
    let cluster = references::path_of(CLUSTERS, cluster).and_then(|path| state.get::<Cluster>(&path));
    let percent = cluster.and_then(|cluster| cluster.memory_policy.as_ref()?.over_commit.as_ref()?.percent);
    let percent = percent.filter(|percent| *percent > 0).unwrap_or(100);
    (memory / MIB).saturating_mul(100) / percent * MIB
}

/// Rounds sizes of memory down to whole MiB, as the engine stores them.
pub(crate) fn to_whole_mib(vm: &mut Vm) {
    let round = |bytes: &mut Option<i64>| *bytes = bytes.map(|bytes| bytes / MIB * MIB);
    round(&mut vm.memory);
    if let Some(policy) = &mut vm.memory_policy {
        round(&mut policy.guaranteed);
        round(&mut policy.max);
    }
}

/// Sets what a virtual machine, a template or an instance type lacks of the fields of [`VmBase`].
pub(crate) fn complete_base(state: &State, object: &mut dyn Object, cluster: Option<&str>) {
    let of_cluster = cluster.and_then(|id| state.get::<Cluster>(&format!("{CLUSTERS}/{id}")));
    let architecture = of_cluster.and_then(|cluster| cluster.cpu.as_ref()?.architecture.clone());
    let bios = of_cluster.and_then(|cluster| cluster.bios_type.clone()).unwrap_or(BiosType::Q35SeaBios);
    let number = |name: &str| member(object, name).and_then(|slot| slot.text()).and_then(|text| text.parse().ok());
    let memory: i64 = number("memory").unwrap_or(GIB);
    let system = member(object, "os").and_then(|os| os.as_object()).and_then(|os| member(os, "type")?.text());
    let system = system.unwrap_or_else(|| operating_system::OTHER.to_owned());
    let (large_icon, small_icon) = icons(state, &system);
    let topology = CpuTopology::new().cores(1).sockets(1).threads(1);
    let display = Display::new()
        .allow_override(false)
        .copy_paste_enabled(true)
        .disconnect_action("LOCK_SCREEN")
        .disconnect_action_delay(0)
        .file_transfer_enabled(true)
        .monitors(1)
        .smartcard_enabled(false)
        .type_(DisplayType::Vnc)
        .video_type(VideoType::Vga);
    let migration = MigrationOptions::new()
        .auto_converge(InheritableBoolean::Inherit)
        .compressed(InheritableBoolean::Inherit)
        .encrypted(InheritableBoolean::Inherit)
        .parallel_migrations_policy(ParallelMigrationsPolicy::Inherit);
    let zone = time_zone::default_name(operating_system::is_windows(&system));
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
        .high_availability(HighAvailability::new().enabled(false).priority(0))
        .io(Io::new().threads(1))
        .large_icon(Icon::with_id(large_icon))
        .memory(memory)
        .memory_policy(
            MemoryPolicy::new().ballooning(true).guaranteed(memory).max(memory.saturating_mul(MAX_MEMORY_FACTOR)),
        )
        .migration(migration)
        .migration_downtime(-1)
        .multi_queues_enabled(true)
        .origin("ovirt")
        .os(OperatingSystem::new().boot(Boot::new().devices(vec![BootDevice::Hd])).type_(operating_system::OTHER))
        .placement_policy(VmPlacementPolicy::new().affinity(VmAffinity::Migratable))
        .small_icon(Icon::with_id(small_icon))
        .sso(Sso::new().methods(vec![Method::new().id(SsoMethod::GuestAgent)]))
        .start_paused(false)
        .stateless(false)
        .storage_error_resume_behaviour(VmStorageErrorResumeBehaviour::AutoResume)
        .time_zone(TimeZone::new().name(zone))
        .type_(VmType::Server)
        .usb(Usb::new().enabled(false))
        .virtio_scsi_multi_queues_enabled(false);
    defaults.cpu_profile = cluster.and_then(|cluster| default_cpu_profile(state, cluster)).map(Box::new);
    fields::fill_unset(object, &defaults, &[]);
}

/// The identifiers of the icons of an operating system, the large one and the small one.
fn icons(state: &State, system: &str) -> (String, String) {
    let info = operating_system::info(state, system);
    let id = |icon: Option<&Icon>, default: &str| icon.and_then(|icon| icon.id.clone()).unwrap_or(default.to_owned());
    let large = id(info.and_then(|info| info.large_icon.as_deref()), ICONS.0);
    let small = id(info.and_then(|info| info.small_icon.as_deref()), ICONS.1);
    (large, small)
}

/// The CPU profile of a cluster for virtual machines whose client chooses none.
pub(crate) fn default_cpu_profile(state: &State, cluster: &str) -> Option<CpuProfile> {
    let of_cluster = |profile: &CpuProfile| profile.cluster.as_ref().and_then(|it| it.id.as_deref()) == Some(cluster);
    let found = state.list::<CpuProfile>(CPU_PROFILES).find(|(_, profile)| of_cluster(profile))?;
    Some(CpuProfile::with_id(last(&found.0)))
}

/// Sets the settings that a virtual machine, a template or a snapshot lacks and another one has.
pub(crate) fn copy_settings<T: Struct, F: Struct>(target: &mut T, from: &F) {
    let mut base = VmBase::new();
    fields::fill_unset(&mut base, from, &IDENTITY);
    fields::fill_unset(target, &base, &IDENTITY);
}

/// Adds a virtual machine with complete settings, but without devices; returns its path.
pub(crate) fn insert(state: &mut State, mut vm: Vm) -> String {
    fields::clear_collections(&mut vm);
    vm.href = None;
    vm.storage_domain = None;
    vm.creation_time = Some(state.now());
    complete(state, &mut vm);
    state.insert(VMS, vm)
}
